import type { ManualClock } from '@longshore/core/testing'

import type { EcsPort } from '../../src/autoscaling/ports.js'

/** A service whose tasks start after a while and stop at once: what auto scaling sees of ECS. */
export class ServicePort implements EcsPort {
  desired: number
  running: number
  isDeploying = false
  isGone = false
  /** Every desired count that was set, oldest first. */
  readonly set: number[] = []
  /** Milliseconds until a task that is wanted runs; Infinity for tasks that never come up. */
  launchMs = 30_000
  readonly #clock: ManualClock

  constructor(clock: ManualClock, tasks: number) {
    this.#clock = clock
    this.desired = tasks
    this.running = tasks
  }

  serviceCounts(cluster: string, service: string): ReturnType<EcsPort['serviceCounts']> {
    if (cluster !== 'media' || service !== 'thumbnails' || this.isGone) return undefined
    const { desired, running, isDeploying } = this
    return { desired, running, pending: Math.max(0, desired - running), isDeploying }
  }

  setDesiredCount(_cluster: string, _service: string, desired: number): void {
    if (this.isGone) throw new Error('Service not found.')
    this.set.push(desired)
    this.desired = desired
    this.running = Math.min(this.running, desired)
    if (desired <= this.running || this.launchMs === Infinity) return
    this.#clock.schedule(this.launchMs, () => (this.running = this.desired))
  }
}
