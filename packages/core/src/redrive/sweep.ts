import type { Clock } from '../clock.js'
import { sleep } from '../clock.js'
import type { ReceivedMessage } from '../delivery.js'
import type { DeadLetterMessage } from './dead-letter.js'
import { deadLetterMessage, sourceArnOf } from './dead-letter.js'

/** What a sweep is given by its owner. */
export interface SweepParts {
  readonly clock: Clock
  readonly stop: AbortSignal
  /** Up to so many messages of the dead-letter queue, hidden for the time of the sweep. */
  readonly receive: (maxMessages: number) => Promise<ReceivedMessage[] | 'too-many-in-flight'>
  readonly move: (messages: readonly ReceivedMessage[]) => Promise<void>
  /** The source queue's ARN, if known. */
  readonly sourceArn: string | undefined
  readonly filter: (message: DeadLetterMessage) => boolean
  readonly isDryRun: boolean
  readonly limit: number
  /** Messages a second. */
  readonly rate: number
  readonly onMatch: (message: DeadLetterMessage) => void
  readonly onBatch: () => void
}

export type SweepEnd = 'empty' | 'limit' | 'signal' | 'too-many-in-flight'

// The first may have raced with another lane's; a long poll has asked every server of the queue.
const EMPTY_RECEIVES = 2
const BATCH = 10

/**
 * One pass over the dead-letter queue: each message is looked at once, and moved or kept. It ends when receives bring
 * nothing new. Messages that die while it runs do not hold it up: those were sent after it began.
 */
export class Sweep {
  readonly #parts: SweepParts
  readonly #beganMs: number
  readonly #seen = new Set<string>()
  #nextMs: number
  #end: SweepEnd | undefined
  looked = 0
  matched = 0
  ofOtherQueues = 0

  constructor(parts: SweepParts) {
    this.#parts = parts
    this.#beganMs = parts.clock.now()
    this.#nextMs = this.#beganMs
  }

  /** Receives and moves until there is nothing new. Several may run at a time; the first that has an end ends all. */
  async lane(): Promise<SweepEnd> {
    let empty = 0
    try {
      while (this.#end === undefined) {
        const end = await this.#turn()
        empty = end === 'empty' ? empty + 1 : 0
        if (end === undefined || (end === 'empty' && empty < EMPTY_RECEIVES)) continue
        this.#end ??= end
      }
      return this.#end
    } catch (error) {
      this.#end ??= 'signal'
      throw error
    }
  }

  async #turn(): Promise<SweepEnd | undefined> {
    const { clock, stop, limit, rate, receive, move, onBatch } = this.#parts
    if (this.matched >= limit) return 'limit'
    if (rate !== Infinity) await sleep(clock, this.#nextMs - clock.now(), stop)
    if (stop.aborted) return 'signal'
    const received = await receive(Math.min(BATCH, rate))
    if (received === 'too-many-in-flight') return received
    const { looked } = this
    const matching = received.filter((message) => this.#takes(message))
    this.#nextMs = Math.max(this.#nextMs, clock.now()) + (matching.length * 1_000) / rate
    if (matching.length > 0 && !this.#parts.isDryRun) await move(matching)
    onBatch()
    return this.looked === looked ? 'empty' : undefined
  }

  /** Whether the filter takes it; no message is looked at twice. */
  #takes(message: ReceivedMessage): boolean {
    const { filter, sourceArn, limit, onMatch } = this.#parts
    if (this.#seen.has(message.messageId)) return false
    this.#seen.add(message.messageId)
    if (message.sentAtMs >= this.#beganMs || this.matched >= limit) return false
    this.looked += 1
    const itsSource = sourceArnOf(message)
    if (itsSource !== undefined && sourceArn !== undefined && itsSource !== sourceArn) {
      this.ofOtherQueues += 1
      return false
    }
    const shown = deadLetterMessage(message)
    if (!filter(shown)) return false
    this.matched += 1
    onMatch(shown)
    return true
  }
}
