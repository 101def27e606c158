// What a run is made of, drawn at random: queues and how they are worked, messages, workers, and what befalls them.
import type { Fault } from '@longshore/core/testing'
import * as fc from 'fast-check'

export const GROUPS = 4

export const FAULTS = {
  none: undefined,
  throttled: { kind: 'fail', reason: 'throttled' },
  lost: { kind: 'loseAnswer' },
  late: { kind: 'delayAnswer', delayMs: 7_000 },
  slow: { kind: 'delayCall', delayMs: 7_000 },
  hang: { kind: 'hang' },
  entry: { kind: 'failEntries', indexes: [0, 2], code: 'InternalError' },
} as const satisfies Record<string, Fault | undefined>
export type FaultKind = keyof typeof FAULTS

/** A queue, and how every worker works it. */
export interface QueuePlan {
  readonly isFifo: boolean
  /** 1 for messages one by one. */
  readonly batchSize: number
  readonly weight: number
  readonly priority: number
  readonly maxPerGroup: number | undefined
  /** By group. */
  readonly rateLimit: { readonly limit: number; readonly perMs: number } | undefined
  readonly hasBreaker: boolean
}

export interface WorkerPlan {
  readonly concurrency: number
  /** The concurrency is the most of an adaptive one. */
  readonly isAdaptive: boolean
  readonly prefetch: number
}

export interface MessagePlan {
  readonly queue: number
  readonly group: number
  readonly takesMs: number
  /** How often its handling throws before it succeeds; {@link POISON} for ever. */
  readonly failures: number
}

export const POISON = 1_000

export interface Plan {
  readonly queues: readonly QueuePlan[]
  readonly visibilitySeconds: 12 | 30
  /** How often SQS hands a message out before it is a dead letter; undefined for no end. */
  readonly maxReceiveCount: number | undefined
  readonly messages: readonly MessagePlan[]
  readonly workers: readonly WorkerPlan[]
  readonly isIdempotent: boolean
  /** What jitter is made of. */
  readonly luck: number
  /** What the handlers need is down. */
  readonly outage: { readonly fromMs: number; readonly forMs: number } | undefined
  /** Of each operation's calls in turn, again and again. */
  readonly faults: readonly FaultKind[]
  /** When workers end, to be replaced by others. */
  readonly ends: readonly { readonly atMs: number; readonly how: EndKind }[]
  /** When a worker's event loop stands still. */
  readonly blocks: readonly { readonly atMs: number; readonly forMs: number }[]
  /** When the queues hand out again what is held, as standard queues may. */
  readonly redeliversMs: readonly number[]
}

/** The one at that place. */
export function at<Item>(items: readonly Item[], index: number): Item {
  const item = items[index]
  if (item === undefined) throw new Error(`There is nothing at ${index}.`)
  return item
}

/** A crash tells nobody; an abort leaves no time to finish; a drain leaves all that is needed. */
export type EndKind = 'abort' | 'drain' | 'crash'

export interface PlanOptions {
  /** Undefined: as it comes. */
  readonly isFifo?: boolean
  readonly faults: readonly FaultKind[]
  readonly ends: readonly EndKind[]
  readonly redelivers?: boolean
  readonly blocks?: boolean
  readonly visibilitySeconds?: Plan['visibilitySeconds']
  /** What workers may have besides: a breaker, and something that it is for. */
  readonly breakers?: boolean
  readonly isIdempotent?: boolean
  /** Messages succeed at once or never, and there are dead-letter queues. */
  readonly poison?: boolean
}

