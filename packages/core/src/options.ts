import { z } from 'zod'
import type { Adaptive } from './adaptive.js'
import { concurrencyOption } from './adaptive.js'
import type { BreakerOptions } from './breaker.js'
import { breakerOption } from './breaker.js'
import type { Clock } from './clock.js'
import { systemClock } from './clock.js'
import type { Duration } from './duration.js'
import { durationMs } from './duration.js'
import type { Middleware } from './handler.js'
import type { Logger } from './log.js'
import { isLogger, jsonLogger, silentLogger } from './log.js'
import {
  duration,
  durationOrFalse,
  option,
  parseOptions,
  wholeNumber,
  wholeSeconds,
  withMethods,
} from './parse-options.js'
import { healthOption, protectionConfig, protectionOption } from './attendant-options.js'
import type { RateLimit } from './rate-limit.js'
import { rateLimitOption } from './rate-limit.js'
import type { QueuePort } from './queue/port.js'
import type { WorkerConfig } from './worker-config.js'
import { defaultPrefetch } from './worker-config.js'

export type { WorkerConfig } from './worker-config.js'

/** Options of `createWorker`. Every one has a default; durations are texts with a unit. */
export interface WorkerOptions<Message = unknown> {
  /** Middleware around each handling, the first outermost; default none. Composed once, when the worker is made. */
  use?: readonly Middleware<Message>[] | undefined
  /** Slots: how many handlings run at a time. 1–10,000, or `adaptive({ max })`; default 10. Raise it for handlers that wait. */
  concurrency?: number | Adaptive | undefined
  /**
   * How many messages may be fetched ahead of the slots, leased like those that run. 0–1,000; default: half as
   * many again as there are slots, at most 20. Set 0 where a handling takes minutes, so that none waits here that another task could take.
   */
  prefetch?: number | undefined
  /**
   * How many messages of one group (MessageGroupId) may run at a time in this worker, so that none takes all slots.
   * 1–10,000; default: no limit. On a FIFO queue it is always one.
   */
  maxPerGroup?: number | undefined
  /**
   * How often handlings start in this worker, for all messages of a queue together or by a key of theirs. What needs a
   * budget that is spent waits here, leased, and others go ahead; it is not received again for that. Default: no limit.
   */
  rateLimit?: RateLimit | undefined
  /** Takes no more messages while their handlings fail, but for one now and then: `{}` for its defaults. Default: goes on. */
  breaker?: BreakerOptions | undefined
  /** The most receives at one time. 1–100; default: one for each five slots, at most 10. An idle worker makes one. */
  maxPollers?: number | undefined
  /** How long a receive waits for the first message. Whole seconds, 1–20 s (SQS's limit); default '20s'. */
  waitTime?: Duration | undefined
  /**
   * How long a message stays hidden without a heartbeat. Whole seconds, 1 s–12 h; default: the queue's own. Heartbeats
   * extend it for as long as the handler runs: it bounds how late a crash is noticed, not how long a handling takes.
   */
  visibilityTimeout?: Duration | undefined
  /** From the start of a handling to the abort of its signal. 10 ms–12 h, or false for none; default '15m'. */
  handlerTimeout?: Duration | false | undefined
  /** How long an aborted handler that runs on keeps its message and its slot. 0 s–12 h; default '10s'. */
  abortGrace?: Duration | undefined
  /**
   * How many handlers may run on past `abortGrace`, each with its slot given to another. With one more the worker fails,
   * so that ECS replaces the task. 0–10,000; default: half as many as there are slots, rounded up.
   */
  maxStuck?: number | undefined
  /** The full-jitter backoff between attempts: up to `base`, doubling with each receive, up to `cap`. */
  retry?:
    | {
        /** 1 s–12 h; default '2s'. */
        base?: Duration | undefined
        /** 1 s–12 h; default '15m'. */
        cap?: Duration | undefined
      }
    | undefined
  /**
   * The task's `stopTimeout`: what ECS leaves between SIGTERM and SIGKILL. 1 s–1 h; default '30s', as in ECS. ECS does
   * not tell a task its own: set the same here and in the task definition (Fargate allows 2–120 s).
   */
  stopTimeout?: Duration | undefined
  /**
   * Protects the task from scale-in while handlings run that are worth it, through the ECS agent. 'auto', the default: wherever there is
   * an agent (ECS_AGENT_URI); settings mean the same with these times; false: never. The task role needs
   * `ecs:UpdateTaskProtection`.
   */
  protection?:
    | 'auto'
    | false
    | {
        /**
         * How old a message that runs must be: a stop lets younger ones finish anyway. 0 s–1 h; default '2s'. Raise it
         * where a steady trickle of longer handlings keeps the service from scaling in.
         */
        after?: Duration | undefined
        /** Renewed when a third is left. Whole minutes, 1 m–48 h (ECS's limits); default '30m'. */
        expiresIn?: Duration | undefined
        /** How long no such message may have run until the protection is given back. 1 s–1 h; default '15s'. */
        idleAfter?: Duration | undefined
      }
    | undefined
  /** Serves `/live`, `/ready` and `/metrics` over HTTP while the worker runs. Default: not. */
  health?:
    | {
        /** 0–65,535; 0 takes a free one, which the event `health:listening` tells. */
        port: number
        /** The address to listen on; default '127.0.0.1', which health checks inside the task reach. */
        host?: string | undefined
      }
    | undefined
  /**
   * Looks at the queue and this process at the start: 'warn', the default, logs what is found; with 'fail' a problem keeps
   * the worker from starting; false looks at nothing.
   */
  doctor?: 'warn' | 'fail' | false | undefined
  /**
   * `thread: true` gives leases a thread of their own, with connections of its own (and the memory of another SDK client, some
   * 40 MB): a handler that blocks the event loop past the visibility timeout keeps its message, and every other one theirs; the
   * event `loop:blocked` names it. Not for queues with a `client` or a `port` of yours. Default: the main thread's timer.
   */
  leases?: { thread?: boolean | undefined } | undefined
  /**
   * The longest that a receive waits for more messages where they trickle in, so that a call brings some. 0 ms–1 s; default
   * '40ms'. Neither a backlog nor seldom messages wait. '0ms' where every millisecond counts more than a call does.
   */
  receiveLinger?: Duration | undefined
  /** How long a delete or visibility change waits for others to share a call. 0 ms–5 s; default '100ms'. */
  settleLinger?: Duration | undefined
  /** A pino-compatible logger, or false for none. Default: JSON lines on stderr, from level info. */
  log?: Logger | false | undefined
  /** The queue itself, for tests: `memoryQueue()` of `@longshore/core/testing`. Default: SQS. */
  port?: QueuePort | undefined
  /** Time, for tests: `manualClock()` of `@longshore/core/testing`. Default: the machine's. */
  clock?: Clock | undefined
  /** Numbers in [0, 1) for jitter, for tests. Default: Math.random. */
  random?: (() => number) | undefined
}

