/**
 * Durations as people write them: a number and a unit, checked by the compiler.
 * Units: `ms` milliseconds, `s` seconds, `m` minutes, `h` hours, `d` days of 24 hours.
 *
 * @example '250ms', '30s', '1.5m', '12h'
 */
export type Duration = `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`

const MS_PER_UNIT = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

const FORM = /^(\d+(?:\.\d+)?|\.\d+)(ms|s|m|h|d)$/

/** What a text that is not a duration should have been; option errors end with it. */
export const DURATION_EXPECTED = "a duration with a unit, such as '250ms', '30s', '5m' or '12h'"

/** True when `value` is a duration text that {@link durationMs} can read. */
export function isDuration(value: unknown): value is Duration {
  return typeof value === 'string' && FORM.test(value)
}

/**
 * A duration in milliseconds. Numbers without a unit are refused: `30` could mean either.
 *
 * @throws TypeError when `duration` has no unit, an unknown unit, or a sign.
 */
export function durationMs(duration: Duration): number {
  const [, amount, unit] = FORM.exec(duration) ?? []
  if (amount === undefined || unit === undefined) {
    throw new TypeError(`Expected ${DURATION_EXPECTED}; got ${JSON.stringify(duration)}.`)
  }
  return Number(amount) * MS_PER_UNIT[unit as keyof typeof MS_PER_UNIT]
}
