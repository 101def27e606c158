import { randomInt } from 'node:crypto'
import { statSync } from 'node:fs'

import { option, optionProblems } from '@longshore/core/option-problems'
import { DURATION_EXPECTED, durationMs, isDuration, systemClock } from '@longshore/core/time'
import type { Clock, Duration } from '@longshore/core/time'
import { withParameters } from '@longshore/model'
import type { ModelParameters } from '@longshore/model'
import { z } from 'zod'

import type { ServiceEvent } from './ecs/service-state-change.js'
import type { TaskStateChangeEvent } from './ecs/task-state-change.js'
import { parametersOption } from './parameters.js'
import { optionsError } from './server/local-aws-error.js'
import { accountIdOption, isMatch } from './server/option-rules.js'
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
  /**
   * Called for what ECS tells of a service: "ECS Service Action" and "ECS Deployment State Change", as EventBridge
   * delivers them. When it throws, the event comes again, as with `onTaskStateChange`.
   */
  readonly onServiceEvent?: (event: ServiceEvent) => unknown
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
  readonly onServiceEvent?: ((event: ServiceEvent) => unknown) | undefined
  readonly onCall: (call: LocalCall) => void
  readonly clock: Clock
}

const duration = () => option<Duration>(DURATION_EXPECTED, isDuration)
const flag = () => option<boolean>('true or false', (value) => typeof value === 'boolean')
const callback = <Called>() => option<Called>('a function', (value) => typeof value === 'function')

const schema = z.strictObject({
  port: option<number>('a whole number from 0 to 65535', isPort),
  timeScale: option<number>('a number above 0, at most 10000', isTimeScale),
  accountId: accountIdOption,
  region: option<string>("a region's name, such as 'us-east-1'", isMatch(/^[a-z]{2,}(-[a-z]+)+-\d+$/)),
  launchDelay: duration(),
  metricDelay: duration(),
  metricWakeDelay: duration(),
  parameters: parametersOption,
  strictTiming: flag(),
  fifoThroughputLimits: flag(),
  seed: option<number>('a whole number', Number.isInteger),
  workingDirectory: option<string>('the path of a folder that exists', isFolder),
  onTaskOutput: callback<(output: TaskOutput) => void>(),
  onTaskStateChange: callback<(event: TaskStateChangeEvent) => unknown>(),
  onServiceEvent: callback<(event: ServiceEvent) => unknown>(),
  onCall: callback<(call: LocalCall) => void>(),
  clock: option<Clock>('a Clock, with now() and schedule()', isClock),
})

/** Every option's name, in the order of the documentation. */
export const optionNames: readonly string[] = Object.keys(schema.shape)

/**
 * Checks options and fills in defaults.
 *
 * @throws LocalAwsError that lists every problem at once.
 */
export function readOptions(options: LocalAwsOptions): LocalAwsConfig {
  const problems = optionProblems(schema, options)
  if (problems.length > 0) throw optionsError(problems)
  const { launchDelay = '2s', metricDelay, metricWakeDelay, parameters, ...given } = schema.parse(options)
  return {
    port: given.port ?? 0,
    timeScale: given.timeScale ?? 1,
    accountId: given.accountId ?? '000000000000',
    region: given.region ?? 'us-east-1',
    launchDelayMs: durationMs(launchDelay),
    parameters: withParameters({
      ...parameters,
      ...secondsOf('sqsMetricDelaySeconds', metricDelay),
      ...secondsOf('sqsReactivationDelaySeconds', metricWakeDelay),
    }),
    strictTiming: given.strictTiming ?? true,
    fifoThroughputLimits: given.fifoThroughputLimits ?? false,
    seed: given.seed ?? randomInt(2 ** 32),
    workingDirectory: given.workingDirectory ?? process.cwd(),
    onTaskOutput: given.onTaskOutput ?? (() => {}),
    onTaskStateChange: given.onTaskStateChange,
    onServiceEvent: given.onServiceEvent,
    onCall: given.onCall ?? (() => {}),
    clock: given.clock ?? systemClock,
  }
}

function secondsOf(name: keyof ModelParameters, delay: Duration | undefined): Partial<ModelParameters> {
  return delay === undefined ? {} : { [name]: durationMs(delay) / 1_000 }
}

function isPort(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 65_535
}

function isTimeScale(value: unknown): boolean {
  return typeof value === 'number' && value > 0 && value <= 10_000
}

function isFolder(value: unknown): boolean {
  return typeof value === 'string' && (statSync(value, { throwIfNoEntry: false })?.isDirectory() ?? false)
}

function isClock(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'now' in value && 'schedule' in value
}
