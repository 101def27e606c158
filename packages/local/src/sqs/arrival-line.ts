import { MessageList } from './message-list.js'
import type { StoredMessage } from './message.js'

// "Messages received three or more times and not deleted move to the back of the queue" (SQS's metrics documentation).
const RECEIVES_BEFORE_BACK = 3

/** Visible messages as they came; one that comes back keeps its place until it has come back often. */
export class ArrivalLine {
  /** Visible again after a receive: they are older than anything in `#fresh`, and keep that place. */
  readonly #returned = new MessageList()
  readonly #fresh = new MessageList()

  get first(): StoredMessage | undefined {
    return this.#returned.first ?? this.#fresh.first
  }

  get size(): number {
    return this.#returned.size + this.#fresh.size
  }

  add(message: StoredMessage): void {
    this.#listOf(message).pushBack(message)
  }

  /** Puts a message back to where it was taken from. */
  restore(message: StoredMessage): void {
    this.#listOf(message).pushFront(message)
  }

  remove(message: StoredMessage): void {
    message.list?.remove(message)
  }

  #listOf(message: StoredMessage): MessageList {
    return isReturned(message) ? this.#returned : this.#fresh
  }
}

/** Whether a message has been put to the back: nobody's measure of age any more. */
export function isPutBack({ receipt }: StoredMessage): boolean {
  return receipt.receiveCountHere >= RECEIVES_BEFORE_BACK
}

/** The order between the first messages of two lines. */
export function comesBefore(one: StoredMessage, other: StoredMessage): boolean {
  return isReturned(one) === isReturned(other) ? one.turn < other.turn : isReturned(one)
}

function isReturned(message: StoredMessage): boolean {
  return message.receipt.receiveCountHere > 0 && !isPutBack(message)
}
