/** How the page writes numbers, spans and instants. Instants are epoch milliseconds, in the browser's own time zone. */

const SECOND_MS = 1_000
const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000

/** Whole numbers with separators, others with at most two decimals; from a million on, in millions. */
export function number(value: number): string {
  const size = Math.abs(value)
  if (size >= 1_000_000) return `${trimmed(value / 1_000_000)} M`
  if (size >= 1_000 || Number.isInteger(value)) return Math.round(value).toLocaleString('en-US')
  return trimmed(value)
}

/** Events per second. */
export function rate(value: number): string {
  if (value === 0) return '0'
  return value < 10 ? value.toFixed(1) : number(Math.round(value))
}

/** `45 s`, `3 min`, `2 h 5 min`, `4 d`. */
export function span(ms: number): string {
  const size = Math.max(ms, 0)
  if (size < MINUTE_MS) return `${Math.floor(size / SECOND_MS)} s`
  if (size < HOUR_MS) return `${Math.floor(size / MINUTE_MS)} min`
  if (size < DAY_MS) {
    const minutes = Math.floor((size % HOUR_MS) / MINUTE_MS)
    return `${Math.floor(size / HOUR_MS)} h${minutes === 0 ? '' : ` ${minutes} min`}`
  }
  return `${Math.floor(size / DAY_MS)} d`
}

/** `14:03:27`. */
export function clockTime(atMs: number): string {
  return new Date(atMs).toLocaleTimeString('en-GB')
}

/** `14:03`. */
export function minute(atMs: number): string {
  return clockTime(atMs).slice(0, 5)
}

export function bytes(size: number): string {
  return size < 1_024 ? `${size} B` : `${trimmed(size / 1_024)} KiB`
}

/** One thing or several. */
export function count(value: number, one: string, many: string = `${one}s`): string {
  return `${number(value)} ${value === 1 ? one : many}`
}

function trimmed(value: number): string {
  return String(Number(value.toPrecision(Math.abs(value) >= 100 ? 3 : 2 + (Math.abs(value) >= 10 ? 1 : 0))))
}
