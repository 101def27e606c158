import type { Clock } from '@longshore/core/time'
import { HEALTHY_AFTER_MS } from '@longshore/model'
import type { Deployment } from './deployment.js'
import { newDeployment } from './deployment.js'
import type { TaskDefinition } from './task-definition.js'

// The shortest rollbacks reported take a little less than a minute, though nothing is launched for them. Here it is the
// time after which a task counts as healthy, so that whoever watches a deployment sees it FAILED.
const LEAST_ROLLBACK_MS = HEALTHY_AFTER_MS

/** The deployments of one service: the primary, which its tasks are launched from, and older ones with tasks left. */
export class Deployments {
  readonly #source: { readonly controlClock: Clock; readonly random: () => number }
  /** Newest first; the first is the primary. */
  #all: readonly [Deployment, ...Deployment[]]
  /** The last one that completed: what a rollback goes back to, though its tasks may all be replaced. */
  #completed: Deployment | undefined
  #steadyFromMs = -Infinity

  constructor(
    source: { readonly controlClock: Clock; readonly random: () => number },
    definition: TaskDefinition,
  ) {
    this.#source = source
    this.#all = [this.#new(definition)]
  }

  get all(): readonly [Deployment, ...Deployment[]] {
    return this.#all
  }

  get primary(): Deployment {
    return this.#all[0]
  }

  /** Starts a deployment that replaces every task. */
  start(definition: TaskDefinition): void {
    this.#makePrimary(this.#new(definition))
  }

  /** No steady state before this instant: a rollback is under way. */
  get steadyFromMs(): number {
    return this.#steadyFromMs
  }

  /** A deployment lives as long as one of its tasks is meant to run; a failed one until the rollback has ended. */
  dropReplaced(inUse: ReadonlySet<string>): void {
    const [primary, ...older] = this.#all
    const isKept = ({ id, rolloutState }: Deployment): boolean =>
      inUse.has(id) || (rolloutState === 'FAILED' && primary.rolloutState === 'IN_PROGRESS')
    this.#all = [primary, ...older.filter(isKept)]
  }

  /** The service is steady: no older deployment has a task left. True when that ends a deployment. */
  complete(): boolean {
    const { primary } = this
    if (primary.rolloutState !== 'IN_PROGRESS') return false
    this.#turn(primary, 'COMPLETED', `ECS deployment ${primary.id} completed.`)
    this.#completed = primary
    this.#all = [primary]
    return true
  }

  /** The primary deployment has failed: it launches nothing more. */
  fail(): void {
    this.#turn(this.primary, 'FAILED', 'ECS deployment circuit breaker: tasks failed to start.')
  }

  /** Makes the last completed deployment the primary again, under its old id; undefined when there is none. */
  rollBack(): Deployment | undefined {
    const target = this.#completed
    if (target === undefined || target === this.primary) return undefined
    const reason = `ECS deployment circuit breaker: rolling back to deploymentId ${target.id}.`
    this.#turn(target, 'IN_PROGRESS', reason)
    target.failedTasks = 0
    this.#steadyFromMs = target.updatedAtMs + LEAST_ROLLBACK_MS
    this.#makePrimary(target)
    return target
  }

  #makePrimary(deployment: Deployment): void {
    for (const other of this.#all) other.status = 'ACTIVE'
    deployment.status = 'PRIMARY'
    this.#all = [deployment, ...this.#all.filter((other) => other !== deployment)]
  }

  #turn(deployment: Deployment, rolloutState: Deployment['rolloutState'], reason: string): void {
    deployment.rolloutState = rolloutState
    deployment.rolloutStateReason = reason
    deployment.updatedAtMs = this.#source.controlClock.now()
  }

  #new(definition: TaskDefinition): Deployment {
    const { controlClock, random } = this.#source
    return newDeployment(definition, { nowMs: controlClock.now(), random })
  }
}
