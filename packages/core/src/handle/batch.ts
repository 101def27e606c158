import type { BatchContext, BatchFunction, BatchItem } from '../batch-handler.js'
import type { Delivery } from '../delivery.js'
import type { HandlerContext } from '../handler.js'
import type { Logger } from '../log.js'
import type { Outcome } from '../outcome.js'
import { done, isOutcome, release } from '../outcome.js'

/** What a batch is made of. */
export interface BatchParts<Message> {
  /** In the order of receiving. */
  readonly deliveries: readonly Delivery[]
  readonly run: BatchFunction<Message>
  /** Nothing of a group may be handled after a message of it that stays in the queue. */
  readonly isOrdered: boolean
  readonly log: Logger
}

/** A message that was read, and waits for the others. */
interface Seat<Message> {
  readonly item: BatchItem<Message>
  readonly resolve: (outcome: Outcome) => void
  readonly reject: (thrown: unknown) => void
}

/**
 * Where the handlings of single messages meet: each comes here once it is read ({@link join}), or is over before that
 * ({@link leave}). When all have, the batch's handler runs on those that came, and each goes on with its own ending.
 */
export class Batch<Message> {
  readonly #parts: BatchParts<Message>
  readonly #seats = new Map<Delivery, Seat<Message>>()
  /** Over before they came: true for one that leaves the queue. */
  readonly #left = new Map<Delivery, boolean>()
  #hasBegun = false

  constructor(parts: BatchParts<Message>) {
    this.#parts = parts
  }

  /** Ends as the batch's handler says of this message. */
  join(message: Message, context: HandlerContext): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      this.#seats.set(context.delivery, { item: { message, context }, resolve, reject })
      this.#beginWhenAllCame()
    })
  }

  /** The handling of this message is over. */
  leave(delivery: Delivery, outcome: Outcome): void {
    if (!this.#seats.has(delivery)) this.#left.set(delivery, outcome.kind === 'done')
    this.#beginWhenAllCame()
  }

  #beginWhenAllCame(): void {
    if (this.#hasBegun || this.#seats.size + this.#left.size < this.#parts.deliveries.length) return
    this.#hasBegun = true
    const seats = this.#startable()
    if (seats.length > 0) void this.#run(seats)
  }

  async #run(seats: readonly Seat<Message>[]): Promise<void> {
    const items = seats.map(({ item }) => item)
    try {
      const returned: unknown = await this.#parts.run(items, new Context(items, this.#parts.log))
      tell(seats, returned)
    } catch (thrown) {
      for (const { reject } of seats) reject(thrown)
    }
  }

  /** Those that may start, in order; the others are sent on their way. */
  #startable(): Seat<Message>[] {
    const stopped = new Set<string | undefined>()
    const startable: Seat<Message>[] = []
    for (const delivery of this.#parts.deliveries) {
      const group = this.#parts.isOrdered ? delivery.message.groupId : delivery.receiptHandle
      const seat = this.#seats.get(delivery)
      if (stopped.has(group)) seat?.resolve(release())
      else if (seat === undefined) {
        if (this.#left.get(delivery) === false) stopped.add(group)
      } else if (delivery.interruption !== undefined) {
        // Who was told to end while the others were read must not begin.
        seat.reject(delivery.interruption)
        stopped.add(group)
      } else startable.push(seat)
    }
    return startable
  }
}

function tell(seats: readonly Seat<unknown>[], returned: unknown): void {
  if (!Array.isArray(returned)) {
    const outcome = isOutcome(returned) ? returned : done()
    for (const { resolve } of seats) resolve(outcome)
    return
  }
  // A list of another length whose entries say something says it of nobody knows which message.
  if (returned.length !== seats.length && returned.some(saysSomething)) {
    throw new TypeError(`The handler returned ${returned.length} outcomes for ${seats.length} messages.`)
  }
  for (const [index, seat] of seats.entries()) tellOne(seat, returned[index])
}

function tellOne({ resolve, reject }: Seat<unknown>, value: unknown): void {
  if (isOutcome(value)) resolve(value)
  else if (value instanceof Error) reject(value)
  else if (isRejected(value)) reject(value.reason)
  else if (isFulfilled(value) && isOutcome(value.value)) resolve(value.value)
  else resolve(done())
}

function saysSomething(value: unknown): boolean {
  return isOutcome(value) || value instanceof Error || isRejected(value) || isFulfilled(value)
}

function isRejected(value: unknown): value is PromiseRejectedResult {
  return hasStatus(value, 'rejected') && 'reason' in value
}

function isFulfilled(value: unknown): value is PromiseFulfilledResult<unknown> {
  return hasStatus(value, 'fulfilled') && 'value' in value
}

function hasStatus(value: unknown, status: string): value is object {
  return typeof value === 'object' && value !== null && 'status' in value && value.status === status
}

/** Made for each batch; its signal, and those of its messages, when first asked for. */
class Context implements BatchContext {
  readonly log: Logger
  readonly #items: readonly BatchItem<unknown>[]
  #controller: AbortController | undefined

  constructor(items: readonly BatchItem<unknown>[], log: Logger) {
    this.#items = items
    this.log = log
  }

  get signal(): AbortSignal {
    this.#controller ??= abortsAfter(this.#items.map(({ context }) => context.signal))
    return this.#controller.signal
  }
}

/** Aborts when the last of the signals has. */
function abortsAfter(signals: readonly AbortSignal[]): AbortController {
  const controller = new AbortController()
  let open = signals.length
  const count = (signal: AbortSignal): void => {
    open -= 1
    if (open === 0) controller.abort(signal.reason)
  }
  for (const signal of signals) {
    if (signal.aborted) count(signal)
    else signal.addEventListener('abort', () => count(signal), { once: true })
  }
  return controller
}
