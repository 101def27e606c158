import { becomesNoisy, staysNoisy } from '@longshore/model'

import { ArrivalLine } from './arrival-line.js'
import { FlightTime } from './flight-time.js'
import type { IndexedHeap } from './indexed-heap.js'
import type { MessageState, StoredMessage } from './message.js'

/** The messages of one MessageGroupId in a fair queue, and what they take of its receivers. */
export class MessageGroup {
  readonly line: ArrivalLine = new ArrivalLine()
  readonly #flight: FlightTime
  #delayed = 0
  #lastSendMs: number
  #isNoisy = false
  // The rest belongs to the heaps.
  heap: IndexedHeap<MessageGroup> | undefined
  heapIndex = -1
  seatedFirst: StoredMessage | undefined

  constructor(nowMs: number, windowMs: number) {
    this.#lastSendMs = nowMs
    this.#flight = new FlightTime(nowMs, windowMs)
  }

  get inFlight(): number {
    return this.#flight.count
  }

  get delayed(): number {
    return this.#delayed
  }

  get isNoisy(): boolean {
    return this.#isNoisy
  }

  /** Whether nothing would change if the group were made anew when its next message comes. */
  isForgettable(nowMs: number): boolean {
    return this.line.size + this.#delayed === 0 && this.#flight.isOver(nowMs)
  }

  /** Follows one step of one of its messages. */
  follow(message: StoredMessage, from: MessageState, nowMs: number): void {
    if (from === 'gone') this.#lastSendMs = nowMs
    if (from === 'visible') this.line.remove(message)
    if (message.state === 'visible') this.line.add(message)
    this.#count(from, -1, nowMs)
    this.#count(message.state, 1, nowMs)
    this.#isNoisy &&= this.#canBeNoisy(nowMs)
  }

  /** A message in flight is visible again as if it had not been received. */
  restore(message: StoredMessage, nowMs: number): void {
    this.line.restore(message)
    this.#flight.add(-1, nowMs)
  }

  /** Decides anew whether it is noisy, beside all that the queue has in flight. */
  judge(queue: FlightTime, nowMs: number): void {
    const allMs = queue.recentMs(nowMs)
    const processingShare = allMs > 0 ? this.#flight.recentMs(nowMs) / allMs : 0
    const load = { inFlight: this.inFlight, queueInFlight: queue.count, processingShare }
    this.#isNoisy = this.#canBeNoisy(nowMs) && (this.#isNoisy || becomesNoisy(load))
  }

  #canBeNoisy(nowMs: number): boolean {
    return staysNoisy({ visible: this.line.size, silentMs: nowMs - this.#lastSendMs })
  }

  #count(state: MessageState, change: 1 | -1, nowMs: number): void {
    if (state === 'delayed') this.#delayed += change
    if (state === 'inFlight') this.#flight.add(change, nowMs)
  }
}
