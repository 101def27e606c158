import { DURATION_EXPECTED, durationMs, isDuration } from '@longshore/core/time'
import type { Duration } from '@longshore/core/time'
import { z } from 'zod'
import { leastScaleOutCooldownSeconds, DEFAULT_LAUNCH_TIME_MS } from './limits.js'
import type { ServiceConfig } from './service.js'

// Every schema's `error` is what would have been right: problems read "expected …, got …".
const NAME = 'a name of letters, digits, - and _ (not an ARN)'

const name = z.string({ error: NAME }).regex(/^[\w-]{1,255}$/, { error: NAME })

const QUEUE = "a queue's name or URL"
// SQS names: 80 characters with the suffix .fifo counted (CreateQueue).
const queue = z
  .string({ error: QUEUE })
  .refine((text) => /^(?=.{1,80}$)[\w-]+(\.fifo)?$/.test(text) || isHttpUrl(text), { error: QUEUE })

// z.custom aborts by default, and after an abort the rules between options would not run.
const positiveDuration = z.custom<Duration>((value) => isDuration(value) && durationMs(value) > 0, {
  error: `${DURATION_EXPECTED}, above 0`,
  abort: false,
})

const anyDuration = z.custom<Duration>(isDuration, { error: DURATION_EXPECTED, abort: false })

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

/** The shape of {@link ServiceConfig}: keys, types and ranges, and after them the rules between options. */
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
}).superRefine(
  (config, context) => {
    for (const rule of RULES) {
      const broken = rule(config)
      if (broken) context.addIssue({ code: 'custom', path: broken.path, message: broken.expected })
    }
  },
  // Also when a key is unknown or another option is wrong: all problems at once.
  { when: ({ value }) => typeof value === 'object' && value !== null },
)

interface BrokenRule {
  readonly path: string[]
  readonly expected: string
}

// What a rule reads may be missing or of a wrong type, which is another problem's business.
type Loose<T> = T extends object ? { readonly [K in keyof T]?: Loose<T[K]> } : T | undefined

const RULES: readonly ((config: Loose<ServiceConfig>) => BrokenRule | undefined)[] = [
  ({ tasks }) => {
    const { min, max } = tasks ?? {}
    if (!Number.isInteger(min) || !Number.isInteger(max) || Number(min) <= Number(max)) return undefined
    return { path: ['tasks', 'min'], expected: `at most tasks.max (${max})` }
  },
  ({ handling, objective }) => {
    const meanMs = readableMs(handling?.mean)
    const waitMs = readableMs(objective?.wait?.p99)
    if (meanMs === undefined || waitMs === undefined || waitMs >= meanMs) return undefined
    return {
      path: ['objective', 'wait', 'p99'],
      expected: `at least handling.mean (${handling?.mean}): a message also waits while others are handled`,
    }
  },
  ({ cooldowns, launchTime }) => {
    const scaleOutMs = readableMs(cooldowns?.scaleOut)
    const launchTimeMs = launchTime === undefined ? DEFAULT_LAUNCH_TIME_MS : readableMs(launchTime)
    if (scaleOutMs === undefined || launchTimeMs === undefined) return undefined
    const leastSeconds = leastScaleOutCooldownSeconds(launchTimeMs)
    if (scaleOutMs >= leastSeconds * 1_000) return undefined
    return {
      path: ['cooldowns', 'scaleOut'],
      expected: `at least ${leastSeconds}s (70s until the metric shows a change, and ${launchTimeMs / 1_000}s launchTime)`,
    }
  },
]

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

function readableMs(value: unknown): number | undefined {
  return isDuration(value) ? durationMs(value) : undefined
}

function isHttpUrl(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, pathname } = new URL(text)
  return (protocol === 'https:' || protocol === 'http:') && pathname.length > 1
}
