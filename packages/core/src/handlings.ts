import type { AnyHandler, BatchHandler } from './batch-handler.js'
import { isBatchHandler } from './batch-handler.js'
import type { Delivery } from './delivery.js'
import { Batch } from './handle/batch.js'
import { HandlingRoom } from './handle/handling.js'
import type { Handler, Middleware } from './handler.js'
import { wrapHandler } from './handler.js'
import type { WorkerConfig } from './options.js'
import type { Ending, Meter } from './measure/meter.js'
import type { Outcome } from './outcome.js'
import { release, retry } from './outcome.js'
import type { Payloads } from './payloads.js'
import type { QueueFacts } from './queue/port.js'
import { Running } from './running.js'
import type { Settlements } from './settlements.js'
import type { Tally } from './tally.js'

/** What the handlings are given by the pipeline. */
export interface HandlingsParts<Message> {
  readonly config: WorkerConfig
  readonly facts: QueueFacts
  readonly payloads: Payloads<Message>
  readonly handler: AnyHandler<Message>
  readonly use: readonly Middleware<Message>[]
  readonly tally: Tally
  /** The worker's. */
  readonly meter: Meter
  readonly settlements: Settlements
  /** A handling has ended, or was given up, so. */
  readonly onEnded: (delivery: Delivery, outcome: Outcome) => void
  /** The handler of these ignores its abort and runs on; its messages are given up. */
  readonly onStuck: (unit: readonly Delivery[]) => void
}

/** Deliveries that run together in one slot. */
interface Shift<Message> {
  readonly unit: readonly Delivery[]
  readonly batch: Batch<Message>
  /** Those whose handling is not over. */
  readonly open: Set<Delivery>
  /** Those of them that ignore their abort. */
  readonly stuck: Set<Delivery>
}

/**
 * What runs: from its slot to its settlement. A unit of several messages is as many handlings that meet in a
 * {@link Batch}: each is read, timed, interrupted and settled as if it were alone.
 */
export class Handlings<Message> {
  readonly running: Running = new Running()
  readonly #parts: HandlingsParts<Message>
  readonly #room: HandlingRoom<Message>
  readonly #batchHandler: BatchHandler<Message> | undefined
  /** By each of their deliveries; empty where messages are handled one by one. */
  readonly #shifts = new Map<Delivery, Shift<Message>>()

  constructor(parts: HandlingsParts<Message>) {
    const { handler, use } = parts
    this.#parts = parts
    this.#batchHandler = isBatchHandler(handler) ? handler : undefined
    const innermost: Handler<Message> = isBatchHandler(handler)
      ? (message, context) => this.#shifts.get(context.delivery)?.batch.join(message, context)
      : handler
    this.#room = this.#newRoom(wrapHandler(innermost, use))
  }

  /** Resolves when the next of their groups may start. */
  run(unit: readonly Delivery[]): Promise<void> {
    const [first] = unit
    if (this.#batchHandler !== undefined) return this.#runBatch(unit, this.#batchHandler)
    return first === undefined ? Promise.resolve() : this.#runOne(first)
  }

  /** Aborts the handling of the delivery, if there is one. */
  interrupt(delivery: Delivery, reason: Error): void {
    this.#room.interrupt(delivery, reason)
  }

  /** Hands back the messages of what still runs; how many. */
  abandon(): number {
    const abandoned = this.running.takeAll()
    for (const delivery of abandoned) void this.#parts.settlements.settle(delivery, release())
    return abandoned.length
  }

  close(): void {
    this.#room.close()
  }

  async #runOne(delivery: Delivery): Promise<void> {
    const { config, facts, settlements } = this.#parts
    const startedMs = config.clock.now()
    this.#begin(delivery, startedMs)
    const outcome = await this.#room.handle(delivery)
    this.#handled(delivery, outcome, startedMs)
    const isDecided = settlements.settle(delivery, outcome)
    this.running.leave(delivery)
    // The next of its group must not start before this one has left the queue for good, or is on its way back.
    if (facts.isFifo) await isDecided
  }

