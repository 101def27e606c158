import { z } from 'zod'
import {
  anyDuration,
  flag,
  instant,
  list,
  metricName,
  object,
  oneOf,
  ownNamespace,
  positive,
  positiveDuration,
  text,
  wholeNumber,
} from './parts.js'
import { policiesSchema } from './policies-schema.js'
import { isAlarmPeriod, SCHEDULE_NAME } from './limits.js'
import type { ServiceConfig } from './service-config.js'

const name = text('a name of letters, digits, - and _ (not an ARN)', /^[\w-]{1,255}$/)

const QUEUE = "a queue's name or URL"
// SQS names: 80 characters with the suffix .fifo counted (CreateQueue).
const queue = z
  .string({ error: QUEUE })
  .refine((given) => /^(?=.{1,80}$)[\w-]+(\.fifo)?$/.test(given) || isHttpUrl(given), { error: QUEUE })

const measured = z.custom<boolean | { readonly dimensions: Readonly<Record<string, string>> }>(
  (given) => typeof given === 'boolean' || areWorkerDimensions(given),
  {
    error:
      'true, false, or { dimensions }: those that the workers have in publishEmf, beside Service and Queue',
  },
)

const budget = object({
  name: text('what there is only so much of, in a few words', /\S/),
  total: positive('a number above 0'),
  perTask: positive('a number above 0'),
})

const alarmPeriod = anyDuration.refine(isAlarmPeriod, { error: "'10s', '20s', '30s' or whole minutes" })

/** The shape of {@link ServiceConfig}: keys, types and ranges. The rules between options are in `rules.ts`. */
export const serviceSchema: z.ZodType<ServiceConfig> = object({
  cluster: name,
  service: name,
  queue: queue.optional(),
  queues: list(
    object({
      name: queue,
      handling: object({ mean: positiveDuration }).optional(),
      fair: flag.optional(),
    }),
    'queues',
  )
    .min(1, { error: 'one queue or more' })
    .optional(),
  tasks: object({ min: wholeNumber(0), max: wholeNumber(1), concurrency: wholeNumber(1) }),
  handling: object({
    mean: positiveDuration,
    variation: z
      .number({ error: 'a number of at least 0' })
      .min(0, { error: 'a number of at least 0' })
      .optional(),
    measured: measured.optional(),
  }),
  objective: object({ wait: object({ p99: positiveDuration }) }),
  strategy: oneOf(['targetTracking', 'ladder', 'controller']).optional(),
  targetTracking: object({ metric: oneOf(['published', 'math']).optional() }).optional(),
  ladder: object({
    period: alarmPeriod.optional(),
    outDatapoints: wholeNumber(1, 10).optional(),
    surplusFor: positiveDuration.optional(),
  }).optional(),
  controller: object({
    sets: oneOf(['desired', 'min']).optional(),
    surplusFor: positiveDuration.optional(),
    idleFor: positiveDuration.optional(),
    forecast: flag.optional(),
  }).optional(),
  policies: policiesSchema.optional(),
  schedules: list(
    object({
      name: text('a name of letters, digits, - and _', SCHEDULE_NAME),
      when: text("a schedule: 'cron(…)', 'rate(…)' or 'at(…)'", /^(cron|rate|at)\(.*\)$/s),
      timezone: text("a time zone of IANA's, such as 'Europe/Berlin'", /\S/).optional(),
      min: wholeNumber(0).optional(),
      max: wholeNumber(0).optional(),
      start: instant.optional(),
      end: instant.optional(),
    }),
    'schedules',
  ).optional(),
  suspended: object({
    scaleOut: flag.optional(),
    scaleIn: flag.optional(),
    scheduled: flag.optional(),
  }).optional(),
  fallback: flag.optional(),
  limits: object({
    messageGroups: wholeNumber(1).optional(),
    budgets: list(budget, 'budgets').optional(),
  }).optional(),
  metric: object({ namespace: ownNamespace.optional(), name: metricName.optional() }).optional(),
  cooldowns: object({ scaleOut: anyDuration.optional(), scaleIn: anyDuration.optional() }).optional(),
  launchTime: anyDuration.optional(),
  region: text("an AWS region, such as 'eu-central-1'", /^[a-z]{2,}(-[a-z]+)+-\d+$/).optional(),
})

function isHttpUrl(given: string): boolean {
  if (!URL.canParse(given)) return false
  const { protocol, pathname } = new URL(given)
  return (protocol === 'https:' || protocol === 'http:') && pathname.length > 1
}

/** `{ dimensions }` as `publishEmf` takes them: at most twenty, none of them one that it sets itself. */
function areWorkerDimensions(given: unknown): boolean {
  const parsed = z
    .strictObject({ dimensions: z.record(z.string().min(1), z.string().min(1)) })
    .safeParse(given)
  const names = Object.keys(parsed.data?.dimensions ?? {})
  return names.length > 0 && names.length <= 20 && !names.includes('Service') && !names.includes('Queue')
}
