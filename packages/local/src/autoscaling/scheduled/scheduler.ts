import type { AccountContext } from '../../server/service.js'
import type { ScalableTarget } from '../scalable-target.js'
import type { ScalableTargets } from '../scalable-targets.js'
import { runAfter } from './scheduled-action.js'
import type { ScheduledAction } from './scheduled-action.js'

export interface SchedulerOptions {
  readonly account: AccountContext
  readonly targets: ScalableTargets
  /** Called when an action is due. */
  readonly run: (target: ScalableTarget, action: ScheduledAction) => void
}

interface Due {
  readonly target: ScalableTarget
  readonly action: ScheduledAction
  readonly atMs: number
}

/** Runs scheduled actions in the order of their times, each run once. A timer runs while one has a run left. */
export class Scheduler {
  readonly #options: SchedulerOptions
  #cancelTimer: (() => void) | undefined
  #isClosed = false

  constructor(options: SchedulerOptions) {
    this.#options = options
  }

  /** To be called when actions or targets have come or gone. */
  reschedule(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    const next = this.#next()
    if (this.#isClosed || next === undefined) return
    const { controlClock } = this.#options.account
    this.#cancelTimer = controlClock.schedule(next.atMs - controlClock.now(), () => this.#tick())
  }

  /** Runs nothing any more. */
  close(): void {
    this.#isClosed = true
    this.#cancelTimer?.()
  }

  #tick(): void {
    // A timer may fire a hair before its time, and one that waits for weeks long before it.
    const nowMs = this.#options.account.controlClock.now() + 1
    for (let next = this.#next(); next !== undefined && next.atMs <= nowMs; next = this.#next()) {
      next.action.nextRunMs = runAfter(next.action, next.atMs)
      this.#options.run(next.target, next.action)
    }
    this.reschedule()
  }

  /** Of several at one time, the one that was put first. */
  #next(): Due | undefined {
    let first: Due | undefined
    for (const target of this.#options.targets.list()) {
      for (const action of target.scheduledActions.values()) {
        const atMs = action.nextRunMs
        if (atMs !== undefined && (first === undefined || atMs < first.atMs)) first = { target, action, atMs }
      }
    }
    return first
  }
}