  async #runBatch(unit: readonly Delivery[], { run }: BatchHandler<Message>): Promise<void> {
    const { config, facts } = this.#parts
    const startedMs = config.clock.now()
    const batch = new Batch({ deliveries: unit, run, isOrdered: facts.isFifo, log: config.log })
    const shift: Shift<Message> = { unit, batch, open: new Set(unit), stuck: new Set() }
    const handle = async (delivery: Delivery): Promise<Outcome> => {
      const outcome = await this.#room.handle(delivery)
      shift.open.delete(delivery)
      this.#shifts.delete(delivery)
      batch.leave(delivery, outcome)
      if (!facts.isFifo) void this.#end(delivery, outcome, { startedMs, of: unit.length })
      return outcome
    }
    for (const delivery of unit) {
      this.#shifts.set(delivery, shift)
      this.#begin(delivery, startedMs)
    }
    const outcomes = await Promise.all(unit.map(handle))
    if (facts.isFifo) await this.#endInOrder(unit, outcomes, startedMs)
  }

  /** What comes after a message that stays in the queue must stay there too, behind it. */
  async #endInOrder(
    unit: readonly Delivery[],
    outcomes: readonly Outcome[],
    startedMs: number,
  ): Promise<void> {
    const stopped = new Set<string | undefined>()
    for (const [index, delivery] of unit.entries()) {
      const { groupId } = delivery.message
      const outcome = stopped.has(groupId) ? release() : (outcomes[index] ?? release())
      const leaves = await this.#end(delivery, outcome, { startedMs, of: unit.length })
      if (!leaves) stopped.add(groupId)
    }
  }

  #begin(delivery: Delivery, nowMs: number): void {
    const { tally, meter } = this.#parts
    this.running.add(delivery)
    meter.began(nowMs, delivery.message.sentAtMs)
    tally.started(delivery)
  }

  /** One of so many that were handled together: the time of a batch counts once. */
  #handled(delivery: Delivery, outcome: Outcome, startedMs: number, of = 1): void {
    const { config, tally, meter, onEnded } = this.#parts
    const nowMs = config.clock.now()
    meter.ended(nowMs, (nowMs - startedMs) / of, endingOf(outcome))
    tally.handled(delivery, outcome, nowMs - startedMs, of)
    onEnded(delivery, outcome)
  }

  /** Resolves when it is decided whether the message leaves the queue. */
  #end(
    delivery: Delivery,
    outcome: Outcome,
    batch: { readonly startedMs: number; readonly of: number },
  ): Promise<boolean> {
    const { settlements } = this.#parts
    this.#handled(delivery, outcome, batch.startedMs, batch.of)
    const leaves = settlements.settle(delivery, outcome)
    this.running.leave(delivery)
    return leaves
  }

  /** A batch is given up as a whole: as long as it may do something for one of its messages, it has its slot. */
  #ignoresAbort(delivery: Delivery): void {
    const shift = this.#shifts.get(delivery)
    if (shift === undefined) return this.#giveUp([delivery], [delivery])
    shift.stuck.add(delivery)
    if (shift.stuck.size === shift.open.size) this.#giveUp(shift.unit, [...shift.stuck])
  }

  #giveUp(unit: readonly Delivery[], stuck: readonly Delivery[]): void {
    const { tally, settlements, onEnded, onStuck } = this.#parts
    for (const delivery of stuck) {
      tally.stuck(delivery)
      onEnded(delivery, retry({ error: delivery.interruption }))
      void settlements.settle(delivery, retry())
      this.running.leave(delivery)
    }
    onStuck(unit)
  }

  #newRoom(handler: Handler<Message>): HandlingRoom<Message> {
    const { config, payloads, tally } = this.#parts
    return new HandlingRoom({
      clock: config.clock,
      log: config.log,
      decode: (delivery) => payloads.decode(delivery),
      handler,
      timeoutMs: config.handlerTimeoutMs,
      graceMs: config.abortGraceMs,
      tally,
      onStuck: (delivery) => this.#ignoresAbort(delivery),
    })
  }
}

function endingOf(outcome: Outcome): Ending {
  if (outcome.kind === 'done' || outcome.kind === 'deadLetter') return 'completed'
  return outcome.kind === 'retry' && outcome.isThrottled === true ? 'throttled' : 'other'
}
