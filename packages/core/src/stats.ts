import type { BreakerState } from './breaker.js'
import type { ProtectionState, TaskIdentity } from './ecs-task.js'
import type { QueueOperation } from './queue/port.js'

/** Where a worker is in its one life: idle → running → draining → stopped. */
export type WorkerState = 'idle' | 'running' | 'draining' | 'stopped'

/** What has happened since the start, in messages unless said otherwise. */
export interface Counts {
  received: number
  /** Receives that brought nothing, in calls. */
  emptyReceives: number
  /** Those that came again after they had been handled here: deleted without their handler. */
  repeated: number
  /** Handlings begun. */
  started: number
  /** Handlings ended, however. */
  handled: number
  /** The slot time that handlings took, together, a batch's once; divided by `handled` it is what a message takes. */
  handlingMs: number
  /** Handlings that ended in `retry({ throttled: true })`: what they call refuses more. */
  throttled: number
  /** Settled: SQS has confirmed it. */
  done: number
  retried: number
  deadLettered: number
  released: number
  /** Leases that ended before their message was settled. */
  lost: number
  /** Handlings that threw, or whose large payload could not be fetched. */
  failed: number
  /** Messages that can never be read: not JSON, against the schema, in another envelope. */
  rejected: number
  timedOut: number
  /** Handlings that ignored their abort for the whole grace. */
  stuck: number
}

/** What a worker, or one of its queues, holds at a moment. */
export interface Levels {
  /** Slots that are taken. */
  readonly running: number
  /** Handlings that ignore their abort and still run, without a slot. */
  readonly stillStuck: number
  /** Prefetched messages that wait for a slot, or for others of their group. */
  readonly waiting: number
  /** Of them, those that wait for a budget of `rateLimit` that is spent. */
  readonly limited: number
  /** Handled messages whose outcome SQS has not confirmed yet. */
  readonly settling: number
  /** Messages that are held: waiting, running and settling. */
  readonly leases: number
  /** Receives under way. */
  readonly polling: number
}

/** Calls to SQS since the start, by operation, failed ones included. */
export type Calls = Readonly<Partial<Record<QueueOperation, number>>>

/** A snapshot of one queue of a worker. */
export interface QueueStats extends Readonly<Counts>, Levels {
  /** The queue's name. */
  readonly queue: string
  readonly weight: number
  readonly priority: number
  /** Whether the option `breaker` lets messages in. */
  readonly breaker: BreakerState
  readonly calls: Calls
}

/** A snapshot of a worker, its queues together. Calls per message: the sum of `calls` divided by `done`. */
export interface WorkerStats extends Readonly<Counts>, Levels {
  readonly state: WorkerState
  /** Slots; of an adaptive concurrency as many as there are at this moment. */
  readonly concurrency: number
  /** How late the event loop's timers were, at worst, in the last 30–60 s; in milliseconds. */
  readonly loopLagMs: number
  /** Slots × time since it was made, in milliseconds. */
  readonly slotMs: number
  /** Slots that were taken × time, in milliseconds. */
  readonly busySlotMs: number
  readonly calls: Calls
  /** Whether ECS spares the task from scale-in. */
  readonly protection: ProtectionState
  /** The ECS task, once its metadata endpoint has answered. */
  readonly task?: TaskIdentity | undefined
  /** Each queue's part, in the order in which they were given. */
  readonly queues: readonly QueueStats[]
}

/** What the queues come to together. */
export function summed(queues: readonly QueueStats[]): Readonly<Counts> & Levels & { calls: Calls } {
  const sums: Counts & { -readonly [Name in keyof Levels]: number } = { ...newCounts(), ...NO_LEVELS }
  const calls: Partial<Record<QueueOperation, number>> = {}
  for (const queue of queues) {
    for (const name of Object.keys(sums) as (keyof typeof sums)[]) sums[name] += queue[name]
    for (const [operation, count] of Object.entries(queue.calls) as [QueueOperation, number][]) {
      calls[operation] = (calls[operation] ?? 0) + count
    }
  }
  return { ...sums, calls }
}

export const NO_LEVELS: Levels = {
  running: 0,
  stillStuck: 0,
  waiting: 0,
  limited: 0,
  settling: 0,
  leases: 0,
  polling: 0,
}

export function newCounts(): Counts {
  return {
    received: 0,
    emptyReceives: 0,
    repeated: 0,
    started: 0,
    handled: 0,
    handlingMs: 0,
    throttled: 0,
    done: 0,
    retried: 0,
    deadLettered: 0,
    released: 0,
    lost: 0,
    failed: 0,
    rejected: 0,
    timedOut: 0,
    stuck: 0,
  }
}
