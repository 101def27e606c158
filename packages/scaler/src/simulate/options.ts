import { option, optionProblems, problemAt } from '@longshore/core/option-problems'
import { DURATION_EXPECTED, durationMs, isDuration } from '@longshore/core/time'
import type { Duration } from '@longshore/core/time'
import { withParameters } from '@longshore/model'
import type { ModelParameters } from '@longshore/model'
import { z } from 'zod'
import type { Service } from '../config/service.js'
import { ConfigError } from '../errors.js'
import { DEFAULT_ASSUMPTIONS } from './assumptions.js'
import type { Assumptions } from './assumptions.js'
import type { Setup } from './control/setup.js'
import type { TaskSize } from './price.js'
import type { SimulationOptions } from './simulation.js'
import { expectedMessages, withoutBeginning } from './traffic/traffic.js'
import type { Traffic } from './traffic/traffic.js'
import type { HandlingShape } from './work/handling-times.js'

/** How a service is simulated. */
export interface SimulateOptions {
  /** What arrives: from {@link parseTraffic}, {@link readTrace} or {@link defaultTraffic}. */
  readonly traffic: Traffic
  /** How long. Default `24h`, or as long as the record is where that is less. At most 400 days. */
  readonly duration?: Duration | undefined
  /** Leaves out the beginning of the traffic. Default `0s`. */
  readonly skip?: Duration | undefined
  /** Every random choice follows from it. Default 1. */
  readonly seed?: number | undefined
  /** Tasks at the beginning. Default: the fewest that may run. */
  readonly startTasks?: number | undefined
  /** What a task has, and costs by. Default 1 vCPU and 2 GB of x86. */
  readonly size?: Partial<TaskSize> | undefined
  /** Handling as it really is, where that differs from the configuration. `exponential` is of a variation of 1. */
  readonly handling?:
    | {
        readonly mean?: Duration | undefined
        readonly variation?: number | undefined
        readonly distribution?: HandlingShape['distribution'] | undefined
      }
    | undefined
  /** How long a launch takes on average, where that differs from the configuration. */
  readonly launchTime?: Duration | undefined
  /** Replaces single values of what is taken for granted. */
  readonly assumptions?: Partial<Assumptions> | undefined
  /** Replaces single parameters of the model's rules. */
  readonly parameters?: Partial<ModelParameters> | undefined
}

const duration = () =>
  option<Duration>(`${DURATION_EXPECTED}, above 0`, (value) => isDuration(value) && durationMs(value) > 0)
const anyDuration = () => option<Duration>(DURATION_EXPECTED, isDuration)
const number = (expected: string, isValid: (value: number) => boolean) =>
  option<number>(expected, (value) => typeof value === 'number' && Number.isFinite(value) && isValid(value))
const positive = () => number('a number above 0', (value) => value > 0)
const fromZero = () => number('a number of at least 0', (value) => value >= 0)
const whole = (least: number) =>
  number(`a whole number of at least ${least}`, (value) => Number.isInteger(value) && value >= least)

const schema = z.strictObject({
  traffic: z.custom<Traffic>(isTraffic, { error: 'traffic, as parseTraffic or readTrace give it' }),
  duration: duration(),
  skip: anyDuration(),
  seed: whole(0),
  startTasks: whole(0),
  size: z
    .strictObject({
      vcpu: positive(),
      memoryGb: positive(),
      arm: option<boolean>('true or false', (value) => typeof value === 'boolean'),
    })
    .optional(),
  handling: z
    .strictObject({
      mean: duration(),
      variation: fromZero(),
      distribution: option<HandlingShape['distribution']>("'lognormal' or 'exponential'", (value) =>
        ['lognormal', 'exponential'].includes(String(value)),
      ),
    })
    .optional(),
  launchTime: anyDuration(),
  assumptions: z
    .strictObject(Object.fromEntries(Object.keys(DEFAULT_ASSUMPTIONS).map((name) => [name, fromZero()])))
    .optional(),
  parameters: option<Partial<ModelParameters>>(
    'parameters of the model',
    (value) => typeof value === 'object',
  ),
})

const DAY_MS = 86_400_000
const MOST_DAYS = 400
/** A Monday, so that schedules have weekdays. */
const DEFAULT_START_MS = Date.UTC(2026, 0, 5)
/** Beyond this a run takes minutes. */
export const MOST_MESSAGES = 200_000_000
const DEFAULT_SIZE: TaskSize = { vcpu: 1, memoryGb: 2, arm: false }

function isTraffic(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'parts' in value && 'noise' in value
}

/** What several runs of one service have in common: everything but what scales it. @throws ConfigError */
export function resolveOptions(
  service: Service,
  options: SimulateOptions,
): Omit<SimulationOptions, 'setup' | 'startTasks'> & {
  readonly startTasksOf: (setup: Setup) => number
} {
  const problems = optionProblems(schema, options)
  if (problems.length > 0) throw new ConfigError('The simulation', problems)
  const traffic = withoutBeginning(options.traffic, options.skip === undefined ? 0 : durationMs(options.skip))
  const durationGivenMs = durationOf(options, traffic)
  const { startTasks, handling = {} } = options
  const factor = handling.mean === undefined ? 1 : durationMs(handling.mean) / service.handling.meanMs
  return {
    service,
    traffic,
    durationMs: durationGivenMs,
    seed: options.seed ?? 1,
    startMs: Math.floor((traffic.recorded?.startMs ?? DEFAULT_START_MS) / 60_000) * 60_000,
    size: { ...DEFAULT_SIZE, ...options.size },
    handling: {
      meansMs: service.queues.map(({ meanMs }) => meanMs * factor),
      variation: handling.variation ?? service.handling.variation,
      distribution: handling.distribution ?? 'lognormal',
    },
    launchMs: options.launchTime === undefined ? service.launchTimeMs : durationMs(options.launchTime),
    parameters: withParameters(options.parameters ?? {}),
    assumptions: { ...DEFAULT_ASSUMPTIONS, ...options.assumptions },
    startTasksOf: ({ min, max }) => Math.min(startTasks ?? min, max),
  }
}

function durationOf(options: SimulateOptions, traffic: Traffic): number {
  const recordedMs = traffic.recorded?.lengthMs ?? Infinity
  const givenMs = options.duration === undefined ? DAY_MS : durationMs(options.duration)
  const lengthMs = Math.min(givenMs, recordedMs)
  const problem = (expected: string) =>
    new ConfigError('The simulation', [problemAt(options, ['duration'], expected)])
  if (lengthMs <= 0) throw problem('something of the record to be left after skip')
  if (lengthMs > MOST_DAYS * DAY_MS) throw problem(`${MOST_DAYS} days at most`)
  const messages = expectedMessages(traffic, lengthMs)
  if (messages > MOST_MESSAGES) {
    throw problem(
      `${MOST_MESSAGES.toLocaleString('en')} messages at most (this traffic brings ${Math.round(messages).toLocaleString('en')}): a shorter one`,
    )
  }
  return lengthMs
}
