import { randomDeploymentId } from './identifiers.js'
import type { TaskDefinition } from './task-definition.js'

/** One deployment of a service: a task definition that its tasks are, or were, launched from. */
export interface Deployment {
  readonly id: string
  readonly definition: TaskDefinition
  readonly createdAtMs: number
  updatedAtMs: number
  /** One is PRIMARY; older ones are ACTIVE until their last task is told to stop. */
  status: 'PRIMARY' | 'ACTIVE'
  rolloutState: 'IN_PROGRESS' | 'COMPLETED'
  /** Failed starts in a row. */
  failedTasks: number
}

export function newDeployment(
  definition: TaskDefinition,
  source: { readonly nowMs: number; readonly random: () => number },
): Deployment {
  return {
    id: randomDeploymentId(source.random),
    definition,
    createdAtMs: source.nowMs,
    updatedAtMs: source.nowMs,
    status: 'PRIMARY',
    rolloutState: 'IN_PROGRESS',
    failedTasks: 0,
  }
}

/** ECS's words for it. */
export function rolloutStateReason(deployment: Deployment): string {
  const state = deployment.rolloutState === 'COMPLETED' ? 'completed' : 'in progress'
  return `ECS deployment ${deployment.id} ${state}.`
}
