import type { Clock } from '@longshore/core/time'
import { randomUuid } from '../server/identifiers.js'
import type { Unplaced } from './capacity/container-instances.js'
import { epochSeconds } from './description.js'

interface ServiceEvent {
  readonly id: string
  readonly createdAtMs: number
  readonly message: string
}

// ECS: "the 100 most recent events".
const KEPT_EVENTS = 100

/** The event stream of one service, in ECS's words. */
export class ServiceEvents {
  readonly #subject: string
  readonly #clock: Clock
  readonly #random: () => number
  /** Newest first, as described. */
  readonly #events: ServiceEvent[] = []

  constructor(serviceName: string, source: { readonly clock: Clock; readonly random: () => number }) {
    this.#subject = `(service ${serviceName})`
    this.#clock = source.clock
    this.#random = source.random
  }

  tasksStarted(taskIds: readonly string[]): void {
    if (taskIds.length > 0) this.#add(`has started ${taskIds.length} tasks: ${namesOf(taskIds)}.`)
  }

  tasksStopped(taskIds: readonly string[]): void {
    if (taskIds.length > 0) this.#add(`has stopped ${taskIds.length} running tasks: ${namesOf(taskIds)}.`)
  }

  deploymentCompleted(deploymentId: string): void {
    this.#add(`(deployment ${deploymentId}) deployment completed.`)
  }

  deploymentFailed(deploymentId: string): void {
    this.#add(`(deployment ${deploymentId}) deployment failed: tasks failed to start.`)
  }

  rollingBack(deploymentId: string): void {
    this.#add(`rolling back to deployment ${deploymentId}.`)
  }

  steadyStateReached(): void {
    this.#add('has reached a steady state.')
  }

  deploymentBlocked(): void {
    this.#add(
      'was unable to stop or start tasks during a deployment because of the service deployment configuration. ' +
        'Update the minimumHealthyPercent or maximumPercent value and try again.',
    )
  }

  /** ECS reports it too, in words that it does not document. */
  protectionHolds(count: number): void {
    this.#add(
      `was unable to stop ${count} tasks because they are protected from scale-in. They are stopped when their ` +
        'protection is removed or expires.',
    )
  }

  unableToPlace({ closest, lacks }: Unplaced): void {
    const reason =
      closest === undefined || lacks === undefined
        ? 'Reason: No Container Instances were found in your cluster.'
        : `The closest matching (container-instance ${closest.id}) has insufficient ${lacks === 'CPU' ? 'CPU units' : 'memory'} available.`
    this.#add(
      `was unable to place a task because no container instance met all of its requirements. ${reason} ` +
        'For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.',
    )
  }

  startsImpaired(): void {
    this.#add(
      'is unable to consistently start tasks successfully. For more information, see the Troubleshooting section.',
    )
  }

  describe(): readonly object[] {
    return this.#events.map(({ id, createdAtMs, message }) => ({
      id,
      createdAt: epochSeconds(createdAtMs),
      message,
    }))
  }

  #add(message: string): void {
    this.#events.unshift({
      id: randomUuid(this.#random),
      createdAtMs: this.#clock.now(),
      message: `${this.#subject} ${message}`,
    })
    if (this.#events.length > KEPT_EVENTS) this.#events.pop()
  }
}

function namesOf(taskIds: readonly string[]): string {
  return taskIds.map((id) => `(task ${id})`).join(' ')
}
