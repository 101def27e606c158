import { backoffMs } from '../backoff.js'
import type { Clock } from '../clock.js'
import { sleep } from '../clock.js'
import type { ReceivedMessage } from '../delivery.js'
import { SendError } from '../errors.js'
import type { ReturnEntry } from './dead-letter.js'
import { returnEntry } from './dead-letter.js'

const DELETE_ATTEMPTS = 5
const DELETE_BACKOFF = { baseMs: 200, capMs: 3_000 }

/** What a mover is given by its owner. */
export interface MoverParts {
  readonly clock: Clock
  readonly random: () => number
  readonly isFifo: boolean
  /** Resolves when the source queue has the message; rejects with a SendError when it refuses this one. */
  readonly send: (entry: ReturnEntry) => Promise<unknown>
  /** Deletes from the dead-letter queue; the failures, by place. */
  readonly deleteBatch: (receiptHandles: readonly string[]) => Promise<readonly { readonly index: number }[]>
  readonly onMoved: (message: ReceivedMessage) => void
}

/** Sends messages to their source, and only then deletes them here: a message may come to both, never to neither. */
export class Mover {
  readonly #parts: MoverParts
  readonly failed: { messageId: string; why: string }[] = []
  moved = 0
  doubled = 0

  constructor(parts: MoverParts) {
    this.#parts = parts
  }

  /**
   * Moves up to ten messages of one receive.
   *
   * @throws QueueCallError when the source queue cannot be reached or refuses us; what was sent by then is deleted.
   */
  async move(messages: readonly ReceivedMessage[]): Promise<void> {
    const sent: ReceivedMessage[] = []
    const chains = this.#parts.isFifo ? byGroup(messages) : messages.map((message) => [message])
    const results = await Promise.allSettled(chains.map((chain) => this.#send(chain, sent)))
    if (sent.length > 0) await this.#delete(sent)
    for (const result of results) if (result.status === 'rejected') throw result.reason
  }

  /** In order; a message that is refused keeps those behind it here. */
  async #send(chain: readonly ReceivedMessage[], sent: ReceivedMessage[]): Promise<void> {
    for (const message of chain) {
      try {
        await this.#parts.send(returnEntry(message, this.#parts.isFifo))
        sent.push(message)
      } catch (error) {
        if (!(error instanceof SendError)) throw error
        this.failed.push({ messageId: message.messageId, why: error.message })
        return
      }
    }
  }

  async #delete(sent: readonly ReceivedMessage[]): Promise<void> {
    const { clock, random, deleteBatch, onMoved } = this.#parts
    let left = sent
    for (let attempt = 1; ; attempt += 1) {
      const handles = left.map(({ receiptHandle }) => receiptHandle)
      const failures = await deleteBatch(handles).catch(() => left.map((_, index) => ({ index })))
      const failedAt = new Set(failures.map(({ index }) => index))
      left = left.filter((_, index) => failedAt.has(index))
      if (left.length === 0 || attempt === DELETE_ATTEMPTS) break
      await sleep(clock, backoffMs(DELETE_BACKOFF, attempt, random()))
    }
    this.doubled += left.length
    this.moved += sent.length
    for (const message of sent) onMoved(message)
  }
}

function byGroup(messages: readonly ReceivedMessage[]): ReceivedMessage[][] {
  const groups = new Map<string | undefined, ReceivedMessage[]>()
  for (const message of messages) {
    const group = groups.get(message.groupId)
    if (group === undefined) groups.set(message.groupId, [message])
    else group.push(message)
  }
  return [...groups.values()]
}
