import type { Container } from './container.js'
import { epochSeconds, withoutUndefined } from './description.js'
import type { Task } from './task.js'

export interface TaskDescriptionOptions {
  readonly withTags: boolean
  readonly region: string
  /** How instants are written. Default: as epoch seconds. */
  readonly instant?: (ms: number) => unknown
}

/** A task as DescribeTasks, RunTask and StopTask answer it, and as its events carry it. */
export function describeTask(task: Task, options: TaskDescriptionOptions): Record<string, unknown> {
  const { request, times } = task
  const write = options.instant ?? epochSeconds
  const instant = (ms: number | undefined): unknown => (ms === undefined ? undefined : write(ms))
  const { definition, overrides } = request
  return withoutUndefined({
    taskArn: task.arn,
    clusterArn: request.cluster.arn,
    taskDefinitionArn: definition.arn,
    group: request.group,
    startedBy: request.startedBy,
    lastStatus: task.status,
    desiredStatus: task.desiredStatus,
    version: task.version,
    launchType: request.launchType,
    capacityProviderName: request.capacityProviderName,
    containerInstanceArn: task.instance?.arn,
    platformVersion: request.launchType === 'FARGATE' ? '1.4.0' : undefined,
    platformFamily: request.launchType === 'FARGATE' ? 'Linux' : undefined,
    availabilityZone: `${options.region}a`,
    cpu: definition.content.cpu,
    memory: definition.content.memory,
    connectivity: task.status === 'STOPPED' ? undefined : 'CONNECTED',
    healthStatus: 'UNKNOWN',
    enableExecuteCommand: request.enableExecuteCommand,
    attachments: [],
    attributes: [],
    containers: task.containers.map((container) => describeContainer(container, task)),
    overrides: { containerOverrides: [], inferenceAcceleratorOverrides: [], ...overrides },
    tags: options.withTags ? task.tags : [],
    createdAt: instant(times.createdAtMs),
    pullStartedAt: instant(times.pullStartedAtMs),
    pullStoppedAt: instant(times.pullStoppedAtMs),
    startedAt: instant(times.startedAtMs),
    stoppingAt: instant(times.stoppingAtMs),
    executionStoppedAt: instant(times.stoppedAtMs),
    stoppedAt: instant(times.stoppedAtMs),
    stopCode: task.stopCode,
    stoppedReason: task.stoppedReason,
  })
}

function describeContainer(container: Container, task: Task): object {
  const { definition } = container
  return withoutUndefined({
    containerArn: container.arn,
    taskArn: task.arn,
    name: definition.name,
    image: definition.image,
    runtimeId: container.pid === undefined ? undefined : runtimeIdOf(task, container),
    lastStatus: task.status === 'STOPPED' ? 'STOPPED' : container.status,
    exitCode: container.exitCode,
    reason: container.reason,
    networkBindings: [],
    networkInterfaces: [],
    healthStatus: 'UNKNOWN',
    cpu: String(definition.cpu),
    memory: definition.memory === undefined ? undefined : String(definition.memory),
    memoryReservation:
      definition.memoryReservation === undefined ? undefined : String(definition.memoryReservation),
  })
}

/** The id of a started container: Fargate's have this form. */
export function runtimeIdOf(task: Task, container: Container): string {
  return `${task.id}-${container.pid}`
}
