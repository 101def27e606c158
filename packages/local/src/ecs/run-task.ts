import { isDeepStrictEqual } from 'node:util'
import { AwsError } from '../server/aws-error.js'
import type { ContainerOverride } from './container.js'
import type { Input, Tag } from './input.js'
import { invalidParameter } from './input.js'
import { checkLaunch, launchableDefinition } from './launchable.js'
import type { EcsState } from './state.js'
import { mergeTags } from './tags.js'
import type { TaskDefinition } from './task-definition.js'
import { describeTask } from './task-description.js'
import type { Task, TaskOverrides } from './task.js'

// ECS API limits.
const MAX_COUNT = 10
const MAX_STARTED_BY_LENGTH = 128

// ECS keeps a client token for up to 24 hours; what a retry needs is the last few.
const KEPT_TOKENS = 1_000

interface Run {
  readonly members: Readonly<Record<string, unknown>>
  readonly tasks: readonly Task[]
}

/** RunTask: launches tasks outside any service. A client token seen before is answered with the tasks it launched. */
export class RunTask {
  readonly #state: EcsState
  readonly #runs = new Map<string, Run>()

  constructor(state: EcsState) {
    this.#state = state
  }

  run(input: Input): object {
    const token = input.string('clientToken')
    const known = token === undefined ? undefined : this.#runs.get(token)
    if (known !== undefined && !isDeepStrictEqual(known.members, input.members)) {
      throw new AwsError('ConflictException', 'The clientToken was used before with other parameters.')
    }
    const tasks = known?.tasks ?? this.#launch(input)
    if (token !== undefined && known === undefined) this.#remember(token, { members: input.members, tasks })
    const { region } = this.#state.account
    return { tasks: tasks.map((task) => describeTask(task, { withTags: true, region })), failures: [] }
  }

  #launch(input: Input): readonly Task[] {
    const { clusters, tasks } = this.#state
    const cluster = clusters.active(input.string('cluster'))
    const reference = input.string('taskDefinition') ?? ''
    if (reference === '') throw invalidParameter('Task Definition can not be blank.')
    const definition = launchableDefinition(this.#state, reference)
    const launchType = input.string('launchType')
    checkLaunch(definition, { launchType, networkConfiguration: input.members.networkConfiguration })
    const request = {
      cluster,
      definition,
      overrides: readOverrides(input.object('overrides'), definition),
      group: groupOf(input) ?? `family:${definition.content.family}`,
      startedBy: startedBy(input),
      launchType: launchType ?? 'FARGATE',
      tags: tagsOf(input, definition),
      enableExecuteCommand: input.boolean('enableExecuteCommand') ?? false,
      onChange: () => {},
    }
    return Array.from({ length: countOf(input) }, () => tasks.launch(request)).filter(
      (task) => task !== undefined,
    )
  }

  #remember(token: string, run: Run): void {
    this.#runs.set(token, run)
    const [oldest] = this.#runs.keys()
    if (this.#runs.size > KEPT_TOKENS && oldest !== undefined) this.#runs.delete(oldest)
  }
}

function countOf(input: Input): number {
  const count = input.integer('count') ?? 1
  if (count < 1 || count > MAX_COUNT) {
    throw invalidParameter(`count must be between 1 and ${MAX_COUNT}; got ${count}.`)
  }
  return count
}

function groupOf(input: Input): string | undefined {
  const group = input.string('group')
  // The namespace of services' own tasks.
  if (group?.startsWith('service:') === true) throw invalidParameter('Invalid namespace for group.')
  return group
}

function startedBy(input: Input): string | undefined {
  const name = input.string('startedBy')
  if (name !== undefined && name.length > MAX_STARTED_BY_LENGTH) {
    throw invalidParameter(`startedBy can have at most ${MAX_STARTED_BY_LENGTH} characters.`)
  }
  return name
}

function tagsOf(input: Input, definition: TaskDefinition): readonly Tag[] {
  const propagated = input.string('propagateTags') === 'TASK_DEFINITION' ? definition.tags : []
  return mergeTags(propagated, input.tags())
}

function readOverrides(input: Input | undefined, definition: TaskDefinition): TaskOverrides {
  const containers = new Map<string, ContainerOverride>()
  for (const override of input?.objects('containerOverrides') ?? []) {
    const name = override.string('name') ?? ''
    if (!definition.content.containers.some((container) => container.name === name)) {
      throw invalidParameter(`Override for container named ${name} is not a container in the TaskDefinition.`)
    }
    containers.set(name, {
      command: override.strings('command'),
      environment: override.keyValues('environment'),
    })
  }
  return {
    containers,
    cpu: input?.string('cpu'),
    memory: input?.string('memory'),
    described: input?.members ?? {},
  }
}
