/** The middle one, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('There is no median of nothing.')
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const [low = Number.NaN, high = low] =
    sorted.length % 2 === 1 ? sorted.slice(middle, middle + 1) : sorted.slice(middle - 1, middle + 1)
  return (low + high) / 2
}

/** The medians of each figure over runs that all have the same figures. */
export function medians<Name extends string>(
  runs: readonly Readonly<Record<Name, number>>[],
): Record<Name, number> {
  const names = Object.keys(runs[0] ?? {}) as Name[]
  const entries = names.map((name) => [name, median(runs.map((run) => run[name]))] as const)
  return Object.fromEntries(entries) as Record<Name, number>
}

/** Rounded for print and for JSON, where digits beyond the noise only mislead. */
export function rounded(value: number, digits = 0): number {
  return Number(value.toFixed(digits))
}
