import { randomUUID } from 'node:crypto'
import type { AccountContext } from '../server/service.js'
import { describeTask } from './task-description.js'
import type { TaskState, TaskStateChangeEvent } from './task-state-change.js'
import type { Task } from './task.js'

/** Told of each change. What it throws, or a promise of its that rejects, has the event come again. */
export type OnTaskStateChange = (event: TaskStateChangeEvent) => unknown

// EventBridge's defaults for a target that fails: a day, 185 attempts, with exponential back-off that it does not
// publish; the steps are ours.
const MAX_ATTEMPTS = 185
const MAX_AGE_MS = 24 * 3_600_000
const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 600_000

/** Sends task state change events, at least once each: a failed delivery is tried again, out of order with the rest. */
export class TaskEvents {
  readonly #account: AccountContext
  readonly #deliver: OnTaskStateChange
  readonly #cancels = new Set<() => void>()
  #isClosed = false

  constructor(account: AccountContext, deliver: OnTaskStateChange) {
    this.#account = account
    this.#deliver = deliver
  }

  /** The task as it is now goes to the subscriber, after whatever changes it has returned. */
  changed(task: Task): void {
    const event = this.#describe(task)
    queueMicrotask(() => void this.#attempt(event, { attempt: 1, firstAtMs: this.#now() }))
  }

  /** No more attempts; what was tried once is as delivered as it gets. */
  close(): void {
    this.#isClosed = true
    for (const cancel of this.#cancels) cancel()
    this.#cancels.clear()
  }

  async #attempt(
    event: TaskStateChangeEvent,
    history: { readonly attempt: number; readonly firstAtMs: number },
  ): Promise<void> {
    try {
      await this.#deliver(event)
    } catch {
      const { attempt, firstAtMs } = history
      const waitMs = Math.min(FIRST_WAIT_MS * 2 ** (attempt - 1), LONGEST_WAIT_MS)
      const isExhausted = attempt >= MAX_ATTEMPTS || this.#now() + waitMs - firstAtMs > MAX_AGE_MS
      if (isExhausted || this.#isClosed) return
      const cancel = this.#account.controlClock.schedule(waitMs, () => {
        this.#cancels.delete(cancel)
        void this.#attempt(event, { attempt: attempt + 1, firstAtMs })
      })
      this.#cancels.add(cancel)
    }
  }

  #describe(task: Task): TaskStateChangeEvent {
    const { accountId, region } = this.#account
    const now = new Date(this.#now()).toISOString()
    const { tags: _tags, ...state } = describeTask(task, {
      withTags: false,
      region,
      instant: (ms) => new Date(ms).toISOString(),
    })
    return {
      version: '0',
      id: randomUUID(),
      'detail-type': 'ECS Task State Change',
      source: 'aws.ecs',
      account: accountId,
      time: now.replace(/\.\d+Z$/, 'Z'),
      region,
      resources: [task.arn],
      detail: { ...state, updatedAt: now } as unknown as TaskState,
    }
  }

  #now(): number {
    return this.#account.controlClock.now()
  }
}
