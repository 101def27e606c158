import type { LimitReason } from './limit-reason.js'
import type { Capacity } from './capacity.js'
import type { Delivery } from './delivery.js'
import type { ProtectionState } from './ecs-task.js'
import type { HandlerTimeoutError, LeaseLostError, PayloadError, PayloadStoreError } from './errors.js'
import type { Finding } from './finding.js'
import type { Outcome } from './outcome.js'

/** Why a drain began. */
export type DrainReason = 'stop' | 'signal' | 'failure' | 'empty'

/** What a call about receipts is for. */
export type SettlePurpose = 'delete' | 'makeVisible' | 'heartbeat'

/** What a drain did with the messages that the worker held; the answer of `worker.stop()`. */
export interface StopReport {
  readonly reason: DrainReason
  /** Handlings that were under way and ended by themselves. */
  readonly finished: number
  /** Handlings that ended after their signal was aborted at the deadline. */
  readonly aborted: number
  /** Handlings that ignored their abort; their messages were handed back while they still ran. */
  readonly abandoned: number
  /** Messages that no handler had started on, handed back at once. */
  readonly released: number
  /** Messages whose outcome SQS did not confirm in time; they will come again. */
  readonly unsettled: number
  readonly elapsedMs: number
}

/**
 * Everything a worker tells, by name: `noun:past-verb`. The telemetry contract. An event that nobody listens to costs
 * nothing, and a listener that throws never harms the worker. `queue` is the queue's name, its URL only where two of a
 * worker's queues have the same name.
 */
export interface WorkerEvents {
  /** The queues answered and receiving has begun. */
  'worker:started': {
    readonly concurrency: number
    readonly queues: readonly {
      readonly queue: string
      readonly url: string
      readonly visibilityTimeoutMs: number
    }[]
  }
  /** No more is received; what runs may finish until `deadlineMs` (epoch milliseconds). */
  'worker:draining': {
    readonly reason: DrainReason
    readonly running: number
    readonly unstarted: number
    readonly deadlineMs: number
  }
  'worker:stopped': StopReport
  /** The worker cannot go on and drains itself; `run()` rejects with this error. */
  'worker:failed': { readonly error: Error }

  'receive:completed': {
    readonly queue: string
    readonly asked: number
    readonly received: number
    readonly elapsedMs: number
  }
  'receive:failed': {
    readonly queue: string
    readonly error: unknown
    readonly elapsedMs: number
    readonly failures: number
    readonly retryInMs: number
  }

  'delivery:received': { readonly queue: string; readonly delivery: Delivery }
  /** It was handled here before and came again: it is deleted with its new receipt, and no handler runs. */
  'delivery:repeated': { readonly queue: string; readonly delivery: Delivery }
  /** The handler starts on it. */
  'delivery:started': { readonly queue: string; readonly delivery: Delivery }
  /** The handler is through with it, or was never reached; `outcome` is not settled yet. */
  'delivery:handled': {
    readonly queue: string
    readonly delivery: Delivery
    readonly outcome: Outcome
    readonly elapsedMs: number
  }
  /** SQS has confirmed the outcome. */
  'delivery:settled': {
    readonly queue: string
    readonly delivery: Delivery
    readonly outcome: Outcome['kind']
  }
  /** Handed back unstarted, because the worker stops or an earlier message of its FIFO group comes again first. */
  'delivery:released': { readonly queue: string; readonly delivery: Delivery }

  /** It can never be read: see {@link PayloadError}. It is never deleted; `fate` says what becomes of it. */
  'payload:rejected': {
    readonly queue: string
    readonly delivery: Delivery
    readonly error: PayloadError
    readonly fate: string
  }
  /** It tells of nothing (the test event of S3): it is deleted, and no handler sees it. */
  'payload:skipped': { readonly queue: string; readonly delivery: Delivery }
  /** Its large payload cannot be fetched for now, and it is retried; or cannot be removed after it, and stays in the store. */
  'payload:failed': {
    readonly queue: string
    readonly delivery: Delivery
    readonly error: PayloadStoreError
  }
  'handler:failed': { readonly queue: string; readonly delivery: Delivery; readonly error: unknown }
  /** Its signal is aborted; its lease is kept until it ends or the grace is over. */
  'handler:timed-out': {
    readonly queue: string
    readonly delivery: Delivery
    readonly error: HandlerTimeoutError
  }
  /** It ignored its abort for the whole grace. Its message is retried, its slot is given to another (see `maxStuck`). */
  'handler:stuck': { readonly queue: string; readonly delivery: Delivery }

