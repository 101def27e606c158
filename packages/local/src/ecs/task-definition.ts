import type { Input } from '../server/input.js'
import { clientError } from './errors.js'
import { readKeyValues } from './input.js'
import type { KeyValue } from './input.js'
import type { Tag } from './tags.js'

const NETWORK_MODES = ['bridge', 'host', 'awsvpc', 'none']
const DEPENDENCY_CONDITIONS = ['START', 'COMPLETE', 'SUCCESS', 'HEALTHY'] as const

export interface ContainerDependency {
  readonly containerName: string
  readonly condition: (typeof DEPENDENCY_CONDITIONS)[number]
}

/** What something here acts on; `described` has every member as given, with the defaults that ECS writes in. */
export interface ContainerDefinition {
  readonly name: string
  readonly image: string
  readonly cpu: number
  readonly memory: number | undefined
  readonly memoryReservation: number | undefined
  readonly essential: boolean
  readonly entryPoint: readonly string[]
  readonly command: readonly string[]
  readonly environment: readonly KeyValue[]
  readonly secretNames: readonly string[]
  readonly hasEnvironmentFiles: boolean
  readonly workingDirectory: string | undefined
  readonly stopTimeoutSeconds: number | undefined
  readonly dependsOn: readonly ContainerDependency[]
  readonly described: Readonly<Record<string, unknown>>
}

/** What RegisterTaskDefinition was given, typed; its rules are checked apart. */
export interface TaskDefinitionContent {
  readonly family: string
  readonly networkMode: string | undefined
  readonly requiresCompatibilities: readonly string[] | undefined
  readonly cpu: string | undefined
  readonly memory: string | undefined
  readonly containers: readonly ContainerDefinition[]
  readonly described: Readonly<Record<string, unknown>>
}

/** One revision of a family, as registered. */
export interface TaskDefinition {
  readonly arn: string
  readonly revision: number
  readonly content: TaskDefinitionContent
  readonly compatibilities: readonly string[]
  readonly registeredAtMs: number
  deregisteredAtMs: number | undefined
  tags: readonly Tag[]
}

/** What a container runs: its entry point followed by its command. */
export function commandLine(container: ContainerDefinition): readonly string[] {
  return [...container.entryPoint, ...container.command]
}

export function readTaskDefinition(input: Input): TaskDefinitionContent {
  const { tags: _tags, containerDefinitions: _containers, ...members } = input.members
  const networkMode = input.string('networkMode')
  if (networkMode !== undefined && !NETWORK_MODES.includes(networkMode)) {
    throw clientError(`Invalid networkMode '${networkMode}': one of ${NETWORK_MODES.join(', ')}.`)
  }
  return {
    family: input.string('family') ?? '',
    networkMode,
    requiresCompatibilities: input.strings('requiresCompatibilities'),
    cpu: input.string('cpu'),
    memory: input.string('memory'),
    containers: (input.objects('containerDefinitions') ?? []).map(readContainer),
    described: { volumes: [], placementConstraints: [], ...members },
  }
}

function readContainer(input: Input): ContainerDefinition {
  const cpu = input.integer('cpu') ?? 0
  const essential = input.boolean('essential') ?? true
  return {
    name: input.string('name') ?? '',
    image: input.string('image') ?? '',
    cpu,
    memory: input.integer('memory'),
    memoryReservation: input.integer('memoryReservation'),
    essential,
    entryPoint: input.strings('entryPoint') ?? [],
    command: input.strings('command') ?? [],
    environment: readKeyValues(input, 'environment') ?? [],
    secretNames: (input.objects('secrets') ?? []).map((secret) => secret.string('name') ?? ''),
    hasEnvironmentFiles: (input.list('environmentFiles') ?? []).length > 0,
    workingDirectory: input.string('workingDirectory'),
    stopTimeoutSeconds: input.integer('stopTimeout'),
    dependsOn: (input.objects('dependsOn') ?? []).map(readDependency),
    described: {
      cpu,
      essential,
      environment: [],
      portMappings: [],
      mountPoints: [],
      volumesFrom: [],
      systemControls: [],
      ...input.members,
    },
  }
}

function readDependency(input: Input): ContainerDependency {
  const given = input.string('condition')
  const condition = DEPENDENCY_CONDITIONS.find((known) => known === given)
  if (condition === undefined) {
    throw clientError(`Invalid dependsOn condition '${given}': one of ${DEPENDENCY_CONDITIONS.join(', ')}.`)
  }
  return { containerName: input.string('containerName') ?? '', condition }
}
