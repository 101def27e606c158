import type { Delivery } from './delivery.js'
import type { Handler } from './handler.js'
import { HandlingRoom } from './handle/handling.js'
import type { WorkerConfig } from './options.js'
import { release, retry } from './outcome.js'
import type { Payloads } from './payloads.js'
import type { QueueFacts } from './queue/port.js'
import type { Settlements } from './settlements.js'
import type { Tally } from './tally.js'

/** What the handlings are given by the pipeline. */
export interface HandlingsParts<Message> {
  readonly config: WorkerConfig
  readonly facts: QueueFacts
  readonly payloads: Payloads<Message>
  readonly handler: Handler<Message>
  readonly tally: Tally
  readonly settlements: Settlements
  /** The handler ignores its abort and runs on; its message is given up. */
  readonly onStuck: (delivery: Delivery) => void
}

/** What runs: from its slot to its settlement. */
export class Handlings<Message> {
  readonly #parts: HandlingsParts<Message>
  readonly #room: HandlingRoom<Message>
  /** Handlings whose message is still ours. One that was given up as stuck runs on, but nobody waits for it. */
  readonly #running = new Set<Delivery>()
  #onQuiet: (() => void)[] = []

  constructor(parts: HandlingsParts<Message>) {
    this.#parts = parts
    this.#room = this.#newRoom()
  }

  get running(): number {
    return this.#running.size
  }

  /** Since when the oldest message that runs is here; epoch milliseconds. */
  get runningSinceMs(): number | undefined {
    return this.#running.values().next().value?.receivedAtMs
  }

  /** Resolves when the next of its group may start. */
  async run(delivery: Delivery): Promise<void> {
    const { config, facts, tally, settlements } = this.#parts
    const startedMs = config.clock.now()
    this.#running.add(delivery)
    tally.started(delivery)
    const outcome = await this.#room.handle(delivery)
    tally.handled(delivery, outcome, config.clock.now() - startedMs)
    const isDecided = settlements.settle(delivery, outcome)
    this.#leave(delivery)
    // The next of its group must not start before this one has left the queue for good, or is on its way back.
    if (facts.isFifo) await isDecided
  }

  /** Aborts the handling of the delivery, if there is one. */
  interrupt(delivery: Delivery, reason: Error): void {
    this.#room.interrupt(delivery, reason)
  }

  /** Aborts the signal of everything that runs. */
  interruptAll(reason: Error): void {
    for (const delivery of this.#running) delivery.interrupt(reason)
  }

  /** Hands back the messages of what still runs; how many. */
  abandon(): number {
    const abandoned = this.#running.size
    for (const delivery of this.#running) void this.#parts.settlements.settle(delivery, release())
    this.#running.clear()
    return abandoned
  }

  /** Resolves when nothing runs. */
  whenQuiet(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#running.size === 0) resolve()
      else this.#onQuiet.push(resolve)
    })
  }

  close(): void {
    this.#room.close()
  }

  #leave(delivery: Delivery): void {
    if (!this.#running.delete(delivery) || this.#running.size > 0) return
    for (const resolve of this.#onQuiet.splice(0)) resolve()
  }

  #gaveUp(delivery: Delivery): void {
    const { tally, settlements, onStuck } = this.#parts
    tally.stuck(delivery)
    void settlements.settle(delivery, retry())
    this.#leave(delivery)
    onStuck(delivery)
  }

  #newRoom(): HandlingRoom<Message> {
    const { config, payloads, handler, tally } = this.#parts
    return new HandlingRoom({
      clock: config.clock,
      log: config.log,
      decode: (delivery) => payloads.decode(delivery),
      handler,
      timeoutMs: config.handlerTimeoutMs,
      graceMs: config.abortGraceMs,
      tally,
      onStuck: (delivery) => this.#gaveUp(delivery),
    })
  }
}
