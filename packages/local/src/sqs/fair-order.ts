import type { FairnessReading } from '@longshore/model'

import { ArrivalLine, comesBefore, isPutBack } from './arrival-line.js'
import type { DeliveryOrder, GroupReading, GroupReadingView } from './delivery-order.js'
import { FlightTime } from './flight-time.js'
import { IndexedHeap } from './indexed-heap.js'
import { MessageGroup } from './message-group.js'
import type { MessageState, StoredMessage } from './message.js'

const PRUNE_INTERVAL_MS = 60_000

/**
 * A standard queue's order: messages of quiet groups as they came, then those of noisy groups, the one with the fewest
 * messages in flight first. While no message has a group id, it is the order of arrival at no further cost.
 */
export class FairOrder implements DeliveryOrder {
  readonly #ungrouped = new ArrivalLine()
  readonly #groups = new Map<string, MessageGroup>()
  readonly #quiet = heapOf(isOlder)
  readonly #noisy = heapOf((one, other) =>
    one.inFlight === other.inFlight ? isOlder(one, other) : one.inFlight < other.inFlight,
  )
  readonly #noisyGroups = new Set<MessageGroup>()
  readonly #windowMs: number
  #nowMs = 0
  #inFlight = 0
  /** Of all messages; undefined until the first group comes. */
  #flight: FlightTime | undefined
  #prunedAtMs = 0

  /** `windowMs`: how far back recent processing time goes. */
  constructor(windowMs: number) {
    this.#windowMs = windowMs
  }

  elapse(nowMs: number): void {
    this.#nowMs = nowMs
  }

  moved(message: StoredMessage, from: MessageState): void {
    if (from === 'inFlight') this.#countInFlight(-1)
    if (message.state === 'inFlight') this.#countInFlight(1)
    const { groupId } = message.sent
    if (groupId === undefined) {
      if (from === 'visible') this.#ungrouped.remove(message)
      if (message.state === 'visible') this.#ungrouped.add(message)
      return
    }
    const group = this.#groupOf(groupId)
    group.follow(message, from, this.#nowMs)
    this.#seat(group)
  }

  restored(message: StoredMessage): void {
    this.#countInFlight(-1)
    const { groupId } = message.sent
    if (groupId === undefined) return this.#ungrouped.restore(message)
    const group = this.#groupOf(groupId)
    group.restore(message, this.#nowMs)
    this.#seat(group)
  }

  *candidates(): Generator<StoredMessage> {
    for (let next = this.#next(); next !== undefined; next = this.#next()) yield next
  }

  countsAge(message: StoredMessage): boolean {
    return !isPutBack(message)
  }

  groupReading({ counts, ageSeconds }: GroupReadingView): GroupReading {
    if (this.#flight === undefined) return {}
    for (const group of this.#groups.values()) this.#judge(group)
    const isQuiet = ({ sent }: StoredMessage): boolean =>
      sent.groupId === undefined || this.#groups.get(sent.groupId)?.isNoisy !== true
    const fairness: { -readonly [Name in keyof FairnessReading]: number } = {
      noisyGroups: this.#noisyGroups.size,
      quietVisible: counts.visible,
      quietInFlight: counts.inFlight,
      quietDelayed: counts.delayed,
      quietOldestAgeSeconds: ageSeconds((message) => this.countsAge(message) && isQuiet(message)) ?? 0,
    }
    for (const group of this.#noisyGroups) {
      fairness.quietVisible -= group.line.size
      fairness.quietInFlight -= group.inFlight
      fairness.quietDelayed -= group.delayed
    }
    return { fairness }
  }

  #next(): StoredMessage | undefined {
    const ungrouped = this.#ungrouped.first
    if (this.#groups.size === 0) return ungrouped
    for (const group of this.#noisyGroups) this.#judge(group)
    const grouped = this.#firstQuiet()
    if (ungrouped === undefined) return grouped ?? this.#noisy.top?.line.first
    return grouped !== undefined && comesBefore(grouped, ungrouped) ? grouped : ungrouped
  }

  /** Groups are judged when their turn comes: until then it makes no difference what they are. */
  #firstQuiet(): StoredMessage | undefined {
    for (let group = this.#quiet.top; group !== undefined; group = this.#quiet.top) {
      this.#judge(group)
      if (!group.isNoisy) return group.line.first
    }
    return undefined
  }

  #judge(group: MessageGroup): void {
    if (this.#flight !== undefined) group.judge(this.#flight, this.#nowMs)
    this.#seat(group)
  }

  #countInFlight(change: 1 | -1): void {
    this.#inFlight += change
    this.#flight?.add(change, this.#nowMs)
  }

  #groupOf(id: string): MessageGroup {
    const known = this.#groups.get(id)
    if (known !== undefined) return known
    this.#flight ??= new FlightTime(this.#nowMs, this.#windowMs, this.#inFlight)
    this.#prune()
    const group = new MessageGroup(this.#nowMs, this.#windowMs)
    this.#groups.set(id, group)
    return group
  }

  #prune(): void {
    if (this.#nowMs - this.#prunedAtMs < PRUNE_INTERVAL_MS) return
    this.#prunedAtMs = this.#nowMs
    for (const [id, group] of this.#groups) if (group.isForgettable(this.#nowMs)) this.#groups.delete(id)
  }

  /** Puts a group where it belongs after a change to it. */
  #seat(group: MessageGroup): void {
    const { isNoisy } = group
    if (isNoisy) this.#noisyGroups.add(group)
    else this.#noisyGroups.delete(group)
    const { first } = group.line
    const heap = first === undefined ? undefined : isNoisy ? this.#noisy : this.#quiet
    // Among noisy groups the number in flight decides too.
    if (heap === group.heap && first === group.seatedFirst && !isNoisy) return
    group.heap?.remove(group)
    group.heap = heap
    group.seatedFirst = first
    heap?.push(group)
  }
}

function heapOf(isBefore: (one: MessageGroup, other: MessageGroup) => boolean): IndexedHeap<MessageGroup> {
  return new IndexedHeap({
    isBefore,
    indexOf: (group) => group.heapIndex,
    place: (group, index) => (group.heapIndex = index),
  })
}

/** Groups in heaps have a first message. */
function isOlder({ seatedFirst: one }: MessageGroup, { seatedFirst: other }: MessageGroup): boolean {
  return one !== undefined && other !== undefined && comesBefore(one, other)
}
