import { DURATION_EXPECTED, durationMs, isDuration } from '@longshore/core/time'
import type { Duration } from '@longshore/core/time'
import { z } from 'zod'
import type { ServiceConfig } from './service.js'

// Every schema's `error` is what would have been right: problems read "expected …, got …".
const NAME = 'a name of letters, digits, - and _ (not an ARN)'

const name = z.string({ error: NAME }).regex(/^[\w-]{1,255}$/, { error: NAME })

const QUEUE = "a queue's name or URL"
// SQS names: 80 characters with the suffix .fifo counted (CreateQueue).
const queue = z
  .string({ error: QUEUE })
  .refine((text) => /^(?=.{1,80}$)[\w-]+(\.fifo)?$/.test(text) || isHttpUrl(text), { error: QUEUE })

const positiveDuration = z.custom<Duration>((value) => isDuration(value) && durationMs(value) > 0, {
  error: `${DURATION_EXPECTED}, above 0`,
})

const anyDuration = z.custom<Duration>(isDuration, { error: DURATION_EXPECTED })

// CloudWatch keeps the prefix AWS/ to itself (PutMetricData).
const NAMESPACE = 'a CloudWatch namespace of 1 to 255 characters that begins neither with : nor with AWS/'
const namespace = z
  .string({ error: NAMESPACE })
  .regex(/^(?!:|AWS\/)[\w.\-/#: ]{1,255}$/, { error: NAMESPACE })
const METRIC_NAME = 'a metric name of 1 to 255 characters'
const metricName = z
  .string({ error: METRIC_NAME })
  .min(1, { error: METRIC_NAME })
  .max(255, { error: METRIC_NAME })

const REGION = "an AWS region, such as 'eu-central-1'"

/** The shape of {@link ServiceConfig}: keys, types and ranges. The rules between options are in `rules.ts`. */
export const serviceSchema: z.ZodType<ServiceConfig> = object({
  cluster: name,
  service: name,
  queue,
  tasks: object({ min: wholeNumber(0), max: wholeNumber(1), concurrency: wholeNumber(1) }),
  handling: object({ mean: positiveDuration }),
  objective: object({ wait: object({ p99: positiveDuration }) }),
  metric: object({ namespace: namespace.optional(), name: metricName.optional() }).optional(),
  cooldowns: object({ scaleOut: anyDuration.optional(), scaleIn: anyDuration.optional() }).optional(),
  launchTime: anyDuration.optional(),
  region: z
    .string({ error: REGION })
    .regex(/^[a-z]{2,}(-[a-z]+)+-\d+$/, { error: REGION })
    .optional(),
})

function object<Shape extends z.core.$ZodLooseShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  const expected = `an object with ${Object.keys(shape).join(', ')}`
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'invalid_type' ? expected : undefined),
  })
}

function wholeNumber(least: number): z.ZodNumber {
  const error = `a whole number of at least ${least}`
  return z.number({ error }).int({ error }).min(least, { error })
}

function isHttpUrl(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, pathname } = new URL(text)
  return (protocol === 'https:' || protocol === 'http:') && pathname.length > 1
}
