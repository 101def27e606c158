import { z } from 'zod'
import type { Duration } from './duration.js'
import { durationMs, isDuration } from './duration.js'
import { duration, option, wholeNumber } from './parse-options.js'

interface ProtectionSettings {
  after?: Duration | undefined
  expiresIn?: Duration | undefined
  idleAfter?: Duration | undefined
}

const settings = z.strictObject({
  after: duration('0s', '1h'),
  expiresIn: option<Duration>("a duration of whole minutes, from '1m' to '48h'", isWholeMinutes),
  idleAfter: duration('1s', '1h'),
})

function isWholeMinutes(value: unknown): boolean {
  if (!isDuration(value)) return false
  const minutes = durationMs(value) / 60_000
  return Number.isInteger(minutes) && minutes >= 1 && minutes <= 2_880
}

const KEYS = 'no option but after, expiresIn and idleAfter'
const MODE = "'auto', false, or settings { after, expiresIn, idleAfter }"

/** A mode, or settings that are checked one by one: a union would say of all of it only that it is wrong. */
export const protectionOption: z.ZodType<'auto' | false | ProtectionSettings | undefined> = z
  .unknown()
  .transform((given, context): 'auto' | false | ProtectionSettings | undefined => {
    if (given === undefined || given === 'auto' || given === false) return given
    if (typeof given !== 'object' || given === null || Array.isArray(given)) {
      context.addIssue({ code: 'custom', message: MODE })
      return z.NEVER
    }
    const result = settings.safeParse(given)
    if (result.success) return result.data
    for (const issue of result.error.issues) {
      const { path, message } = issue
      if (issue.code !== 'unrecognized_keys') context.addIssue({ code: 'custom', path, message })
      else for (const key of issue.keys) context.addIssue({ code: 'custom', path: [key], message: KEYS })
    }
    return z.NEVER
  })
  .optional()

const DEFAULTS = { after: '2s', expiresIn: '30m', idleAfter: '15s' } as const

/** In milliseconds; undefined for never. */
export interface ProtectionConfig {
  readonly afterMs: number
  readonly expiresInMs: number
  readonly idleAfterMs: number
}

export function protectionConfig(
  given: 'auto' | false | ProtectionSettings | undefined,
): ProtectionConfig | undefined {
  if (given === false) return undefined
  const settings: ProtectionSettings = given === 'auto' || given === undefined ? {} : given
  const { after, expiresIn, idleAfter } = settings
  return {
    afterMs: durationMs(after ?? DEFAULTS.after),
    expiresInMs: durationMs(expiresIn ?? DEFAULTS.expiresIn),
    idleAfterMs: durationMs(idleAfter ?? DEFAULTS.idleAfter),
  }
}

/** Where to serve health. Nothing is served without a port. */
export const healthOption: z.ZodOptional<z.ZodType<{ port: number; host?: string | undefined }>> = z
  .strictObject({
    port: wholeNumber(0, 65_535).unwrap(),
    host: option<string>('an address of this machine', (value) => typeof value === 'string' && value !== ''),
  })
  .optional()
