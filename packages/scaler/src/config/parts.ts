// The parts that schemas are made of. Every `error` is what would have been right: problems read "expected …, got …".
import { DURATION_EXPECTED, durationMs, isDuration } from '@longshore/core/time'
import type { Duration } from '@longshore/core/time'
import { z } from 'zod'

export function object<Shape extends z.core.$ZodLooseShape>(
  shape: Shape,
): z.ZodObject<Shape, z.core.$strict> {
  const expected = `an object with ${Object.keys(shape).join(', ')}`
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'invalid_type' ? expected : undefined),
  })
}

export function wholeNumber(least: number, most?: number): z.ZodNumber {
  const error =
    most === undefined ? `a whole number of at least ${least}` : `a whole number from ${least} to ${most}`
  const number = z.number({ error }).int({ error }).min(least, { error })
  return most === undefined ? number : number.max(most, { error })
}

/** A number above 0, and at most `most`. */
export function positive(what: string, most: number = Number.MAX_VALUE): z.ZodNumber {
  return z.number({ error: what }).positive({ error: what }).max(most, { error: what })
}

export function list<Item extends z.ZodType>(item: Item, what: string): z.ZodArray<Item> {
  return z.array(item, { error: `an array of ${what}` })
}

export function oneOf<const Names extends readonly [string, ...string[]]>(
  names: Names,
): z.ZodEnum<{ [Name in Names[number]]: Name }> {
  return z.enum(names, { error: names.map((name) => `'${name}'`).join(' or ') })
}

export function text(expected: string, form: RegExp): z.ZodString {
  return z.string({ error: expected }).regex(form, { error: expected })
}

export const flag: z.ZodBoolean = z.boolean({ error: 'true or false' })

export const positiveDuration: z.ZodType<Duration> = z.custom<Duration>(
  (value) => isDuration(value) && durationMs(value) > 0,
  { error: `${DURATION_EXPECTED}, above 0` },
)

export const anyDuration: z.ZodType<Duration> = z.custom<Duration>(isDuration, { error: DURATION_EXPECTED })

/** With an offset, since the schedule's time zone and UTC are both likely guesses for one without. */
export const instant: z.ZodISODateTime = z.iso.datetime({
  offset: true,
  error: "an instant with its offset, such as '2030-11-20T00:00:00Z'",
})

// CloudWatch keeps the prefix AWS/ to itself (PutMetricData).
export const ownNamespace: z.ZodString = text(
  'a CloudWatch namespace of 1 to 255 characters that begins neither with : nor with AWS/',
  /^(?!:|AWS\/)[\w.\-/#: ]{1,255}$/,
)
export const namespace: z.ZodString = text(
  'a CloudWatch namespace of 1 to 255 characters',
  /^(?!:)[\w.\-/#: ]{1,255}$/,
)
export const metricName: z.ZodString = text('a metric name of 1 to 255 characters', /^.{1,255}$/s)
