import type { StoredMessage } from './message.js'

/** A doubly linked list through the messages themselves: every operation is O(1), removal from the middle included. */
export class MessageList {
  #first: StoredMessage | undefined
  #last: StoredMessage | undefined
  #size = 0

  get size(): number {
    return this.#size
  }

  get first(): StoredMessage | undefined {
    return this.#first
  }

  pushBack(message: StoredMessage): void {
    this.#own(message)
    message.previous = this.#last
    if (this.#last === undefined) this.#first = message
    else this.#last.next = message
    this.#last = message
  }

  pushFront(message: StoredMessage): void {
    this.#own(message)
    message.next = this.#first
    if (this.#first === undefined) this.#last = message
    else this.#first.previous = message
    this.#first = message
  }

  remove(message: StoredMessage): void {
    if (message.list !== this) throw new Error(`Message ${message.id} is not in this list.`)
    const { previous, next } = message
    if (previous === undefined) this.#first = next
    else previous.next = next
    if (next === undefined) this.#last = previous
    else next.previous = previous
    message.list = undefined
    message.previous = undefined
    message.next = undefined
    this.#size--
  }

  #own(message: StoredMessage): void {
    if (message.list !== undefined) throw new Error(`Message ${message.id} is already in a list.`)
    message.list = this
    this.#size++
  }
}