  /** Too many handlings fail: nothing more is taken, and what waits is handed back, until one message is tried. */
  'breaker:opened': {
    readonly queue: string
    readonly failed: number
    readonly handled: number
    readonly error: unknown
    readonly probeInMs: number
  }
  /** One message is taken, to see whether it can be handled. */
  'breaker:half-opened': { readonly queue: string }
  /** It could: messages are taken as before. */
  'breaker:closed': { readonly queue: string }

  /** SQS may have given the message to another worker. */
  'lease:lost': { readonly queue: string; readonly delivery: Delivery; readonly error: LeaseLostError }
  /** A call of deletes, visibility changes or heartbeats was answered. Entries of it may have failed all the same. */
  'settle:completed': {
    readonly queue: string
    readonly purpose: SettlePurpose
    readonly entries: number
    readonly elapsedMs: number
  }
  /** The event loop stood still for a second or more, over now: nothing else ran, and only a lease keeper extended leases. */
  'loop:blocked': {
    readonly blockedMs: number
    /** Whose handler kept it: the one that had not given way since it was called, or the only queue with one that ran. */
    readonly queue: string | undefined
    /** The name of the handler's function. */
    readonly handler: string | undefined
    /** Known where it had not given way once. */
    readonly messageId: string | undefined
  }
  /** The lease keeper is gone; leases are extended on the main thread alone. */
  'keeper:failed': { readonly error: Error }
  /** A delete, visibility change or heartbeat failed, for the call or for entries of it; it will be sent again. */
  'settle:failed': {
    readonly queue: string
    readonly purpose: SettlePurpose
    /** What the call failed with; what SQS said of the first entry that failed, where others did not. */
    readonly error: unknown
    readonly entries: number
    readonly elapsedMs: number
    readonly retryInMs: number
  }
  /** The copy to the dead-letter queue could not be made; the message is retried instead. */
  'deadLetter:failed': { readonly queue: string; readonly delivery: Delivery; readonly error: Error }

  /** ECS spares the task from scale-in, or no longer does; or refuses to (`blocked`), and nothing more is taken. */
  'protection:changed': { readonly state: ProtectionState; readonly detail: string | undefined }
  /** The ECS agent did not do as it was asked, or did not answer; it will be asked again. */
  'protection:failed': {
    readonly status: number | undefined
    readonly detail: string
    readonly retryInMs: number
  }
  /** The health server listens. */
  'health:listening': { readonly url: string }
  /** Without a queue where it is about the process. */
  /** An adaptive concurrency has so many slots from now on. */
  'concurrency:changed': { readonly limit: number; readonly previous: number; readonly reason: LimitReason }
  /** Every ten seconds while the worker runs. */
  'capacity:sampled': Capacity
  'doctor:found': Finding & { readonly queue: string | undefined }
}

export type WorkerEventName = keyof WorkerEvents

/** Called with an event's fields. What it returns is ignored; what it throws, or rejects with, is logged. */
export type Listener<Event> = (event: Event) => unknown

type Listeners = { [Name in WorkerEventName]?: Listener<WorkerEvents[Name]>[] }

/** Hands each event to whoever listens. */
export class Events {
  readonly #listeners: Listeners = {}
  readonly #onThrown: (error: unknown, name: WorkerEventName) => void

  constructor(onThrown: (error: unknown, name: WorkerEventName) => void) {
    this.#onThrown = onThrown
  }

  /** Calls `listener` with every event of this name. The returned function ends that. */
  on<Name extends WorkerEventName>(name: Name, listener: Listener<WorkerEvents[Name]>): () => void {
    // Its own function each time: whoever listens twice can leave once.
    const own: Listener<WorkerEvents[Name]> = (event) => listener(event)
    this.#listeners[name] = [...(this.#listeners[name] ?? []), own] as Listeners[Name]
    return () => {
      const left = (this.#listeners[name] ?? []).filter((each) => each !== own)
      this.#listeners[name] = (left.length === 0 ? undefined : left) as Listeners[Name]
    }
  }

  /** Ask before building an event that is told for each message. */
  has(name: WorkerEventName): boolean {
    return this.#listeners[name] !== undefined
  }

  emit<Name extends WorkerEventName>(name: Name, event: WorkerEvents[Name]): void {
    for (const listener of this.#listeners[name] ?? []) {
      try {
        // An async listener's rejection must not end the process either.
        const returned = listener(event)
        if (returned instanceof Promise) returned.catch((error: unknown) => this.#onThrown(error, name))
      } catch (error) {
        this.#onThrown(error, name)
      }
    }
  }
}
