import type { ReceivedMessage } from '../delivery.js'

const BATCH = 10

interface Release {
  readonly receiptHandle: string
  readonly visibilityTimeoutSeconds: number
}

/** What a redrive has received and not deleted: hidden from everybody until it is handed back. */
export class Kept {
  // By message: a message that came twice is held by its last receipt.
  readonly #handles = new Map<string, string>()

  get size(): number {
    return this.#handles.size
  }

  hold({ messageId, receiptHandle }: ReceivedMessage): void {
    this.#handles.set(messageId, receiptHandle)
  }

  forget(messageId: string): void {
    this.#handles.delete(messageId)
  }

  /** Hands all of it back; returns how many could not be. They come back by themselves when their time is over. */
  async release(
    changeVisibility: (changes: readonly Release[]) => Promise<readonly unknown[]>,
  ): Promise<number> {
    const handles = [...this.#handles.values()]
    this.#handles.clear()
    let hidden = 0
    for (let at = 0; at < handles.length; at += BATCH) {
      const batch = handles.slice(at, at + BATCH)
      const changes = batch.map((receiptHandle) => ({ receiptHandle, visibilityTimeoutSeconds: 0 }))
      hidden += await changeVisibility(changes).then(
        (failures) => failures.length,
        () => batch.length,
      )
    }
    return hidden
  }
}