const DEFAULTS = {
  concurrency: 10,
  mostPollers: 10,
  waitTime: '20s',
  handlerTimeout: '15m',
  abortGrace: '10s',
  retry: { base: '2s', cap: '15m' },
  stopTimeout: '30s',
  host: '127.0.0.1',
  doctor: 'warn',
  receiveLinger: '40ms',
  settleLinger: '100ms',
} as const

// SQS's own limit for one receive.
const MAX_RECEIVED = 10

const PORT_METHODS = [
  'describe',
  'receive',
  'deleteBatch',
  'changeVisibilityBatch',
  'sendBatch',
  'open',
  'close',
]

const rules = {
  use: option<readonly Middleware<never>[]>('a list of middleware functions', isListOfFunctions),
  concurrency: concurrencyOption,
  prefetch: wholeNumber(0, 1_000),
  maxPerGroup: wholeNumber(1, 10_000),
  rateLimit: rateLimitOption,
  breaker: breakerOption,
  maxPollers: wholeNumber(1, 100),
  waitTime: wholeSeconds('1s', '20s'),
  visibilityTimeout: wholeSeconds('1s', '12h'),
  handlerTimeout: durationOrFalse('10ms', '12h'),
  abortGrace: duration('0s', '12h'),
  maxStuck: wholeNumber(0, 10_000),
  retry: z.strictObject({ base: duration('1s', '12h'), cap: duration('1s', '12h') }).optional(),
  stopTimeout: duration('1s', '1h'),
  protection: protectionOption,
  health: healthOption,
  doctor: option<'warn' | 'fail' | false>("'warn', 'fail' or false", (value) =>
    ['warn', 'fail', false].includes(value as string),
  ),
  leases: z
    .strictObject({ thread: option<boolean>('true or false', (value) => typeof value === 'boolean') })
    .optional(),
  receiveLinger: duration('0ms', '1s'),
  settleLinger: duration('0ms', '5s'),
  log: option<Logger | false>(
    'a logger with debug, info, warn and error, or false',
    (value) => value === false || isLogger(value),
  ),
  port: withMethods<QueuePort>(`a queue port with ${PORT_METHODS.join(', ')}`, PORT_METHODS),
  clock: withMethods<Clock>('a clock with now and schedule', ['now', 'schedule']),
  random: option<() => number>(
    'a function that returns numbers in [0, 1)',
    (value) => typeof value === 'function',
  ),
}