/** Random plans: mostly a few messages of one queue, now and then many, or of several. */
export function plans(options: PlanOptions): fc.Arbitrary<Plan> {
  const { faults, ends, redelivers = false, blocks = false, poison = false, breakers = !poison } = options
  const instant = fc.integer({ min: 100, max: 20_000 })
  const lasting = fc.integer({ min: 1_000, max: 20_000 })
  const some = <Item>(isWanted: boolean, item: () => fc.Arbitrary<Item>): fc.Arbitrary<Item[]> =>
    isWanted ? fc.array(item(), { maxLength: 2 }) : fc.constant([])
  return fc
    .record({
      queues: rarely(queue(options, breakers), { from: 1, mostly: 1, atMost: 3 }),
      visibilitySeconds: fc.constant(options.visibilitySeconds ?? 12),
      maxReceiveCount: poison ? fc.integer({ min: 2, max: 6 }) : fc.constant(undefined),
      messages: rarely(message(poison), { from: 1, mostly: 4, atMost: 30 }),
      workers: fc.array(worker, { minLength: 1, maxLength: 2 }),
      isIdempotent: options.isIdempotent === true ? fc.constant(true) : oneIn(4, fc.constant(true), false),
      luck: fc.constantFrom(0.1, 0.5, 0.9),
      outage: breakers ? oneIn(4, fc.record({ fromMs: instant, forMs: lasting }), undefined) : none,
      faults: fc.array(fc.constantFrom('none' as const, ...faults), { minLength: 1, maxLength: 8 }),
      ends: some(ends.length > 0, () => fc.record({ atMs: instant, how: fc.constantFrom(...ends) })),
      blocks: some(blocks, () => fc.record({ atMs: instant, forMs: lasting })),
      redeliversMs: some(redelivers, () => instant),
    })
    .map((plan) => {
      const { length } = plan.queues
      return Object.assign(plan, { messages: plan.messages.map((one) => inside(one, length)) })
    })
}

const none = fc.constant(undefined)

const worker: fc.Arbitrary<WorkerPlan> = fc.record({
  concurrency: fc.integer({ min: 1, max: 6 }),
  isAdaptive: oneIn(4, fc.constant(true), false),
  prefetch: fc.integer({ min: 0, max: 8 }),
})

function queue({ isFifo }: PlanOptions, breakers: boolean): fc.Arbitrary<QueuePlan> {
  return fc.record({
    isFifo: isFifo === undefined ? fc.boolean() : fc.constant(isFifo),
    batchSize: oneIn(3, fc.integer({ min: 2, max: 12 }), 1),
    weight: fc.integer({ min: 1, max: 3 }),
    priority: fc.integer({ min: 0, max: 1 }),
    maxPerGroup: oneIn(4, fc.integer({ min: 1, max: 3 }), undefined),
    rateLimit: oneIn(
      4,
      fc.record({ limit: fc.integer({ min: 1, max: 4 }), perMs: fc.constantFrom(300, 1_000, 2_000) }),
      undefined,
    ),
    hasBreaker: breakers ? oneIn(3, fc.constant(true), false) : fc.constant(false),
  })
}

function message(poison: boolean): fc.Arbitrary<MessagePlan> {
  const failures = poison ? [0, 0, 0, POISON] : [0, 0, 0, 0, 0, 0, 1, 2]
  return fc.record({
    queue: fc.nat(2),
    group: fc.integer({ min: 0, max: GROUPS - 1 }),
    takesMs: fc.constantFrom(0, 0, 10, 10, 300, 300, 4_000, 15_000),
    failures: fc.constantFrom(...failures),
  })
}

function inside(one: MessagePlan, queues: number): MessagePlan {
  return one.queue < queues ? one : { ...one, queue: one.queue % queues }
}

function oneIn<Item, Else>(
  count: number,
  item: fc.Arbitrary<Item>,
  otherwise: Else,
): fc.Arbitrary<Item | Else> {
  const rest = { weight: count - 1, arbitrary: fc.constant(otherwise) }
  return fc.oneof(rest, { weight: 1, arbitrary: item })
}

function rarely<Item>(
  item: fc.Arbitrary<Item>,
  lengths: { readonly from: number; readonly mostly: number; readonly atMost: number },
): fc.Arbitrary<Item[]> {
  const upTo = (maxLength: number): fc.Arbitrary<Item[]> =>
    fc.array(item, { minLength: lengths.from, maxLength })
  return fc.oneof(
    { weight: 9, arbitrary: upTo(lengths.mostly) },
    { weight: 1, arbitrary: upTo(lengths.atMost) },
  )
}
