import { durationMs } from '@longshore/core/time'
import type { Service } from '@longshore/scaler'
import { Duration } from 'aws-cdk-lib/core'
import * as ecs from 'aws-cdk-lib/aws-ecs'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import type * as sqs from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import type { WorkerSettings } from './worker-props.js'

/** What a task is made of. */
export interface TaskOf {
  readonly config: Service
  readonly settings: WorkerSettings
  /** Of the configuration, by its names. */
  readonly queues: Readonly<Record<string, sqs.IQueue>>
}

/** The task definition of the workers, with their container `worker`. */
export function taskOf(scope: Construct, { config, settings, queues }: TaskOf): ecs.TaskDefinition {
  const { image, command, cpu, memoryMiB, environment, secrets, healthPort } = settings
  const logGroup = new LogGroup(scope, 'Log', {
    retention: settings.logRetention ?? RetentionDays.ONE_MONTH,
  })
  const task = newTask(scope, settings)
  task.addContainer('worker', {
    image,
    cpu,
    memoryLimitMiB: memoryMiB,
    environment: {
      ...queueVariables(queues),
      STOP_TIMEOUT: settings.stopTimeout,
      ...environment,
    },
    stopTimeout: Duration.millis(durationMs(settings.stopTimeout)),
    logging: ecs.LogDrivers.awsLogs({ streamPrefix: config.service, logGroup }),
    ...(command === undefined ? {} : { command: [...command] }),
    ...(secrets === undefined ? {} : { secrets: { ...secrets } }),
    ...(healthPort === undefined ? {} : { healthCheck: healthCheckAt(healthPort) }),
  })
  return task
}

function newTask(scope: Construct, settings: WorkerSettings): ecs.TaskDefinition {
  const { capacity, cpu, memoryMiB } = settings
  return isOnEc2(capacity)
    ? new ecs.Ec2TaskDefinition(scope, 'Task', { networkMode: ecs.NetworkMode.AWS_VPC })
    : new ecs.FargateTaskDefinition(scope, 'Task', {
        cpu,
        memoryLimitMiB: memoryMiB,
        ...platformOf(settings),
      })
}

/** What Fargate is told of the image. */
export function platformOf({
  architecture,
}: WorkerSettings): Pick<ecs.FargateTaskDefinitionProps, 'runtimePlatform'> {
  if (architecture === undefined) return {}
  const operatingSystemFamily = ecs.OperatingSystemFamily.LINUX
  return { runtimePlatform: { cpuArchitecture: architecture, operatingSystemFamily } }
}

/** `QUEUE_URL`; of several queues `QUEUE_URL_<NAME>`, in capitals, each. */
function queueVariables(queues: TaskOf['queues']): Record<string, string> {
  const all = Object.entries(queues)
  const [only] = all
  if (only !== undefined && all.length === 1) return { QUEUE_URL: only[1].queueUrl }
  return Object.fromEntries(
    all.map(([name, { queueUrl }]) => [
      `QUEUE_URL_${name.replaceAll(/[^a-zA-Z0-9]+/g, '_').toUpperCase()}`,
      queueUrl,
    ]),
  )
}

function healthCheckAt(port: number): ecs.HealthCheck {
  const script = `fetch('http://127.0.0.1:${port}/live').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))`
  return { command: ['CMD', 'node', '-e', script], startPeriod: Duration.seconds(30) }
}

/** The service. Without a desired count: what scaling has set stays through deployments. */
export function serviceOf(
  scope: Construct,
  { config, settings }: TaskOf,
  taskDefinition: ecs.TaskDefinition,
): ecs.BaseService {
  const { cluster, capacity, minHealthyPercent, maxHealthyPercent, vpcSubnets, securityGroups } = settings
  const strategies = strategiesOf(config, capacity)
  const props = {
    cluster,
    taskDefinition,
    serviceName: config.service,
    minHealthyPercent,
    maxHealthyPercent,
    circuitBreaker: { enable: true, rollback: true },
    enableECSManagedTags: true,
    propagateTags: ecs.PropagatedTagSource.SERVICE,
    ...(strategies === undefined ? {} : { capacityProviderStrategies: strategies }),
    ...(vpcSubnets === undefined ? {} : { vpcSubnets }),
    ...(securityGroups === undefined ? {} : { securityGroups: [...securityGroups] }),
  }
  const service = isOnEc2(capacity)
    ? new ecs.Ec2Service(scope, 'Service', props)
    : new ecs.FargateService(scope, 'Service', {
        ...props,
        assignPublicIp: settings.assignPublicIp ?? false,
      })
  measureFinely(service, config)
  return service
}

/** On Spot everything runs that is beyond the fewest tasks: those stay when Spot has nothing to give. */
function strategiesOf(
  { tasks }: Service,
  capacity: WorkerSettings['capacity'],
): ecs.CapacityProviderStrategy[] | undefined {
  if (capacity === 'fargate') return undefined
  if (capacity !== 'fargateSpot') return [...('ec2' in capacity ? capacity.ec2 : capacity.fargate)]
  return [
    { capacityProvider: 'FARGATE', base: tasks.min, weight: 0 },
    { capacityProvider: 'FARGATE_SPOT', weight: 1 },
  ]
}

function isOnEc2(capacity: WorkerSettings['capacity']): boolean {
  return typeof capacity === 'object' && 'ec2' in capacity
}

/** Policies on CPU or memory of 20 seconds follow metrics that a service publishes only where it is asked to. */
function measureFinely(service: ecs.BaseService, { policies }: Service): void {
  const metricNames = [
    ...(policies.cpu?.highResolution === true ? ['CPUUtilization'] : []),
    ...(policies.memory?.highResolution === true ? ['MemoryUtilization'] : []),
  ]
  if (metricNames.length === 0) return
  const resource = service.node.findChild('Service') as ecs.CfnService
  resource.monitoring = { metricConfigurations: [{ metricNames, resolutionSeconds: 20 }] }
}