/** The options that each queue of a worker may have of its own. */
export type QueueOption = (typeof OF_QUEUES)[number]

const OF_QUEUES = [
  'use',
  'prefetch',
  'maxPerGroup',
  'rateLimit',
  'breaker',
  'maxPollers',
  'waitTime',
  'visibilityTimeout',
  'handlerTimeout',
  'abortGrace',
  'retry',
  'receiveLinger',
  'settleLinger',
  'port',
] as const

/** Their rules, by name. */
export const QUEUE_RULES: Readonly<Record<string, z.ZodType>> = Object.fromEntries(
  OF_QUEUES.map((name) => [name, rules[name]]),
)

const schema: z.ZodType<WorkerOptions<never>> = z.strictObject(rules).superRefine((given, context) => {
  const { base = DEFAULTS.retry.base, cap = DEFAULTS.retry.cap } = given.retry ?? {}
  if (durationMs(base) > durationMs(cap)) {
    context.addIssue({ code: 'custom', path: ['retry', 'base'], message: `at most retry.cap, '${cap}'` })
  }
  const { visibilityTimeout, settleLinger = DEFAULTS.settleLinger } = given
  // A heartbeat is due when a third of the visibility timeout is left; a settlement must not linger longer than that.
  if (visibilityTimeout !== undefined && durationMs(settleLinger) > durationMs(visibilityTimeout) / 3) {
    const message = `at most a third of visibilityTimeout, '${visibilityTimeout}'`
    context.addIssue({ code: 'custom', path: ['settleLinger'], message })
  }
})

function isListOfFunctions(value: unknown): boolean {
  return Array.isArray(value) && value.every((each) => typeof each === 'function')
}

/**
 * Checks the options and completes them, for slots that take so many messages each.
 *
 * @throws OptionsError listing every problem.
 */
export function workerConfig(options: WorkerOptions<never>, batchSize = 1): WorkerConfig {
  const given = parseOptions('createWorker', schema, options)
  const {
    concurrency: slots = DEFAULTS.concurrency,
    handlerTimeout = DEFAULTS.handlerTimeout,
    visibilityTimeout,
  } = given
  const adaptive = typeof slots === 'number' ? undefined : slots
  const concurrency = typeof slots === 'number' ? slots : slots.max
  const { prefetch = defaultPrefetch(concurrency, batchSize), log = jsonLogger() } = given
  const receivers = concurrency * Math.ceil(batchSize / MAX_RECEIVED)
  return Object.freeze({
    concurrency,
    adaptive,
    prefetch,
    isPrefetchGiven: given.prefetch !== undefined,
    maxPerGroup: given.maxPerGroup ?? Infinity,
    rateLimit: given.rateLimit,
    breaker: given.breaker,
    maxPollers: given.maxPollers ?? Math.min(Math.ceil(receivers / 5), DEFAULTS.mostPollers),
    settling: Math.max(100, 2 * concurrency * batchSize),
    waitSeconds: durationMs(given.waitTime ?? DEFAULTS.waitTime) / 1_000,
    visibilityTimeoutMs: visibilityTimeout === undefined ? undefined : durationMs(visibilityTimeout),
    handlerTimeoutMs: handlerTimeout === false ? Infinity : durationMs(handlerTimeout),
    abortGraceMs: durationMs(given.abortGrace ?? DEFAULTS.abortGrace),
    maxStuck: given.maxStuck ?? Math.ceil(concurrency / 2),
    retry: {
      baseMs: durationMs(given.retry?.base ?? DEFAULTS.retry.base),
      capMs: durationMs(given.retry?.cap ?? DEFAULTS.retry.cap),
    },
    stopTimeoutMs: durationMs(given.stopTimeout ?? DEFAULTS.stopTimeout),
    protection: protectionConfig(given.protection),
    health: given.health && { port: given.health.port, host: given.health.host ?? DEFAULTS.host },
    doctor: given.doctor ?? DEFAULTS.doctor,
    hasLeaseThread: given.leases?.thread ?? false,
    receiveLingerMs: durationMs(given.receiveLinger ?? DEFAULTS.receiveLinger),
    settleLingerMs: durationMs(given.settleLinger ?? DEFAULTS.settleLinger),
    log: log === false ? silentLogger : log,
    port: given.port,
    clock: given.clock ?? systemClock,
    random: given.random ?? Math.random,
  })
}
