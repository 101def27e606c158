// What the workers of a run do with messages: wait, then succeed, or throw.
import type { BatchItem, Outcome } from '@longshore/core'
import { done, retry } from '@longshore/core'
import { sleep } from '@longshore/core/time'
import type { MessagePlan, Plan } from './plan.js'
import { at } from './plan.js'
import type { Record, Watch } from './record.js'
import type { Task } from './task.js'

export interface Body {
  readonly id: number
}

interface Item {
  readonly id: number
  readonly signal: AbortSignal
}

/** The handlers of one worker. */
export class Handlers {
  readonly #plan: Plan
  readonly #record: Record
  readonly #watch: Watch
  readonly #task: Task
  readonly #isDown: () => boolean

  constructor(parts: { plan: Plan; record: Record; watch: Watch; task: Task; isDown: () => boolean }) {
    this.#plan = parts.plan
    this.#record = parts.record
    this.#watch = parts.watch
    this.#task = parts.task
    this.#isDown = parts.isDown
  }

  async one(item: Item): Promise<void> {
    this.#watch.unitBegins()
    this.#watch.begins(item.id, this.#message(item.id))
    try {
      await this.#handle(item)
      this.#watch.isDone(item.id, this.#message(item.id))
    } finally {
      this.#watch.ends(item.id, this.#message(item.id))
      this.#watch.unitEnds()
    }
  }

  /** Side by side, on a FIFO queue group by group. */
  async many(batch: readonly BatchItem<Body>[]): Promise<Outcome[]> {
    const outcomes: Outcome[] = []
    const lines = new Map<number, { index: number; item: Item }[]>()
    this.#watch.unitBegins()
    for (const [index, { message, context }] of batch.entries()) {
      const { queue, group } = this.#message(message.id)
      this.#watch.begins(message.id, this.#message(message.id))
      const line = at(this.#plan.queues, queue).isFifo ? group : -1 - index
      lines.set(line, [
        ...(lines.get(line) ?? []),
        { index, item: { id: message.id, signal: context.signal } },
      ])
    }
    await Promise.all([...lines.values()].map((line) => this.#inOrder(line, outcomes)))
    for (const { message } of batch) this.#watch.ends(message.id, this.#message(message.id))
    this.#watch.unitEnds()
    return outcomes
  }

  /** What comes after one that failed is not tried. */
  async #inOrder(line: readonly { index: number; item: Item }[], outcomes: Outcome[]): Promise<void> {
    let isBroken = false
    for (const { index, item } of line) {
      outcomes[index] = isBroken ? retry() : await this.#outcomeOf(item)
      isBroken ||= outcomes[index]?.kind === 'retry'
    }
  }

  async #outcomeOf(item: Item): Promise<Outcome> {
    try {
      await this.#handle(item)
      return done()
    } catch (error) {
      return retry({ error })
    }
  }

  async #handle({ id, signal }: Item): Promise<void> {
    const message = this.#message(id)
    const { queue, group, takesMs, failures } = message
    this.#record.begin(message, at(this.#plan.queues, queue).isFifo)
    await sleep(this.#task.clock, takesMs, signal)
    this.#record.end(message)
    signal.throwIfAborted()
    if (this.#isDown()) throw new Error('what it needs is down')
    const attempt = (this.#record.attempts.get(id) ?? 0) + 1
    this.#record.attempts.set(id, attempt)
    this.#record.handlings.push({ id, queue, group, isDone: attempt > failures })
    if (attempt <= failures) throw new Error('fails')
  }

  #message(id: number): MessagePlan {
    return at(this.#plan.messages, id)
  }
}
