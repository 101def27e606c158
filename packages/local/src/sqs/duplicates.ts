import type { StoredMessage } from './message.js'

// What a lagging copy of a queue still has is what was deleted last; ten are a batch.
const REMEMBERED_DELETES = 10

/**
 * The messages that a standard queue may still deliver after their delete: "on rare occasions, one of the servers that
 * stores a copy of a message might be unavailable when you receive or delete a message" (SQS's documentation,
 * at-least-once delivery). Only a fault asks for them.
 */
export class Duplicates {
  readonly #deleted: StoredMessage[] = []

  get lastDeleted(): StoredMessage | undefined {
    return this.#deleted.at(-1)
  }

  noteDeleted(message: StoredMessage): void {
    this.#deleted.push(message)
    if (this.#deleted.length > REMEMBERED_DELETES) this.#deleted.shift()
  }

  /** Call before the message is stored again. */
  forget(message: StoredMessage): StoredMessage {
    this.#deleted.splice(this.#deleted.indexOf(message), 1)
    return message
  }

  clear(): void {
    this.#deleted.length = 0
  }
}
