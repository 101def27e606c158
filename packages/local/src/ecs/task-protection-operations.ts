import { PROTECTION_MINUTES } from '@longshore/model'
import type { Input } from '../server/input.js'
import { ecsArn, lastPart } from './arn.js'
import type { Cluster } from './clusters.js'
import { epochSeconds } from './description.js'
import { invalidParameter } from './errors.js'
import { inputOf } from './input.js'
import type { Service } from './service.js'
import type { EcsState } from './state.js'
import type { Task } from './task.js'

// ECS API limits.
const MAX_UPDATED = 10
const MAX_READ = 100

const MINUTE_MS = 60_000

interface ProtectedTask {
  readonly taskArn: string
  readonly protectionEnabled: boolean
  readonly expirationDate?: number
}

interface ProtectionFailure {
  readonly arn: string
  readonly reason: 'TASK_NOT_FOUND' | 'TASK_NOT_VALID' | 'DEPLOYMENT_BLOCKED'
  readonly detail: string
}

/** What a request asks for; undefined minutes take the protection away. */
interface ProtectionChange {
  readonly minutes: number | undefined
}

export function taskProtectionOperations(
  state: EcsState,
): Record<'GetTaskProtection' | 'UpdateTaskProtection', (members: Record<string, unknown>) => object> {
  return {
    GetTaskProtection: (members) => {
      const input = inputOf(members)
      return answer(state, input, { max: MAX_READ, of: describeProtection })
    },
    UpdateTaskProtection: (members) => {
      const input = inputOf(members)
      const change = readChange(input)
      return answer(state, input, {
        max: MAX_UPDATED,
        of: (task, service) => updateProtection(task, service, { change, nowMs: state.account.clock.now() }),
      })
    },
  }
}

/** Goes through the tasks named, in order; each is answered on its own. */
function answer(
  state: EcsState,
  input: Input,
  each: {
    readonly max: number
    readonly of: (task: Task, service: Service) => ProtectedTask | ProtectionFailure
  },
): object {
  const cluster = state.clusters.active(input.string('cluster'))
  const references = input.strings('tasks') ?? []
  if (references.length === 0) throw invalidParameter('Tasks cannot be empty.')
  if (references.length > each.max) throw invalidParameter(`tasks can have at most ${each.max} items.`)
  const protectedTasks: ProtectedTask[] = []
  const failures: ProtectionFailure[] = []
  for (const reference of references) {
    const found = serviceTask(state, cluster, reference)
    const result = 'reason' in found ? found : each.of(found.task, found.service)
    if ('reason' in result) failures.push(result)
    else protectedTasks.push(result)
  }
  return { protectedTasks, failures }
}

function readChange(input: Input): ProtectionChange {
  const isEnabled = input.boolean('protectionEnabled')
  if (isEnabled === undefined) throw invalidParameter('protectionEnabled must be specified.')
  const minutes = input.integer('expiresInMinutes') ?? PROTECTION_MINUTES.default
  const { least, most } = PROTECTION_MINUTES
  if (minutes < least || minutes > most) {
    throw invalidParameter(`expiresInMinutes must be between ${least} and ${most}; got ${minutes}.`)
  }
  return { minutes: isEnabled ? minutes : undefined }
}

function serviceTask(
  state: EcsState,
  cluster: Cluster,
  reference: string,
): { readonly task: Task; readonly service: Service } | ProtectionFailure {
  const task = state.tasks.find(cluster, reference)
  if (task === undefined) {
    const arn = reference.startsWith('arn:')
      ? reference
      : ecsArn(state.account, 'task', `${cluster.name}/${lastPart(reference)}`)
    return { arn, reason: 'TASK_NOT_FOUND', detail: 'The task was not found in the cluster.' }
  }
  const service = state.services.ownerOf(task)
  return service === undefined
    ? { arn: task.arn, reason: 'TASK_NOT_VALID', detail: 'The task does not belong to an active service.' }
    : { task, service }
}

function updateProtection(
  task: Task,
  service: Service,
  request: { readonly change: ProtectionChange; readonly nowMs: number },
): ProtectedTask | ProtectionFailure {
  const { minutes } = request.change
  if (minutes === undefined) {
    service.unprotect(task.id)
  } else if (task.desiredStatus === 'STOPPED') {
    return { arn: task.arn, reason: 'TASK_NOT_VALID', detail: 'The task is stopping.' }
  } else if (!service.protect(task.id, request.nowMs + minutes * MINUTE_MS)) {
    const detail = `Service ${service.name} would have more protected tasks than its desired count of ${service.desired}.`
    return { arn: task.arn, reason: 'DEPLOYMENT_BLOCKED', detail }
  }
  return describeProtection(task, service)
}

function describeProtection(task: Task, service: Service): ProtectedTask {
  const untilMs = service.protectedUntilMs(task.id)
  return untilMs === undefined
    ? { taskArn: task.arn, protectionEnabled: false }
    : { taskArn: task.arn, protectionEnabled: true, expirationDate: epochSeconds(untilMs) }
}
