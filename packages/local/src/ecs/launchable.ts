import { clientError, invalidParameter } from './errors.js'
import type { EcsState } from './state.js'
import type { TaskDefinition } from './task-definition.js'
import { statusOf } from './task-definitions.js'

/** The active task definition that `reference` means, for a service or a task to be launched from. */
export function launchableDefinition(state: EcsState, reference: string): TaskDefinition {
  const definition = state.definitions.find(reference)
  if (definition === undefined) throw clientError('TaskDefinition not found.')
  if (statusOf(definition) !== 'ACTIVE') throw clientError('TaskDefinition is inactive')
  return definition
}

/** What ECS asks of a launch that depends on the definition's network mode and launch type. */
export function checkLaunch(
  definition: TaskDefinition,
  launch: { readonly launchType: string | undefined; readonly networkConfiguration: unknown },
): void {
  if (definition.content.networkMode === 'awsvpc' && launch.networkConfiguration === undefined) {
    throw invalidParameter("Network Configuration must be provided when networkMode 'awsvpc' is specified.")
  }
  if (launch.launchType !== undefined && !['EC2', 'FARGATE', 'EXTERNAL'].includes(launch.launchType)) {
    throw invalidParameter(`Invalid launchType '${launch.launchType}': EC2, FARGATE or EXTERNAL.`)
  }
  if (launch.launchType === 'FARGATE' && !definition.compatibilities.includes('FARGATE')) {
    throw invalidParameter('Task definition does not support launch_type FARGATE.')
  }
}
