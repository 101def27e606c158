import type { Input } from '../server/input.js'
import { invalidParameter } from './errors.js'
import { readKeyValues } from './input.js'
import type { ContainerDefinition, TaskDefinition } from './task-definition.js'

/** A definition as RunTask overrides it, for one call: its ARN stays, what it says is changed. */
export interface OverriddenDefinition {
  readonly definition: TaskDefinition
  /** The overrides with every member as given. */
  readonly described: Readonly<Record<string, unknown>>
}

/** Applies `overrides`; throws InvalidParameterException for those of a container that is not there. */
export function withOverrides(
  definition: TaskDefinition,
  overrides: Input | undefined,
): OverriddenDefinition {
  if (overrides === undefined) return { definition, described: {} }
  const { content } = definition
  const ofContainers = new Map<string, Input>()
  for (const override of overrides.objects('containerOverrides') ?? []) {
    const name = override.string('name') ?? ''
    if (!content.containers.some((container) => container.name === name)) {
      throw invalidParameter(`Override for container named ${name} is not a container in the TaskDefinition.`)
    }
    ofContainers.set(name, override)
  }
  const overridden = {
    ...content,
    cpu: overrides.string('cpu') ?? content.cpu,
    memory: overrides.string('memory') ?? content.memory,
    containers: content.containers.map((container) =>
      overrideOne(container, ofContainers.get(container.name)),
    ),
  }
  return { definition: { ...definition, content: overridden }, described: overrides.members }
}

function overrideOne(container: ContainerDefinition, override: Input | undefined): ContainerDefinition {
  if (override === undefined) return container
  return {
    ...container,
    command: override.strings('command') ?? container.command,
    // Of two variables with one name the later one holds.
    environment: [...container.environment, ...(readKeyValues(override, 'environment') ?? [])],
    hasEnvironmentFiles:
      container.hasEnvironmentFiles || (override.list('environmentFiles') ?? []).length > 0,
    cpu: override.integer('cpu') ?? container.cpu,
    memory: override.integer('memory') ?? container.memory,
    memoryReservation: override.integer('memoryReservation') ?? container.memoryReservation,
  }
}
