import { randomDeploymentId } from './identifiers.js'
import type { TaskDefinition } from './task-definition.js'

/** One deployment of a service: a task definition that its tasks are, or were, launched from. */
export interface Deployment {
  readonly id: string
  readonly definition: TaskDefinition
  readonly createdAtMs: number
  updatedAtMs: number
  /** One is PRIMARY; others are ACTIVE until their last task is told to stop. */
  status: 'PRIMARY' | 'ACTIVE'
  rolloutState: 'IN_PROGRESS' | 'COMPLETED' | 'FAILED'
  /** In ECS's words. */
  rolloutStateReason: string
  /** Failed starts, in a row unless the circuit breaker counts them all. */
  failedTasks: number
}

export function newDeployment(
  definition: TaskDefinition,
  source: { readonly nowMs: number; readonly random: () => number },
): Deployment {
  const id = randomDeploymentId(source.random)
  return {
    id,
    definition,
    createdAtMs: source.nowMs,
    updatedAtMs: source.nowMs,
    status: 'PRIMARY',
    rolloutState: 'IN_PROGRESS',
    rolloutStateReason: `ECS deployment ${id} in progress.`,
    failedTasks: 0,
  }
}
