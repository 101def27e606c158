import { durationMs, isDuration } from '@longshore/core/time'
import type { Duration } from '@longshore/core/time'
import { option, optionProblems } from '@longshore/core/option-problems'
import type { OptionProblem } from '@longshore/core/option-problems'
import type { Service, ServiceConfig } from '@longshore/scaler'
import type { ISecurityGroup, SubnetSelection } from 'aws-cdk-lib/aws-ec2'
import type * as ecs from 'aws-cdk-lib/aws-ecs'
import type { RetentionDays } from 'aws-cdk-lib/aws-logs'
import type * as sqs from 'aws-cdk-lib/aws-sqs'
import { z } from 'zod'

/** What the tasks run on. */
export type WorkerCapacity =
  | 'fargate'
  | 'fargateSpot'
  | { readonly fargate: readonly ecs.CapacityProviderStrategy[] }
  | { readonly ec2: readonly ecs.CapacityProviderStrategy[] }

/** Where the metrics are published from. */
export type WorkerPublisher =
  | 'lambda'
  | 'workers'
  | 'elsewhere'
  | { readonly command: readonly string[]; readonly image?: ecs.ContainerImage | undefined }

/** Props of `LongshoreWorker`. */
export interface LongshoreWorkerProps {
  /** What `longshore.config.ts` exports, or what `defineService` takes. */
  readonly config: Service | ServiceConfig
  readonly cluster: ecs.ICluster
  /** The image of the worker: Node itself as its command, so that SIGTERM reaches it. */
  readonly image: ecs.ContainerImage
  /** Default: the image's own. */
  readonly command?: readonly string[] | undefined
  /** 1,024 are one vCPU. Default 256. */
  readonly cpu?: number | undefined
  /** Default 512. */
  readonly memoryMiB?: number | undefined
  /** What the image is built for, on Fargate. Default x86; ARM costs a fifth less. */
  readonly architecture?: ecs.CpuArchitecture | undefined
  /** For the handler, beside those that the construct sets. */
  readonly environment?: Readonly<Record<string, string>> | undefined
  readonly secrets?: Readonly<Record<string, ecs.Secret>> | undefined
  /** Queues that there are already, by the configuration's names for them; the others are made, with dead-letter queues. */
  readonly queues?: Readonly<Record<string, sqs.IQueue>> | undefined
  /** Of queues that are made: receives after which a message is moved to the dead-letter queue. Default 5. */
  readonly maxReceiveCount?: number | undefined
  /** Of queues that are made: for how long a crashed task's messages stay hidden; heartbeats extend it. Default `60s`. */
  readonly visibilityTimeout?: Duration | undefined
  /** The worker's option of that name, for checks. Default `15m`, as in the worker. */
  readonly handlerTimeout?: Duration | undefined
  /** What ECS leaves between SIGTERM and SIGKILL; the worker's option of that name has to be the same. Default `30s`. */
  readonly stopTimeout?: Duration | undefined
  /** The port of the worker's option `health`: its `/live` becomes the container's health check. Default: none. */
  readonly healthPort?: number | undefined
  /** Default `fargate`. */
  readonly capacity?: WorkerCapacity | undefined
  /** Default `lambda`, where anything has to be published. */
  readonly publisher?: WorkerPublisher | undefined
  /** Default 100: a deployment takes away no capacity. */
  readonly minHealthyPercent?: number | undefined
  /** Default 200. */
  readonly maxHealthyPercent?: number | undefined
  /** Default: the private subnets of the cluster's VPC. */
  readonly vpcSubnets?: SubnetSelection | undefined
  /** Default: a group of its own. */
  readonly securityGroups?: readonly ISecurityGroup[] | undefined
  /** Default false. */
  readonly assignPublicIp?: boolean | undefined
  /** Default a month. */
  readonly logRetention?: RetentionDays | undefined
  /** How many vCPUs the account may run at a time (Service Quotas), for a finding about `tasks.max`. */
  readonly vcpuQuota?: number | undefined
}

