import { randomInt } from 'node:crypto'
import { statSync } from 'node:fs'

import { DURATION_EXPECTED, durationMs, isDuration, systemClock } from '@longshore/core/time'
import type { Clock, Duration } from '@longshore/core/time'
import { withParameters } from '@longshore/model'
import type { ModelParameters } from '@longshore/model'
import { z } from 'zod'

import type { TaskStateChangeEvent } from './ecs/task-state-change.js'
import { parameterProblems } from './parameters.js'
import { optionsError } from './server/local-aws-error.js'
import { problemsOf } from './server/problems.js'
import type { ServiceName } from './server/protocols/aws-services.js'

/** One line that a task's container wrote. */
export interface TaskOutput {
  readonly taskArn: string
  readonly container: string
  readonly stream: 'stdout' | 'stderr'
  /** Without its line break. */
  readonly line: string
}

/** A call that a client made, once its operation is found and before it runs. */
export interface LocalCall {
  readonly service: ServiceName
  /** AWS's name, such as `ReceiveMessage`. */
  readonly operation: string
  readonly accountId: string
  readonly region: string
}

/** Options of `startLocalAws`. All have defaults. */
export interface LocalAwsOptions {
  /** TCP port on 127.0.0.1. Default 0: any free one. */
  readonly port?: number
  /**
   * How many times faster than the wall the control plane runs: CloudWatch, scaling, task launch. SQS stays in real
   * time. Default 1; at most 10,000.
   */
  readonly timeScale?: number
  /** Twelve digits: the account of callers whose access key is not itself an account id. Default `'000000000000'`. */
  readonly accountId?: string
  /** Region of callers that name none. Default `'us-east-1'`. */
  readonly region?: string
  /** Time from a task's creation to its process, on the control plane's clock. Default `'2s'`. */
  readonly launchDelay?: Duration
  /** Time until an AWS/SQS metric shows in CloudWatch, on the control plane's clock. Default `'60s'`. */
  readonly metricDelay?: Duration
  /**
   * Time until a queue that was unused for six hours has metrics again, on the control plane's clock: up to 15 minutes
   * on AWS. Default `'0s'`.
   */
  readonly metricWakeDelay?: Duration
  /**
   * How AWS's services work where AWS doesn't say: replaces single values of `@longshore/model`'s parameters, which the
   * README lists. `metricDelay` and `metricWakeDelay` go before `sqsMetricDelaySeconds` and `sqsReactivationDelaySeconds`.
   */
  readonly parameters?: Partial<ModelParameters>
  /**
   * False lets a queue be purged again, and the name of a deleted queue be used again, at once; AWS wants 60 seconds.
   * Default true.
   */
  readonly strictTiming?: boolean
  /** True throttles FIFO queues at AWS's quota: 300 calls of an action a second. Default false. */
  readonly fifoThroughputLimits?: boolean
  /** Makes random choices (which task stops at scale-in) the same in every run. Default: different each time. */
  readonly seed?: number
  /** Where tasks' commands run. Default: the current directory. */
  readonly workingDirectory?: string
  /** Called for each line that a task writes. */
  readonly onTaskOutput?: (output: TaskOutput) => void
  /**
   * Called for each change of a task, as EventBridge delivers "ECS Task State Change": at least once. When it throws, or
   * the promise it returns rejects, the event comes again, later and out of order; tell doubles by `detail.taskArn` and
   * `detail.version`.
   */
  readonly onTaskStateChange?: (event: TaskStateChangeEvent) => unknown
  /** Called for each call to an operation that exists: to count calls, or to see which are made. */
  readonly onCall?: (call: LocalCall) => void
  /** The clock of SQS, and the base of the control plane's. Default: the machine's. */
  readonly clock?: Clock
}

