// Shapes: ECS developer guide, "task metadata v4 JSON response for tasks on Fargate"; amazon-ecs-agent,
// ecs-agent/tmds/handlers/v4/state. What has no counterpart here (clock drift, ephemeral storage) is left out.
import type { Container } from '../container.js'
import { withoutUndefined } from '../description.js'
import { runtimeIdOf } from '../task-description.js'
import { statedTaskSize } from '../task-size.js'
import type { Task } from '../task.js'
import type { AgentContainer } from './agent-container.js'

export function taskMetadata(
  { task, region }: AgentContainer,
  options: { readonly withTags: boolean },
): Record<string, unknown> {
  const { request, times } = task
  const { definition } = request
  return withoutUndefined({
    Cluster: request.cluster.arn,
    TaskARN: task.arn,
    Family: definition.content.family,
    Revision: String(definition.revision),
    DesiredStatus: task.desiredStatus,
    KnownStatus: knownTaskStatus(task),
    Limits: limits(task),
    PullStartedAt: instant(times.pullStartedAtMs),
    PullStoppedAt: instant(times.pullStoppedAtMs),
    AvailabilityZone: `${region}a`,
    LaunchType: request.launchType,
    ServiceName: serviceName(request.group),
    TaskTags: options.withTags
      ? Object.fromEntries(task.tags.map(({ key, value }) => [key, value]))
      : undefined,
    Containers: task.containers
      .filter((container) => container.pid !== undefined)
      .map((container) => containerMetadata(task, container)),
    FaultInjectionEnabled: false,
  })
}

export function containerMetadata(task: Task, container: Container): Record<string, unknown> {
  const { definition } = container
  const { definition: taskDefinition, cluster } = task.request
  return withoutUndefined({
    DockerId: runtimeIdOf(task, container),
    Name: definition.name,
    DockerName: definition.name,
    Image: definition.image,
    // No image is pulled, so there is no digest of one.
    ImageID: '',
    Labels: {
      'com.amazonaws.ecs.cluster': cluster.arn,
      'com.amazonaws.ecs.container-name': definition.name,
      'com.amazonaws.ecs.task-arn': task.arn,
      'com.amazonaws.ecs.task-definition-family': taskDefinition.content.family,
      'com.amazonaws.ecs.task-definition-version': String(taskDefinition.revision),
    },
    DesiredStatus: task.desiredStatus,
    KnownStatus: container.status === 'PENDING' ? 'CREATED' : container.status,
    ExitCode: container.exitCode,
    Limits: withoutUndefined({ CPU: definition.cpu, Memory: definition.memory }),
    CreatedAt: instant(task.times.pullStoppedAtMs),
    StartedAt: instant(container.times.startedAtMs),
    FinishedAt: instant(container.times.stoppedAtMs),
    Type: 'NORMAL',
    ContainerARN: container.arn,
    Networks: [{ NetworkMode: networkMode(task), IPv4Addresses: ['127.0.0.1'] }],
  })
}

/** The agent knows no STOPPING: a task that was told to stop runs until it has stopped. */
function knownTaskStatus(task: Task): string {
  if (task.status === 'PROVISIONING' || task.status === 'PENDING') return 'NONE'
  return task.status === 'STOPPING' ? 'RUNNING' : task.status
}

/** In vCPU and MiB; undefined where the task definition states neither. */
function limits(task: Task): Record<string, unknown> | undefined {
  const { cpuUnits, memoryMib } = statedTaskSize(task.request.definition)
  if (cpuUnits === undefined && memoryMib === undefined) return undefined
  return withoutUndefined({ CPU: cpuUnits === undefined ? undefined : cpuUnits / 1_024, Memory: memoryMib })
}

function networkMode(task: Task): string {
  return task.request.definition.content.networkMode ?? 'bridge'
}

function serviceName(group: string): string | undefined {
  return group.startsWith('service:') ? group.slice('service:'.length) : undefined
}

function instant(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : new Date(ms).toISOString()
}
