import { z } from 'zod'
import type { Standing } from './admit/share.js'
import type { AnyHandler } from './batch-handler.js'
import { isBatchHandler } from './batch-handler.js'
import type { EnvelopeKind } from './envelope.js'
import { OptionsError } from './errors.js'
import type { Middleware } from './handler.js'
import type { OptionProblem } from './option-problems.js'
import type { QueueOption, WorkerConfig, WorkerOptions } from './options.js'
import { QUEUE_RULES, workerConfig } from './options.js'
import { parseOptions, wholeNumber } from './parse-options.js'
import type { Queue } from './queue/definition.js'
import { queueName } from './queue/definition.js'

/** Options of {@link from}: those of `createWorker` that a queue may have of its own, and its standing among the others. */
export interface SourceOptions<Message = unknown> extends Pick<WorkerOptions<Message>, QueueOption> {
  /**
   * Its part of the slot time when other queues of its priority want slots too. 1–1,000; default 1. What one queue leaves
   * goes to the others.
   */
  weight?: number | undefined
  /** A queue of a lower priority gets a slot only when none of a higher one can use it. 0–100; default 0. */
  priority?: number | undefined
}

/** A queue, its handler and its options, for a worker of several; made by {@link from}. */
export interface Source {
  readonly queue: Queue<unknown, unknown>
  readonly handler: AnyHandler<unknown>
  readonly options: SourceOptions<never>
}

/** A source, complete. */
export interface SourceConfig {
  /** What events and figures call the queue; no other of the worker is called so. */
  readonly name: string
  readonly queue: Queue<unknown, unknown>
  readonly handler: AnyHandler<unknown>
  /** Middleware around each handling, the first outermost. */
  readonly use: readonly Middleware[]
  readonly config: WorkerConfig
  readonly standing: Standing
}

const schema: z.ZodType = z.strictObject({
  ...QUEUE_RULES,
  weight: wholeNumber(1, 1_000),
  priority: wholeNumber(0, 100),
})

/**
 * One of several queues of a worker. Options given here win over the worker's; middleware runs inside the worker's.
 *
 * @example
 * const worker = createWorker([from(orders, handleOrder, { weight: 3 }), from(mails, handleMail)], { concurrency: 20 })
 *
 * @throws OptionsError listing every problem.
 */
export function from<Input, Output, Kind extends EnvelopeKind>(
  queue: Queue<Input, Output, Kind>,
  handler: AnyHandler<Output, Kind>,
  options: SourceOptions<Output> = {},
): Source {
  parseOptions('from', schema, options)
  checkHandler('from', handler)
  // The queue's schema and envelope make what its handler takes; past this point they are only ever used together.
  return Object.freeze({ queue, handler: handler as AnyHandler<unknown>, options })
}

/** What a worker is made of, complete. */
export interface WorkerSetup {
  readonly config: WorkerConfig
  readonly sources: readonly SourceConfig[]
}

/**
 * Completes a worker's options and those of its queues.
 *
 * @throws OptionsError listing every problem.
 */
export function workerSetup(sources: readonly Source[], options: WorkerOptions<never>): WorkerSetup {
  const strangers = sources.flatMap((source: unknown, index) => (isSource(source) ? [] : stranger(index)))
  if (strangers.length > 0) throw new OptionsError('createWorker', strangers)
  const config = workerConfig(options)
  const problems = problemsOf(sources, options)
  if (problems.length > 0) throw new OptionsError('createWorker', problems)
  const names = sources.map((source) => nameOf(source, options))
  const complete = ({ queue, handler, options: own }: Source, index: number): SourceConfig => {
    const { weight = 1, priority = 0, ...given } = own
    const use: readonly Middleware<never>[] = [...(options.use ?? []), ...(own.use ?? [])]
    return {
      name: distinctName(names, index, queue),
      queue,
      handler,
      use: use as readonly Middleware[],
      config: workerConfig({ ...options, ...defined(given) }, isBatchHandler(handler) ? handler.size : 1),
      standing: { weight, priority },
    }
  }
  return { config, sources: sources.map(complete) }
}

/** @throws OptionsError when it is none. */
export function checkHandler(where: string, handler: unknown): void {
  if (typeof handler === 'function' || isBatchHandler(handler)) return
  const got = handler === null ? 'null' : typeof handler
  throw new OptionsError(where, [{ path: 'handler', expected: 'a function, or handleBatch()', got }])
}

function isSource(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'queue' in value && 'handler' in value
}

function stranger(index: number): OptionProblem {
  return {
    path: `[${index}]`,
    expected: 'a queue with its handler: from(queue, handler)',
    got: 'something else',
  }
}

function problemsOf(sources: readonly Source[], { port }: WorkerOptions<never>): OptionProblem[] {
  const problems: OptionProblem[] = []
  if (sources.length === 0) problems.push({ path: '', expected: 'at least one queue', got: 'none' })
  if (sources.length > 1 && port !== undefined) {
    problems.push({
      path: 'port',
      expected: 'a port for each queue, as an option of from()',
      got: 'one for all',
    })
  }
  const places = sources.map(({ queue, options }) => options.port ?? queue.url ?? queue.name)
  for (const [index, place] of places.entries()) {
    if (place === undefined || places.indexOf(place) === index) continue
    problems.push({
      path: `[${index}]`,
      expected: 'each queue once',
      got: `${sources[index]?.queue.label} again`,
    })
  }
  return problems
}

function nameOf({ queue, options: own }: Source, { port }: WorkerOptions<never>): string {
  return queueName(queue, own.port ?? port)
}

/** The whole URL, or a number, where the name is another's too. */
function distinctName(names: readonly string[], index: number, { url, label }: Source['queue']): string {
  const name = names[index] ?? label
  const isShared = names.some((other, at) => other === name && at !== index)
  return isShared ? (url ?? `${name}-${index + 1}`) : name
}

function defined<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T
}
