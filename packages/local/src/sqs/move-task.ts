import { randomUUID } from 'node:crypto'

import type { Clock } from '@longshore/core/time'

import type { StoredMessage } from './message.js'
import type { Queue } from './queue.js'

// Without a rate, AWS chooses one by the backlog and says no more: here, as fast as others can still be served.
const MESSAGES_AT_ONCE = 500
const SHORTEST_PAUSE_MS = 10

export interface MoveRequest {
  /** A dead-letter queue. */
  readonly source: Queue
  /** Undefined moves each message to the queue that it came from. */
  readonly destination: Queue | undefined
  readonly messagesPerSecond: number | undefined
}

export interface MoveSurroundings {
  readonly clock: Clock
  /** The queue of that ARN, while it exists. */
  readonly findByArn: (arn: string) => Queue | undefined
}

type MoveStatus = 'RUNNING' | 'COMPLETED' | 'CANCELLING' | 'CANCELLED' | 'FAILED'

/** Why a task ends before it has moved all its messages; `message` is AWS's FailureReason. */
class MoveFailure extends Error {}

/**
 * Moves what is visible in a dead-letter queue, oldest first, as new messages of other queues. RUNNING until as many
 * are moved as were visible at its start, or none is visible any more: then COMPLETED; FAILED when a message has nowhere
 * to go; by a cancel CANCELLING, and CANCELLED when the step under way has ended.
 */
export class MoveTask {
  readonly id: string = randomUUID()
  readonly #request: MoveRequest
  readonly #surroundings: MoveSurroundings
  readonly #startedAtMs: number
  readonly #toMove: number
  #moved = 0
  #status: MoveStatus = 'RUNNING'
  #failureReason: string | undefined
  #cancelTimer: () => void

  constructor(request: MoveRequest, surroundings: MoveSurroundings) {
    this.#request = request
    this.#surroundings = surroundings
    this.#startedAtMs = surroundings.clock.now()
    this.#toMove = request.source.counts().visible
    this.#cancelTimer = surroundings.clock.schedule(0, () => this.#step())
  }

  /** Whether its queue can have no other task. */
  get isActive(): boolean {
    return this.#status === 'RUNNING' || this.#status === 'CANCELLING'
  }

  get isRunning(): boolean {
    return this.#status === 'RUNNING'
  }

  get moved(): number {
    return this.#moved
  }

  /** Base64 of JSON, as AWS's is. */
  get handle(): string {
    const name = { taskId: this.id, sourceArn: this.#request.source.arn }
    return Buffer.from(JSON.stringify(name)).toString('base64')
  }

  cancel(): void {
    this.#cancelTimer()
    this.#status = 'CANCELLING'
    this.#cancelTimer = this.#surroundings.clock.schedule(0, () => (this.#status = 'CANCELLED'))
  }

  /** Stops its timer, whatever is left to move. */
  close(): void {
    this.#cancelTimer()
  }

  /** As ListMessageMoveTasks answers it. */
  describe(): Record<string, unknown> {
    const { source, destination, messagesPerSecond } = this.#request
    return {
      TaskHandle: this.isRunning ? this.handle : undefined,
      Status: this.#status,
      SourceArn: source.arn,
      DestinationArn: destination?.arn,
      MaxNumberOfMessagesPerSecond: messagesPerSecond,
      ApproximateNumberOfMessagesMoved: this.#moved,
      ApproximateNumberOfMessagesToMove: this.#toMove,
      FailureReason: this.#failureReason,
      StartedTimestamp: Math.floor(this.#startedAtMs),
    }
  }

  #step(): void {
    try {
      this.#moveDue()
    } catch (error) {
      if (!(error instanceof MoveFailure)) throw error
      this.#failureReason = error.message
      this.#status = 'FAILED'
    }
    if (!this.isRunning) return
    this.#cancelTimer = this.#surroundings.clock.schedule(this.#pauseMs(), () => this.#step())
  }

  #moveDue(): void {
    const { source } = this.#request
    if (this.#surroundings.findByArn(source.arn) !== source) throw nonExistentQueue()
    for (let left = this.#due(); left > 0 && this.#moved < this.#toMove; left--) {
      if (!source.moveFirst((message) => this.#targetOf(message))) break
      this.#moved++
    }
    const isAllMoved = this.#moved >= this.#toMove || source.counts().visible === 0
    if (isAllMoved) this.#status = 'COMPLETED'
  }

  /** How many messages the rate allows by now, the first one at once. */
  #due(): number {
    const { messagesPerSecond } = this.#request
    if (messagesPerSecond === undefined) return MESSAGES_AT_ONCE
    const elapsedMs = this.#surroundings.clock.now() - this.#startedAtMs
    return Math.floor((elapsedMs * messagesPerSecond) / 1_000) + 1 - this.#moved
  }

  #pauseMs(): number {
    const { messagesPerSecond } = this.#request
    if (messagesPerSecond === undefined) return 0
    const nextAtMs = this.#startedAtMs + (this.#moved * 1_000) / messagesPerSecond
    return Math.max(nextAtMs - this.#surroundings.clock.now(), SHORTEST_PAUSE_MS)
  }

  #targetOf({ deadLetterSourceArn }: StoredMessage): Queue {
    const arn = this.#request.destination?.arn ?? deadLetterSourceArn
    // A message that was sent to the dead-letter queue itself.
    if (arn === undefined) throw new MoveFailure('CouldNotDetermineMessageSource')
    const target = this.#surroundings.findByArn(arn)
    const { destination } = this.#request
    if (target === undefined || (destination !== undefined && target !== destination))
      throw nonExistentQueue()
    return target
  }
}

function nonExistentQueue(): MoveFailure {
  return new MoveFailure('AWS.SimpleQueueService.NonExistentQueue')
}
