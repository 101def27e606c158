/** Text as HTML shows it. */
export function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}

/** Three digits, and thousands apart. */
export function numberText(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2
  return value.toLocaleString('en-US', { maximumFractionDigits: digits })
}

/** `0.4 s`, `35 s`, `4 min`, `2.5 h`. */
export function secondsText(seconds: number): string {
  if (seconds < 60) return `${numberText(seconds)} s`
  return seconds < 3_600 ? `${numberText(seconds / 60)} min` : `${numberText(seconds / 3_600)} h`
}
