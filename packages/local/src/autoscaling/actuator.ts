import { Activities } from './activities.js'
import type { NotScaledReason } from './activities.js'
import { ActivityTracker } from './activity-tracker.js'
import type { ActivityTrackerOptions, Undertaking } from './activity-tracker.js'
import type { EcsPort } from './ports.js'
import type { ScalableTarget } from './scalable-target.js'

const ATTEMPT = 'Attempting to scale due to alarm triggered'

/** Tells ECS how many tasks there shall be, and keeps the activities that tell of it. */
export class Actuator {
  readonly activities: Activities
  readonly #ecs: EcsPort
  readonly #tracker: ActivityTracker

  constructor(options: ActivityTrackerOptions) {
    this.activities = new Activities(options.account)
    this.#ecs = options.ecs
    this.#tracker = new ActivityTracker(options)
  }

  /** Sets desired and follows the activity; false when ECS refuses, which the activity then tells. */
  scale(
    target: ScalableTarget,
    capacity: number,
    { cause, onEnd = () => {} }: { readonly cause: string; readonly onEnd?: Undertaking['onEnd'] },
  ): boolean {
    const { resource } = target
    try {
      this.#ecs.setDesiredCount(resource.cluster, resource.service, capacity)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      const statusMessage = `Failed to set desired count to ${capacity}. Reason: ${reason}`
      this.fail(target, { cause, statusMessage })
      return false
    }
    const activity = this.activities.add({
      resourceId: resource.resourceId,
      cause,
      description: `Setting desired count to ${capacity}.`,
      status: 'InProgress',
      statusMessage: `Successfully set desired count to ${capacity}. Waiting for change to be fulfilled by ecs.`,
      notScaled: undefined,
    })
    this.#tracker.follow({ activity, resource, capacity, onEnd })
    return true
  }

  /** Something was done that needs no following. */
  succeed(
    { resource }: ScalableTarget,
    done: { readonly cause: string; readonly description: string; readonly statusMessage: string },
  ): void {
    const { resourceId } = resource
    this.activities.add({ ...done, resourceId, status: 'Successful', notScaled: undefined })
  }

  /** Nothing was done, and this is why. */
  fail(
    { resource }: ScalableTarget,
    failure: {
      readonly cause: string
      /** Default: an attempt to scale that an alarm set off. */
      readonly description?: string
      readonly statusMessage?: string
      readonly notScaled?: NotScaledReason
    },
  ): void {
    const { cause, description = ATTEMPT, statusMessage, notScaled } = failure
    const { resourceId } = resource
    this.activities.addFailed({ resourceId, cause, description, statusMessage, notScaled })
  }

  /** Follows nothing any more. */
  close(): void {
    this.#tracker.close()
  }
}
