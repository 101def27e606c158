import { clientError } from './errors.js'
import { commandLine } from './task-definition.js'
import type { ContainerDefinition, TaskDefinitionContent } from './task-definition.js'

const FAMILY = /^[a-zA-Z0-9_-]{1,255}$/

// Fargate's range (ECS API, ContainerDefinition.stopTimeout); EC2 documents no upper end.
const FARGATE_STOP_TIMEOUT_SECONDS = { min: 2, max: 120 }

/** Throws ClientException for a task definition that ECS, or this machine, could never run. */
export function checkTaskDefinition(content: TaskDefinitionContent): void {
  const { family, containers } = content
  if (family === '') throw clientError('Family should not be null or empty.')
  if (!FAMILY.test(family)) {
    throw clientError(`Invalid family '${family}': up to 255 letters, numbers, hyphens and underscores.`)
  }
  if (containers.length === 0) throw clientError('Container list cannot be empty.')
  for (const container of containers) checkContainer(container, content)
  if (new Set(containers.map(({ name }) => name)).size < containers.length) {
    throw clientError('Container names must be unique within a task definition.')
  }
  if (!containers.some(({ essential }) => essential)) {
    throw clientError('A task definition must have at least one essential container.')
  }
  checkDependencies(containers)
  if (content.requiresCompatibilities?.includes('FARGATE') === true) checkFargate(content)
}

/** Launch types that the definition fits, as ECS lists them. */
export function compatibilitiesOf(content: TaskDefinitionContent): readonly string[] {
  const { networkMode, cpu, memory } = content
  const fitsFargate = networkMode === 'awsvpc' && cpu !== undefined && memory !== undefined
  return fitsFargate ? ['EC2', 'FARGATE'] : ['EC2']
}

function checkContainer(container: ContainerDefinition, content: TaskDefinitionContent): void {
  const { name, image, memory, memoryReservation, stopTimeoutSeconds = 0 } = container
  if (name === '') throw clientError('Container.name should not be null or empty.')
  if (image === '') throw clientError('Container.image should not be null or empty.')
  const invalid = (reason: string): Error => clientError(`Invalid setting for container '${name}'. ${reason}`)
  if (memory === undefined && memoryReservation === undefined && content.memory === undefined) {
    throw invalid("At least one of 'memory' or 'memoryReservation' must be specified.")
  }
  if (commandLine(container).length === 0) {
    throw invalid(
      `'command' or 'entryPoint' must be specified: no image is pulled here, the container runs as a process ` +
        `of this machine, so what '${image}' would run must be written out.`,
    )
  }
  if (stopTimeoutSeconds < 0) throw invalid("'stopTimeout' must not be negative.")
}

function checkFargate(content: TaskDefinitionContent): void {
  if (content.networkMode !== 'awsvpc') throw clientError("Fargate only supports network mode 'awsvpc'.")
  for (const size of ['cpu', 'memory'] as const) {
    if (content[size] === undefined) {
      throw clientError(`Fargate requires that '${size}' be defined at the task level.`)
    }
  }
  const { min, max } = FARGATE_STOP_TIMEOUT_SECONDS
  for (const { name, stopTimeoutSeconds = min } of content.containers) {
    if (stopTimeoutSeconds < min || stopTimeoutSeconds > max) {
      throw clientError(
        `Invalid setting for container '${name}'. On Fargate 'stopTimeout' must be between ${min} and ${max} seconds; ` +
          `got ${stopTimeoutSeconds}.`,
      )
    }
  }
}

function checkDependencies(containers: readonly ContainerDefinition[]): void {
  const byName = new Map(containers.map((container) => [container.name, container]))
  const visit = (name: string, path: readonly string[]): void => {
    if (path.includes(name)) {
      throw clientError(`Containers depend on each other: ${[...path, name].join(' -> ')}.`)
    }
    for (const { containerName } of byName.get(name)?.dependsOn ?? []) {
      if (!byName.has(containerName)) {
        throw clientError(
          `Container '${name}' depends on '${containerName}', which is not in the task definition.`,
        )
      }
      visit(containerName, [...path, name])
    }
  }
  for (const { name } of containers) visit(name, [])
}
