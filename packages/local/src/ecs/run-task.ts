import { isDeepStrictEqual } from 'node:util'
import type { CapacityStrategyItem } from '@longshore/model'
import { nextCapacityProvider } from '@longshore/model'
import { AwsError } from '../server/aws-error.js'
import type { Input } from '../server/input.js'
import type { Launch, Launcher } from './capacity/launcher.js'
import { DEFAULT_CAPACITY, readCapacity } from './capacity/read-capacity.js'
import { clientError, invalidParameter } from './errors.js'
import { checkLaunch, launchableDefinition } from './launchable.js'
import type { EcsState } from './state.js'
import { mergeTags, readTags } from './tags.js'
import type { Tag } from './tags.js'
import type { TaskDefinition } from './task-definition.js'
import { describeTask } from './task-description.js'
import { withOverrides } from './task-overrides.js'
import type { Task, TaskRequest } from './task.js'

// ECS API limits.
const MAX_COUNT = 10
const MAX_STARTED_BY_LENGTH = 128

// ECS keeps a client token for up to 24 hours; what a retry needs is the last few.
const KEPT_TOKENS = 1_000

interface Outcome {
  readonly tasks: readonly Task[]
  readonly failures: readonly object[]
}

interface Run extends Outcome {
  readonly members: Readonly<Record<string, unknown>>
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
    const { tasks, failures } = known ?? this.#launch(input)
    if (token !== undefined && known === undefined) {
      this.#remember(token, { members: input.members, tasks, failures })
    }
    const { region } = this.#state.account
    return { tasks: tasks.map((task) => describeTask(task, { withTags: true, region })), failures }
  }

  #launch(input: Input): Outcome {
    const { clusters, providers, launcher } = this.#state
    const cluster = clusters.active(input.string('cluster'))
    const reference = input.string('taskDefinition') ?? ''
    if (reference === '') throw invalidParameter('Task Definition can not be blank.')
    const definition = launchableDefinition(this.#state, reference)
    const given = readCapacity(input, cluster, providers)
    const { launchType, strategy } = given ?? DEFAULT_CAPACITY
    checkLaunch(definition, {
      launchType: given?.launchType,
      networkConfiguration: input.members.networkConfiguration,
    })
    const overridden = withOverrides(definition, input.object('overrides'))
    const request = {
      cluster,
      definition: overridden.definition,
      overrides: overridden.described,
      group: groupOf(input) ?? `family:${definition.content.family}`,
      startedBy: startedBy(input),
      launchType,
      tags: tagsOf(input, definition),
      enableExecuteCommand: input.boolean('enableExecuteCommand') ?? false,
      onChange: () => {},
    }
    const requests = spread(countOf(input), strategy).map((capacityProviderName): TaskRequest =>
      Object.assign({ capacityProviderName }, request),
    )
    refuseImpossible(launcher, requests)
    const launches = requests.map((one) => launcher.launch(one))
    return {
      tasks: launches.flatMap((launch) => (launch.kind === 'launched' ? [launch.task] : [])),
      failures: launches.flatMap((launch) => describeFailure(launch)),
    }
  }

  #remember(token: string, run: Run): void {
    this.#runs.set(token, run)
    const [oldest] = this.#runs.keys()
    if (this.#runs.size > KEPT_TOKENS && oldest !== undefined) this.#runs.delete(oldest)
  }
}

/** The capacity provider of each of `count` tasks. */
function spread(
  count: number,
  strategy: readonly CapacityStrategyItem[] | undefined,
): readonly (string | undefined)[] {
  const names: (string | undefined)[] = []
  while (names.length < count) {
    const countOn = (name: string): number => names.filter((taken) => taken === name).length
    names.push(strategy && nextCapacityProvider(strategy, countOn))
  }
  return names
}

/** Limits, and a cluster without instances, refuse the whole call. */
function refuseImpossible(launcher: Launcher, requests: readonly TaskRequest[]): void {
  for (const one of requests) {
    const count = requests.filter((other) => other.capacityProviderName === one.capacityProviderName).length
    const obstacle = launcher.obstacle(one, count)
    if (obstacle?.kind === 'throttled') throw new AwsError('ThrottlingException', 'Rate exceeded')
    if (obstacle?.kind === 'crowded') {
      throw clientError("You've reached the limit on the number of tasks you can provision concurrently.")
    }
    if (obstacle?.kind === 'unplaced' && obstacle.unplaced.closest === undefined) {
      throw invalidParameter('No Container Instances were found in your cluster.')
    }
  }
}

/** ECS names the instance that comes nearest, and what it lacks. */
function describeFailure(launch: Launch): readonly object[] {
  if (launch.kind !== 'unplaced') return []
  const { closest, lacks } = launch.unplaced
  return closest === undefined || lacks === undefined
    ? []
    : [{ arn: closest.arn, reason: `RESOURCE:${lacks}` }]
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
  return mergeTags(propagated, readTags(input))
}
