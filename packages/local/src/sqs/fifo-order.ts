import type { DeliveryOrder, GroupReading } from './delivery-order.js'
import { IndexedHeap } from './indexed-heap.js'
import { MessageList } from './message-list.js'
import type { MessageState, StoredMessage } from './message.js'
import { REACH, ScanReach } from './scan-reach.js'

/** The messages of one MessageGroupId, as they were sent. They keep their places until they leave the queue. */
interface Group {
  readonly id: string
  readonly messages: MessageList
  inFlight: number
  /** Of its first message while that can be received, 0 while it cannot: then the group is locked, or delayed. */
  turn: number
  readyIndex: number
}

/**
 * A FIFO queue's order: groups in turn, each from its first message on, as far as its messages are visible. A message in
 * flight or delayed holds back all that were sent after it to its group; one that comes back opens the group for
 * itself, even while later ones are in flight. A group that gives messages back waits behind those that became
 * visible before. All of this was recorded from AWS.
 */
export class FifoOrder implements DeliveryOrder {
  readonly #groups = new Map<string, Group>()
  readonly #ready = new IndexedHeap<Group>({
    isBefore: (one, other) => one.turn < other.turn,
    indexOf: (group) => group.readyIndex,
    place: (group, index) => (group.readyIndex = index),
  })
  readonly #reach: ScanReach
  #groupsInFlight = 0

  /** `reach`: how many messages, from the first one on, a receive looks at. */
  constructor(reach: number = REACH) {
    this.#reach = new ScanReach(reach, (message) => this.#seat(this.#groupOf(message)))
  }

  elapse(): void {}

  moved(message: StoredMessage, from: MessageState): void {
    const group = this.#groupOf(message)
    if (from === 'inFlight') this.#countInFlight(group, -1)
    if (message.state === 'inFlight') this.#countInFlight(group, 1)
    if (from === 'gone') {
      group.messages.pushBack(message)
      this.#reach.enter(message)
    }
    if (message.state === 'gone') {
      group.messages.remove(message)
      this.#reach.leave(message)
    }
    this.#seat(group)
  }

  restored(message: StoredMessage): void {
    const group = this.#groupOf(message)
    this.#countInFlight(group, -1)
    this.#seat(group)
  }

  *candidates(): Generator<StoredMessage> {
    for (let group = this.#ready.top; group !== undefined; group = this.#ready.top) {
      let message = group.messages.first
      while (message !== undefined && canBeReceived(message)) {
        // Read before whoever asks moves the message to another queue.
        const following: StoredMessage | undefined = message.next
        yield message
        message = following
      }
    }
  }

  /** FIFO queues put no message back, so that each counts however often it was received. */
  countsAge(): boolean {
    return true
  }

  groupReading(): GroupReading {
    return { groupsInFlight: this.#groupsInFlight }
  }

  #groupOf({ sent }: StoredMessage): Group {
    const id = sent.groupId ?? ''
    const known = this.#groups.get(id)
    if (known !== undefined) return known
    const group = { id, messages: new MessageList(), inFlight: 0, turn: 0, readyIndex: -1 }
    this.#groups.set(id, group)
    return group
  }

  #countInFlight(group: Group, change: 1 | -1): void {
    if (group.inFlight === 0) this.#groupsInFlight++
    group.inFlight += change
    if (group.inFlight === 0) this.#groupsInFlight--
  }

  /** Puts a group where it belongs after a change to it. */
  #seat(group: Group): void {
    const { first } = group.messages
    const turn = first !== undefined && canBeReceived(first) ? first.turn : 0
    if (turn !== group.turn) {
      if (group.turn !== 0) this.#ready.remove(group)
      group.turn = turn
      if (turn !== 0) this.#ready.push(group)
    }
    if (first === undefined) this.#groups.delete(group.id)
  }
}

function canBeReceived(message: StoredMessage): boolean {
  return message.state === 'visible' && message.isInReach
}