type Defaulted =
  | 'cpu'
  | 'memoryMiB'
  | 'maxReceiveCount'
  | 'visibilityTimeout'
  | 'handlerTimeout'
  | 'stopTimeout'
  | 'capacity'
  | 'publisher'
  | 'minHealthyPercent'
  | 'maxHealthyPercent'

/** Props with their defaults. */
export type WorkerSettings = LongshoreWorkerProps & {
  readonly [Name in Defaulted]: NonNullable<LongshoreWorkerProps[Name]>
}

const DEFAULTS: Pick<WorkerSettings, Defaulted> = {
  cpu: 256,
  memoryMiB: 512,
  maxReceiveCount: 5,
  visibilityTimeout: '60s',
  handlerTimeout: '15m',
  stopTimeout: '30s',
  capacity: 'fargate',
  publisher: 'lambda',
  minHealthyPercent: 100,
  maxHealthyPercent: 200,
}

/** Props with their defaults; those that are undefined count as left out. */
export function settingsOf(props: LongshoreWorkerProps): WorkerSettings {
  const given = Object.fromEntries(Object.entries(props).filter(([, value]) => value !== undefined))
  return { ...DEFAULTS, ...given } as WorkerSettings
}

const anything = z.any().optional()
const wholeNumber = (min: number, max: number): z.ZodType =>
  option(
    `a whole number from ${min} to ${max}`,
    (value) => Number.isInteger(value) && Number(value) >= min && Number(value) <= max,
  )
const wholeSeconds = (min: Duration, max: Duration): z.ZodType =>
  option(`a duration of whole seconds, from '${min}' to '${max}'`, (value) => {
    if (!isDuration(value)) return false
    const ms = durationMs(value)
    return ms % 1_000 === 0 && ms >= durationMs(min) && ms <= durationMs(max)
  })
const given = (expected: string): z.ZodType =>
  z.custom((value) => typeof value === 'object' && value !== null, { error: expected })

const schema: z.ZodType = z.strictObject({
  config: given('what longshore.config.ts exports'),
  cluster: given('an ECS cluster'),
  image: given('an ecs.ContainerImage'),
  command: anything,
  cpu: wholeNumber(1, 196_608),
  memoryMiB: wholeNumber(6, 2_000_000),
  architecture: anything,
  environment: anything,
  secrets: anything,
  queues: anything,
  // SQS's limits (SetQueueAttributes), and one receipt's longest lease.
  maxReceiveCount: wholeNumber(1, 1_000),
  visibilityTimeout: wholeSeconds('1s', '12h'),
  handlerTimeout: wholeSeconds('1s', '12h'),
  // Fargate's limits; the instances of an EC2 cluster may have others.
  stopTimeout: wholeSeconds('2s', '120s'),
  healthPort: wholeNumber(1, 65_535),
  capacity: option(
    "'fargate', 'fargateSpot', { fargate: […] } or { ec2: […] }",
    (value) => value === 'fargate' || value === 'fargateSpot' || hasOnly(value, ['fargate', 'ec2']),
  ),
  publisher: option(
    "'lambda', 'workers', 'elsewhere' or { command, image }",
    (value) => ['lambda', 'workers', 'elsewhere'].includes(value as string) || hasOnly(value, ['command']),
  ),
  minHealthyPercent: wholeNumber(0, 100),
  maxHealthyPercent: wholeNumber(100, 1_000),
  vpcSubnets: anything,
  securityGroups: anything,
  assignPublicIp: anything,
  logRetention: anything,
  vcpuQuota: anything,
})

/** An object in which one of these holds a list of something. */
function hasOnly(value: unknown, keys: readonly string[]): boolean {
  if (typeof value !== 'object' || value === null) return false
  return keys.some((key) => {
    const list: unknown = Reflect.get(value, key)
    return Array.isArray(list) && list.length > 0
  })
}

/** All that is wrong with the props: the option, what it should be, what it is. */
export function propProblems(props: LongshoreWorkerProps): OptionProblem[] {
  return optionProblems(schema, props)
}
