import type { Clock } from '@longshore/core/time'
import { randomUuid } from '../server/identifiers.js'
import type { Unplaced } from './capacity/container-instances.js'
import type { Deployment } from './deployment.js'
import { epochSeconds } from './description.js'
import type { DeploymentChange, ServiceAction } from './service-state-change.js'

interface ServiceEvent {
  readonly id: string
  readonly createdAtMs: number
  readonly message: string
}

// ECS: "the 100 most recent events".
const KEPT_EVENTS = 100

export interface ServiceEventsSource {
  readonly clock: Clock
  readonly random: () => number
  /** Told of what ECS sends to EventBridge, too. */
  readonly announce: (what: ServiceAction | DeploymentChange) => void
}

/** The event stream of one service, in ECS's words. */
export class ServiceEvents {
  readonly #subject: string
  readonly #clock: Clock
  readonly #random: () => number
  readonly #announce: ServiceEventsSource['announce']
  /** Newest first, as described. */
  readonly #events: ServiceEvent[] = []

  constructor(serviceName: string, source: ServiceEventsSource) {
    this.#subject = `(service ${serviceName})`
    this.#clock = source.clock
    this.#random = source.random
    this.#announce = source.announce
  }

  tasksStarted(taskIds: readonly string[]): void {
    if (taskIds.length > 0) this.#add(`has started ${taskIds.length} tasks: ${namesOf(taskIds)}.`)
  }

  tasksStopped(taskIds: readonly string[]): void {
    if (taskIds.length > 0) this.#add(`has stopped ${taskIds.length} running tasks: ${namesOf(taskIds)}.`)
  }

  /** ECS has no line for it in the stream; `reason` is the deployment's own. */
  deploymentStarted({ id, rolloutStateReason }: Deployment): void {
    this.#announceDeployment('SERVICE_DEPLOYMENT_IN_PROGRESS', id, rolloutStateReason)
  }

  deploymentCompleted({ id, rolloutStateReason }: Deployment): void {
    this.#add(`(deployment ${id}) deployment completed.`)
    this.#announceDeployment('SERVICE_DEPLOYMENT_COMPLETED', id, rolloutStateReason)
  }

  deploymentFailed({ id, rolloutStateReason }: Deployment): void {
    this.#add(`(deployment ${id}) deployment failed: tasks failed to start.`)
    this.#announceDeployment('SERVICE_DEPLOYMENT_FAILED', id, rolloutStateReason)
  }

  rollingBack(to: Deployment): void {
    this.#add(`rolling back to deployment ${to.id}.`)
    this.deploymentStarted(to)
  }

  steadyStateReached(): void {
    this.#add('has reached a steady state.')
    this.#announce({ eventType: 'INFO', eventName: 'SERVICE_STEADY_STATE' })
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
    this.#announce({
      eventType: 'ERROR',
      eventName: 'SERVICE_TASK_PLACEMENT_FAILURE',
      ...(lacks === undefined ? {} : { reason: `RESOURCE:${lacks}` }),
    })
  }

  startsImpaired(): void {
    this.#add(
      'is unable to consistently start tasks successfully. For more information, see the Troubleshooting section.',
    )
    this.#announce({ eventType: 'WARN', eventName: 'SERVICE_TASK_START_IMPAIRED' })
  }

  describe(): readonly object[] {
    return this.#events.map(({ id, createdAtMs, message }) => ({
      id,
      createdAt: epochSeconds(createdAtMs),
      message,
    }))
  }

  #announceDeployment(eventName: DeploymentChange['eventName'], deploymentId: string, reason: string): void {
    const eventType = eventName === 'SERVICE_DEPLOYMENT_FAILED' ? 'ERROR' : 'INFO'
    this.#announce({ eventType, eventName, deploymentId, reason })
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
