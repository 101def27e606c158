// A process as the run has it: its clock and its connections. It can stand still, and it can die.
import type { QueuePort } from '@longshore/core'
import type { ManualClock, MemoryQueue } from '@longshore/core/testing'
import type { Clock } from '@longshore/core/time'
import { sleep } from '@longshore/core/time'

/** The process makes a receive that waits for messages, and so takes more than an earlier one has taken. */
export type OnReceive = (queue: MemoryQueue) => void

export class Task {
  readonly clock: Clock
  readonly #world: ManualClock
  readonly #onReceive: OnReceive
  #isAlive = true
  #blockedUntilMs = 0
  #lateAnswers = 0

  constructor(world: ManualClock, onReceive: OnReceive) {
    this.#world = world
    this.#onReceive = onReceive
    this.clock = { now: () => world.now(), schedule: (delayMs, run) => this.#schedule(delayMs, run) }
  }

  get isAlive(): boolean {
    return this.#isAlive
  }

  /** Whether its event loop still stands, with answers that have come to calls. */
  get hasLateAnswers(): boolean {
    return this.#lateAnswers > 0
  }

  /** From now on nothing of it runs, no call of it arrives, and no answer comes. */
  crash(): void {
    this.#isAlive = false
  }

  /** Its event loop stands still: timers and answers come when that is over. */
  block(forMs: number): void {
    this.#blockedUntilMs = Math.max(this.#blockedUntilMs, this.#world.now() + forMs)
  }

  /** The queue as the process sees it. */
  portOf(queue: MemoryQueue): QueuePort {
    const call = <Input extends unknown[], Answer>(
      make: (...input: Input) => Promise<Answer>,
    ): ((...input: Input) => Promise<Answer>) => {
      return async (...input) => {
        if (!this.#isAlive) return await silence
        try {
          return await make(...input)
        } finally {
          await this.#awake()
        }
      }
    }
    return {
      name: queue.name,
      describe: call((signal) => queue.describe(signal)),
      receive: call((request, signal) => {
        if (request.waitSeconds > 0) this.#onReceive(queue)
        return queue.receive(request, signal)
      }),
      deleteBatch: call((handles, signal) => queue.deleteBatch(handles, signal)),
      changeVisibilityBatch: call((changes, signal) => queue.changeVisibilityBatch(changes, signal)),
      sendBatch: call((entries, signal) => queue.sendBatch(entries, signal)),
      open: call((arn, signal) => queue.open(arn, signal)),
      close: () => {},
    }
  }

  #schedule(delayMs: number, run: () => void): () => void {
    const due = (): void => {
      const waitMs = this.#blockedUntilMs - this.#world.now()
      if (waitMs > 0) cancel = this.#world.schedule(waitMs, due)
      else if (this.#isAlive) run()
    }
    let cancel = this.#world.schedule(delayMs, due)
    return () => cancel()
  }

  async #awake(): Promise<void> {
    const waitMs = this.#blockedUntilMs - this.#world.now()
    if (waitMs > 0) {
      this.#lateAnswers += 1
      await sleep(this.#world, waitMs)
      this.#lateAnswers -= 1
    }
    if (!this.#isAlive) await silence
  }
}

const silence = new Promise<never>(() => {})
