import type { AnyHandler } from './batch-handler.js'
import type { Capacity } from './capacity.js'
import type { Duration } from './duration.js'
import type { DrainOptions, DrainReport } from './emptying.js'
import type { EnvelopeKind } from './envelope.js'
import type { Listener, StopReport, WorkerEventName, WorkerEvents } from './events.js'
import type { WorkerOptions } from './options.js'
import type { Queue } from './queue/definition.js'
import { QueueWorker } from './queue-worker.js'
import type { Source } from './sources.js'
import { checkHandler, workerSetup } from './sources.js'
import type { WorkerState, WorkerStats } from './stats.js'

/** How a stop may be hurried. */
export interface StopOptions {
  /**
   * When handlings that still run are aborted: an instant, or a duration from now. Default: what `stopTimeout` leaves
   * after a margin for handing back and settling (25 s of 30 s). Settling may take up to that margin longer.
   */
  deadline?: Duration | Date | undefined
}

/** Runs a handler on a queue's messages. Made by {@link createWorker}; starts once, stops once. */
export interface Worker extends AsyncDisposable {
  readonly state: WorkerState
  /**
   * Reaches the queue and begins to receive; resolves then. Safe to call again while it runs. While the queue throttles,
   * fails or cannot be reached it is asked again, at most every 30 s, until it answers or the worker is stopped.
   *
   * @throws QueueCallError when the queue does not exist or refuses us.
   * @throws LifecycleError after a stop: create another worker.
   */
  start(): Promise<void>
  /**
   * Starts, if it has not started, and resolves with the report once it has stopped.
   *
   * @throws QueueCallError when it cannot start, or, after draining, when it cannot go on (the queue was deleted).
   * @throws LifecycleError after a stop.
   */
  run(): Promise<StopReport>
  /**
   * {@link run}, and SIGTERM or SIGINT stops it. A second signal aborts what still runs; a third ends the process, as it
   * would any. The listeners exist only until this resolves. Never exits the process itself.
   */
  runUntilSignal(): Promise<StopReport>
  /**
   * {@link run} until the queue is empty: for a task that a schedule or an event runs. It ends when nothing is held, so
   * many receives in a row have brought nothing and SQS counts no visible message; delayed messages and those that other
   * workers hold are not waited for. See {@link exitCodeOf} for how the process should exit.
   *
   * @throws OptionsError when the options are wrong, else as {@link run}.
   */
  drain(options?: DrainOptions): Promise<DrainReport>
  /**
   * Drains: takes no more, hands back at once what no handler has started on, lets handlings finish until the deadline,
   * aborts the rest, settles. Calls share one drain and its report; an earlier deadline hastens it.
   *
   * @throws OptionsError when the deadline is neither; for nothing else.
   */
  stop(options?: StopOptions): Promise<StopReport>
  /** Calls `listener` with every such event; the returned function ends that. */
  on<Name extends WorkerEventName>(name: Name, listener: Listener<WorkerEvents[Name]>): () => void
  /** A snapshot of its counts. */
  stats(): WorkerStats
  /** What it can do and does, over the last minute: the figures that scaling needs. */
  capacity(): Capacity
}

/**
 * Makes a worker that handles the messages of `queue`; nothing happens until it is started.
 *
 * A handler that returns has handled its message, which is then deleted; one that throws has its message again after a
 * backoff. `retry()`, `deadLetter()` and `release()`, returned or thrown, say anything else.
 *
 * @example
 * const worker = createWorker(thumbnails, async (image, { signal }) => makeThumbnail(image, { signal }))
 * await worker.runUntilSignal()
 *
 * @throws OptionsError listing every problem.
 */
export function createWorker<Input, Output, Kind extends EnvelopeKind>(
  queue: Queue<Input, Output, Kind>,
  handler: AnyHandler<Output, Kind>,
  options?: WorkerOptions<Output>,
): Worker
/**
 * Makes a worker of several queues, each with its handler, that share its slots: by priority, then by weight.
 *
 * @example
 * const worker = createWorker([from(orders, handleOrder, { weight: 3 }), from(mails, handleMail)], { concurrency: 20 })
 *
 * @throws OptionsError listing every problem.
 */
export function createWorker(sources: readonly Source[], options?: WorkerOptions): Worker
export function createWorker(
  of: Queue<unknown, unknown> | readonly Source[],
  ...rest: readonly unknown[]
): Worker {
  if (isSources(of)) {
    const [options = {}] = rest as [WorkerOptions?]
    return new QueueWorker(workerSetup(of, options))
  }
  const [handler, options = {}] = rest as [AnyHandler<unknown>, WorkerOptions?]
  checkHandler('createWorker', handler)
  return new QueueWorker(workerSetup([{ queue: of, handler, options: {} }], options))
}

function isSources(of: unknown): of is readonly Source[] {
  return Array.isArray(of)
}
