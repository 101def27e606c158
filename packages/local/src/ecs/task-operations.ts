import { AwsError } from '../server/aws-error.js'
import type { Input } from '../server/input.js'
import { ecsArn, lastPart } from './arn.js'
import type { ContainerInstance } from './capacity/container-instance.js'
import type { Cluster } from './clusters.js'
import { invalidParameter } from './errors.js'
import { inputOf, isIncluded } from './input.js'
import { pageFor } from './paging.js'
import type { RunTask } from './run-task.js'
import type { EcsState, Failure, Operations } from './state.js'
import { describeTask } from './task-description.js'
import type { Task } from './task.js'

// ECS API limits.
const MAX_DESCRIBED = 100
const MAX_REASON_LENGTH = 1_024

export function taskOperations(state: EcsState, runTask: RunTask): Operations {
  return {
    RunTask: (members) => runTask.run(inputOf(members)),
    StopTask: (members) => stopTask(state, inputOf(members)),
    DescribeTasks: (members) => describeTasks(state, inputOf(members)),
    ListTasks: (members) => listTasks(state, inputOf(members)),
  }
}

function stopTask(state: EcsState, input: Input): object {
  const cluster = state.clusters.active(input.string('cluster'))
  const task = state.tasks.find(cluster, input.string('task') ?? '')
  if (task === undefined) throw invalidParameter('The referenced task was not found.')
  const reason = input.string('reason') ?? 'Task stopped by user'
  if (reason.length > MAX_REASON_LENGTH) {
    throw invalidParameter(`reason can have at most ${MAX_REASON_LENGTH} characters.`)
  }
  task.stop({ code: 'UserInitiated', reason })
  return { task: describeTask(task, { withTags: true, region: state.account.region }) }
}

function describeTasks(state: EcsState, input: Input): object {
  const cluster = state.clusters.active(input.string('cluster'))
  const references = input.strings('tasks') ?? []
  if (references.length === 0) throw invalidParameter('Tasks cannot be empty.')
  if (references.length > MAX_DESCRIBED) {
    throw invalidParameter(`tasks can have at most ${MAX_DESCRIBED} items.`)
  }
  const shown = { withTags: isIncluded(input, 'TAGS'), region: state.account.region }
  const tasks: object[] = []
  const failures: Failure[] = []
  for (const reference of references) {
    const task = state.tasks.find(cluster, reference)
    if (task !== undefined) tasks.push(describeTask(task, shown))
    else failures.push({ arn: taskArnOf(state, cluster, reference), reason: 'MISSING' })
  }
  return { tasks, failures }
}

function listTasks(state: EcsState, input: Input): object {
  const cluster = state.clusters.active(input.string('cluster'))
  const isListed = taskFilter(state, cluster, input)
  const tasks = state.tasks
    .list(cluster)
    .filter(isListed)
    .sort((one, other) => (one.arn < other.arn ? -1 : 1))
  const { items, nextToken } = pageFor(tasks, input, {
    keyOf: (task) => task.arn,
  })
  return { taskArns: items.map((task) => task.arn), nextToken }
}

/** Desired status is RUNNING unless asked otherwise; no task is ever desired PENDING (ECS API, ListTasks). */
function taskFilter(state: EcsState, cluster: Cluster, input: Input): (task: Task) => boolean {
  const desiredStatus = input.string('desiredStatus') ?? 'RUNNING'
  if (!['RUNNING', 'PENDING', 'STOPPED'].includes(desiredStatus)) {
    throw invalidParameter(`Invalid desiredStatus '${desiredStatus}': RUNNING, PENDING or STOPPED.`)
  }
  const group = groupOfService(state, cluster, input.string('serviceName'))
  const family = input.string('family')
  const startedBy = input.string('startedBy')
  const launchType = input.string('launchType')
  const instance = instanceNamed(state, cluster, input.string('containerInstance'))
  return ({ request, desiredStatus: desired, instance: placedOn }) =>
    desired === desiredStatus &&
    (instance === undefined || placedOn === instance) &&
    (group === undefined || request.group === group) &&
    (family === undefined || request.definition.content.family === family) &&
    (startedBy === undefined || request.startedBy === startedBy) &&
    (launchType === undefined || request.launchType === launchType)
}

function instanceNamed(
  state: EcsState,
  cluster: Cluster,
  reference: string | undefined,
): ContainerInstance | undefined {
  if (reference === undefined) return undefined
  const instance = state.instances.find(cluster, reference)
  if (instance === undefined) throw invalidParameter('The referenced container instance was not found.')
  return instance
}

function groupOfService(
  state: EcsState,
  cluster: Cluster,
  reference: string | undefined,
): string | undefined {
  if (reference === undefined) return undefined
  const service = state.services.find(cluster, reference)
  if (service === undefined) throw new AwsError('ServiceNotFoundException', 'Service not found.')
  return `service:${service.name}`
}

function taskArnOf(state: EcsState, cluster: Cluster, reference: string): string {
  if (reference.startsWith('arn:')) return reference
  return ecsArn(state.account, 'task', `${cluster.name}/${lastPart(reference)}`)
}
