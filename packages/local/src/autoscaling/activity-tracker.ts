/**
 * Follows activities until ECS has done what they asked: an activity is in progress from the moment desired is set
 * until as many tasks run. One at a time for a service; a newer one overrides it. A timer runs only while there is one.
 */
import type { ModelParameters } from '@longshore/model'

import type { AccountContext } from '../server/service.js'
import type { Activity } from './activities.js'
import type { EcsPort } from './ports.js'
import type { ServiceResource } from './resource.js'

/** An activity and what it waits for. */
export interface Undertaking {
  readonly activity: Activity
  readonly resource: ServiceResource
  readonly capacity: number
  /** Told once, when the activity ends. */
  readonly onEnd: (end: { readonly isSuccess: boolean; readonly nowMs: number }) => void
}

export interface ActivityTrackerOptions {
  readonly account: AccountContext
  readonly ecs: EcsPort
  readonly parameters: ModelParameters
}

const CHECK_INTERVAL_MS = 5_000

export class ActivityTracker {
  readonly #options: ActivityTrackerOptions
  /** By resource id. */
  readonly #undertakings = new Map<string, Undertaking>()
  #cancelTimer: (() => void) | undefined
  #isClosed = false

  constructor(options: ActivityTrackerOptions) {
    this.#options = options
  }

  follow(undertaking: Undertaking): void {
    this.override(undertaking.resource.resourceId)
    this.#undertakings.set(undertaking.resource.resourceId, undertaking)
    if (!this.#isClosed) this.#cancelTimer ??= this.#schedule()
  }

  /** Ends what is in progress for a resource, because something newer sets its size. */
  override(resourceId: string): void {
    const current = this.#undertakings.get(resourceId)
    if (current !== undefined) {
      this.#end(current, 'Overridden', 'The desired count was changed before it was reached.')
    }
  }

  /** Follows nothing any more. */
  close(): void {
    this.#isClosed = true
    this.#cancelTimer?.()
  }

  #schedule(): () => void {
    return this.#options.account.controlClock.schedule(CHECK_INTERVAL_MS, () => {
      for (const undertaking of this.#undertakings.values()) this.#check(undertaking)
      this.#cancelTimer = this.#undertakings.size > 0 ? this.#schedule() : undefined
    })
  }

  #check(undertaking: Undertaking): void {
    const { activity, resource, capacity } = undertaking
    const counts = this.#options.ecs.serviceCounts(resource.cluster, resource.service)
    if (counts === undefined) return this.#end(undertaking, 'Failed', 'The ECS service no longer exists.')
    if (counts.desired !== capacity) return this.override(resource.resourceId)
    if (counts.running === capacity) {
      return this.#end(undertaking, 'Successful', 'Change successfully fulfilled by ecs.')
    }
    const timeoutMs = this.#options.parameters.activityTimeoutSeconds * 1_000
    if (this.#options.account.controlClock.now() - activity.startedAtMs >= timeoutMs) {
      this.#end(undertaking, 'Unfulfilled', `Only ${counts.running} tasks run.`)
    }
  }

  #end(undertaking: Undertaking, status: Exclude<Activity['status'], 'InProgress'>, detail: string): void {
    const { activity, capacity, resource, onEnd } = undertaking
    const nowMs = this.#options.account.controlClock.now()
    this.#undertakings.delete(resource.resourceId)
    activity.status = status
    activity.statusMessage = `Successfully set desired count to ${capacity}. ${detail}`
    activity.endedAtMs = nowMs
    onEnd({ isSuccess: status === 'Successful', nowMs })
  }
}