/** Options, checked, with every default filled in; durations are milliseconds. */
export interface LocalAwsConfig {
  readonly port: number
  readonly timeScale: number
  readonly accountId: string
  readonly region: string
  readonly launchDelayMs: number
  readonly parameters: ModelParameters
  readonly strictTiming: boolean
  readonly fifoThroughputLimits: boolean
  readonly seed: number
  readonly workingDirectory: string
  readonly onTaskOutput: (output: TaskOutput) => void
  readonly onTaskStateChange?: ((event: TaskStateChangeEvent) => unknown) | undefined
  readonly onCall: (call: LocalCall) => void
  readonly clock: Clock
}

const EXPECTED = {
  port: 'a whole number from 0 to 65535',
  timeScale: 'a number above 0, at most 10000',
  accountId: 'twelve digits, as a string',
  region: "a region's name, such as 'us-east-1'",
  launchDelay: DURATION_EXPECTED,
  metricDelay: DURATION_EXPECTED,
  metricWakeDelay: DURATION_EXPECTED,
  parameters: "an object of the model's parameters",
  strictTiming: 'true or false',
  fifoThroughputLimits: 'true or false',
  seed: 'a whole number',
  workingDirectory: 'the path of a folder that exists',
  onTaskOutput: 'a function',
  onTaskStateChange: 'a function',
  onCall: 'a function',
  clock: 'a Clock, with now() and schedule()',
} as const satisfies Record<keyof LocalAwsOptions, string>

/** Every option's name, in the order of the documentation. */
export const optionNames: readonly string[] = Object.keys(EXPECTED)

const VOCABULARY = { expected: EXPECTED, whole: 'options' }

const duration = z.custom<Duration>(isDuration)

const schema = z.strictObject({
  port: z.int().min(0).max(65_535).default(0),
  timeScale: z.number().positive().max(10_000).default(1),
  accountId: z
    .string()
    .regex(/^\d{12}$/)
    .default('000000000000'),
  region: z
    .string()
    .regex(/^[a-z]{2,}(-[a-z]+)+-\d+$/)
    .default('us-east-1'),
  launchDelay: duration.default('2s'),
  metricDelay: duration.optional(),
  metricWakeDelay: duration.optional(),
  parameters: z.custom<Partial<ModelParameters>>(isObject).optional(),
  strictTiming: z.boolean().default(true),
  fifoThroughputLimits: z.boolean().default(false),
  seed: z.int().optional(),
  workingDirectory: z.string().refine(isFolder).optional(),
  onTaskOutput: z.custom<(output: TaskOutput) => void>(isFunction).optional(),
  onTaskStateChange: z.custom<(event: TaskStateChangeEvent) => unknown>(isFunction).optional(),
  onCall: z.custom<(call: LocalCall) => void>(isFunction).optional(),
  clock: z.custom<Clock>(isClock).default(systemClock),
})

/**
 * Checks options and fills in defaults.
 *
 * @throws LocalAwsError that lists every problem at once.
 */
export function readOptions(options: LocalAwsOptions): LocalAwsConfig {
  const result = schema.safeParse(options)
  const own = result.success ? [] : problemsOf(result.error.issues, options, VOCABULARY)
  const problems = [...own, ...parameterProblems(isObject(options) ? options.parameters : undefined)]
  if (!result.success || problems.length > 0) throw optionsError(problems)
  const { launchDelay, metricDelay, metricWakeDelay, parameters, ...given } = result.data
  const { seed, workingDirectory, onTaskOutput, onCall, ...rest } = given
  return {
    ...rest,
    launchDelayMs: durationMs(launchDelay),
    parameters: withParameters({
      ...parameters,
      ...secondsOf('sqsMetricDelaySeconds', metricDelay),
      ...secondsOf('sqsReactivationDelaySeconds', metricWakeDelay),
    }),
    seed: seed ?? randomInt(2 ** 32),
    workingDirectory: workingDirectory ?? process.cwd(),
    onTaskOutput: onTaskOutput ?? (() => {}),
    onCall: onCall ?? (() => {}),
  }
}

/** The parameter that an option sets, where it is given. */
function secondsOf(name: keyof ModelParameters, delay: Duration | undefined): Partial<ModelParameters> {
  return delay === undefined ? {} : { [name]: durationMs(delay) / 1_000 }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function'
}

function isClock(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'now' in value && 'schedule' in value
}
