/** A number for people: thousands apart, at most two decimals. */
export function formatNumber(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 2 })
}

/** `1 task`, `2 tasks`. */
export function formatCount(count: number, noun: string): string {
  return `${formatNumber(count)} ${noun}${count === 1 ? '' : 's'}`
}

/** A duration to two significant units: `350 ms`, `12.5 s`, `4 min 10 s`, `3 h 5 min`. */
export function formatMs(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${formatNumber(Math.round(ms / 100) / 10)} s`
  const minutes = Math.floor(ms / 60_000)
  if (minutes < 60) return joinUnits(`${minutes} min`, Math.floor((ms % 60_000) / 1_000), 's')
  return joinUnits(`${formatNumber(Math.floor(minutes / 60))} h`, minutes % 60, 'min')
}

function joinUnits(whole: string, rest: number, unit: string): string {
  return rest === 0 ? whole : `${whole} ${rest} ${unit}`
}

/** An instant in UTC, to the second: `2026-01-01T12:00:05Z`. */
export function formatInstant(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 19)}Z`
}
