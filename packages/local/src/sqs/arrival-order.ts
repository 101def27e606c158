import type { DeliveryOrder } from './delivery-order.js'
import { MessageList } from './message-list.js'
import type { MessageState, StoredMessage } from './message.js'

// "Messages received three or more times and not deleted move to the back of the queue" (SQS's metrics documentation).
const RECEIVES_BEFORE_BACK = 3

/** A standard queue's order: as messages came; one that comes back keeps its place until it has come back often. */
export class ArrivalOrder implements DeliveryOrder {
  /** Visible again after a receive: they are older than anything in `#fresh`, and keep that place. */
  readonly #returned = new MessageList()
  readonly #fresh = new MessageList()

  elapse(): void {}

  moved(message: StoredMessage, from: MessageState): void {
    if (from === 'visible') message.list?.remove(message)
    if (message.state === 'visible') this.#listOf(message).pushBack(message)
  }

  restored(message: StoredMessage): void {
    this.#listOf(message).pushFront(message)
  }

  *candidates(): Generator<StoredMessage> {
    for (let next = this.#next; next !== undefined; next = this.#next) yield next
  }

  countsAge(message: StoredMessage): boolean {
    return message.receipt.receiveCountHere < RECEIVES_BEFORE_BACK
  }

  get #next(): StoredMessage | undefined {
    return this.#returned.first ?? this.#fresh.first
  }

  #listOf({ receipt }: StoredMessage): MessageList {
    const receives = receipt.receiveCountHere
    return receives === 0 || receives >= RECEIVES_BEFORE_BACK ? this.#fresh : this.#returned
  }
}
