import type { Service } from '../../config/service.js'
import { queueNameOf } from '../metrics.js'
import type { Plan } from '../plan.js'
import type { QueuePlace } from './keda.js'

/** One statement of an IAM policy. */
export interface Statement {
  readonly Sid: string
  readonly Effect: 'Allow'
  readonly Action: readonly string[]
  readonly Resource: string | readonly string[]
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>
}

/** An IAM policy document, as PutRolePolicy takes it. */
export interface PolicyDocument {
  readonly Version: '2012-10-17'
  readonly Statement: readonly Statement[]
}

/** Who calls AWS: the tasks themselves, what publishes, the controller strategy's loop, and who plans and applies. */
export type Role = 'worker' | 'publisher' | 'controller' | 'deployer'
export const ROLES: readonly Role[] = ['worker', 'publisher', 'controller', 'deployer']

/** What the statements are about, beside the plan. */
export interface PermissionScope extends QueuePlace {
  /** Names of dead-letter queues, for a worker that dead-letters messages itself and looks at them when it starts. */
  readonly deadLetterQueues?: readonly string[] | undefined
  /** ARN of the key of queues encrypted with a key of your own. */
  readonly keyArn?: string | undefined
  /** Name of the DynamoDB table in which publishers hold their lease: `dynamoDbLease`. */
  readonly leaseTable?: string | undefined
  /** The workers publish themselves, and elect who does. Default false: what publishes has a role of its own. */
  readonly publishesInWorkers?: boolean | undefined
  /** What ARNs begin with: `aws`, or a reference to it. Default: the region's. */
  readonly partition?: string | undefined
  /** ARNs of the service's queues, in its order, in place of those made of their names: for references to resources. */
  readonly queueArns?: readonly string[] | undefined
  /** The same for `deadLetterQueues`. */
  readonly deadLetterQueueArns?: readonly string[] | undefined
}

/** What each role must be allowed, and nothing more. Roles that a configuration does not need have no statement. */
export function permissionsOf(
  service: Service,
  plan: Plan,
  scope: PermissionScope,
): Record<Role, PolicyDocument> {
  const at = { service, plan, scope, arns: arnsOf(service, scope) }
  const isController = service.strategy.kind === 'controller'
  const isPublished = plan.publishes.length > 0
  const publishing = [
    ...(isPublished ? publisherStatements(at) : []),
    ...(isController ? controllerStatements(at) : []),
    ...(scope.leaseTable === undefined ? [] : [leaseStatement(at, scope.leaseTable)]),
  ]
  const inWorkers = scope.publishesInWorkers === true
  return {
    worker: documentOf([
      ...workerStatements(at),
      ...(inWorkers ? [...publishing, ...electionStatements(at)] : []),
    ]),
    publisher: documentOf(isController || inWorkers ? [] : publishing),
    controller: documentOf(isController && !inWorkers ? publishing : []),
    deployer: documentOf(deployerStatements(at)),
  }
}

interface At {
  readonly service: Service
  readonly plan: Plan
  readonly scope: PermissionScope
  readonly arns: Arns
}

function documentOf(statements: readonly Statement[]): PolicyDocument {
  return { Version: '2012-10-17', Statement: statements }
}

interface Arns {
  readonly queues: readonly string[]
  readonly deadLetterQueues: readonly string[]
  readonly service: string
  readonly cluster: string
  readonly tasks: string
  readonly target: string
  readonly ownAlarms: string
  readonly trackingAlarms: string
  readonly linkedRole: string
  readonly table: (name: string) => string
}

function arnsOf({ cluster, service, queues }: Service, scope: PermissionScope): Arns {
  const { region, accountId, deadLetterQueues = [], partition = partitionOf(region) } = scope
  const arn = (awsService: string, resource: string): string =>
    `arn:${partition}:${awsService}:${region}:${accountId}:${resource}`
  const queueArn = (queue: string): string => arn('sqs', queueNameOf(queue))
  return {
    queues: scope.queueArns ?? queues.map(({ name }) => queueArn(name)),
    deadLetterQueues: scope.deadLetterQueueArns ?? deadLetterQueues.map(queueArn),
    service: arn('ecs', `service/${cluster}/${service}`),
    cluster: arn('ecs', `cluster/${cluster}`),
    tasks: arn('ecs', `task/${cluster}/*`),
    target: arn('application-autoscaling', 'scalable-target/*'),
    ownAlarms: arn('cloudwatch', `alarm:longshore/${cluster}/${service}/*`),
    trackingAlarms: arn('cloudwatch', `alarm:TargetTracking-service/${cluster}/${service}-*`),
    table: (name) => arn('dynamodb', `table/${name}`),
    linkedRole: `arn:${partition}:iam::${accountId}:role/aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService`,
  }
}

function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn'
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws'
}

function workerStatements({ service, scope, arns }: At): Statement[] {
  const { deadLetterQueues, tasks } = arns
  const receive = [
    'sqs:ReceiveMessage',
    'sqs:DeleteMessage',
    'sqs:ChangeMessageVisibility',
    'sqs:GetQueueAttributes',
  ]
  return [
    allow('HandleMessages', [...receive, ...urlAction(service)], arns.queues),
    ...(deadLetterQueues.length === 0
      ? []
      : [
          allow(
            'KeepDeadLetters',
            ['sqs:SendMessage', 'sqs:GetQueueAttributes', 'sqs:GetQueueUrl'],
            deadLetterQueues,
          ),
        ]),
    // What the agent calls for the task, with the task's role.
    allow('ProtectItself', ['ecs:UpdateTaskProtection'], tasks),
    ...(scope.keyArn === undefined
      ? []
      : [
          allow(
            'ReadEncryptedMessages',
            // Only a copy to a dead-letter queue is encrypted anew.
            deadLetterQueues.length === 0 ? ['kms:Decrypt'] : ['kms:Decrypt', 'kms:GenerateDataKey'],
            scope.keyArn,
          ),
        ]),
  ]
}

function publisherStatements({ service, arns }: At): Statement[] {
  const readsMetrics = service.handling.measured !== false || service.queues.some((queue) => queue.isFair)
  return [
    allow('CountMessages', ['sqs:GetQueueAttributes', ...urlAction(service)], arns.queues),
    allow('CountTasks', ['ecs:DescribeServices'], arns.service),
    {
      ...allow('PublishMetrics', ['cloudwatch:PutMetricData'], '*'),
      Condition: { StringEquals: { 'cloudwatch:namespace': service.metric.namespace } },
    },
    // GetMetricData knows no resources.
    ...(readsMetrics ? [allow('ReadMetrics', ['cloudwatch:GetMetricData'], '*')] : []),
  ]
}

/** The item's key is the user's own. */
function leaseStatement({ arns }: At, table: string): Statement {
  return allow('HoldTheLease', ['dynamodb:PutItem', 'dynamodb:DeleteItem'], arns.table(table))
}

function electionStatements({ arns }: At): Statement[] {
  return [listTasks(arns), allow('SeeWhoRuns', ['ecs:DescribeTasks'], arns.tasks)]
}

// ListTasks knows container instances as its resources, which Fargate has none of: the cluster is what narrows it.
function listTasks({ cluster }: Arns): Statement {
  return {
    ...allow('ListTasks', ['ecs:ListTasks'], '*'),
    Condition: { ArnEquals: { 'ecs:cluster': cluster } },
  }
}

function controllerStatements({ service: { strategy }, arns }: At): Statement[] {
  const setsMin = strategy.kind === 'controller' && strategy.sets === 'min'
  return [
    allow('ReadBounds', ['application-autoscaling:DescribeScalableTargets'], '*'),
    setsMin
      ? onTarget('MoveTheMinimum', ['application-autoscaling:RegisterScalableTarget'], arns.target)
      : allow('SetTheDesiredCount', ['ecs:UpdateService'], arns.service),
  ]
}

// Reading knows no resources, or is of names that are not known before.
const READS = [
  'application-autoscaling:DescribeScalableTargets',
  'application-autoscaling:DescribeScalingPolicies',
  'application-autoscaling:DescribeScheduledActions',
  'application-autoscaling:DescribeScalingActivities',
  'cloudwatch:DescribeAlarms',
  'ecs:DescribeTaskDefinition',
]
const CHANGES = [
  'application-autoscaling:RegisterScalableTarget',
  'application-autoscaling:DeregisterScalableTarget',
  'application-autoscaling:PutScalingPolicy',
  'application-autoscaling:DeleteScalingPolicy',
  'application-autoscaling:PutScheduledAction',
  'application-autoscaling:DeleteScheduledAction',
]

function deployerStatements({ service, plan, arns }: At): Statement[] {
  return [
    allow('ReadScaling', READS, '*'),
    onTarget('ChangeScaling', CHANGES, arns.target),
    allow(
      'TagScaling',
      ['application-autoscaling:TagResource', 'application-autoscaling:ListTagsForResource'],
      arns.target,
    ),
    allow(
      'ChangeOwnAlarms',
      [
        'cloudwatch:PutMetricAlarm',
        'cloudwatch:DeleteAlarms',
        'cloudwatch:TagResource',
        'cloudwatch:ListTagsForResource',
      ],
      arns.ownAlarms,
    ),
    // Application Auto Scaling makes these in the caller's name, and asks whether the caller may.
    allow(
      'LetTargetTrackingKeepAlarms',
      ['cloudwatch:PutMetricAlarm', 'cloudwatch:DeleteAlarms'],
      arns.trackingAlarms,
    ),
    allow('ScaleTheService', ['ecs:DescribeServices', 'ecs:UpdateService'], arns.service),
    // Status tells whose protection keeps tasks from going.
    listTasks(arns),
    allow('SeeWhoIsProtected', ['ecs:GetTaskProtection'], arns.tasks),
    allow('CountMessages', ['sqs:GetQueueAttributes', ...urlAction(service)], arns.queues),
    // Whether the cluster counts its tasks, which metric math divides by.
    ...(service.strategy.kind === 'targetTracking' && service.strategy.metric === 'math'
      ? [allow('ReadTheCluster', ['ecs:DescribeClusters'], arns.cluster)]
      : []),
    ...(plan.policies.some(({ kind }) => kind === 'predictive')
      ? [allow('CheckTheForecastsMetrics', ['cloudwatch:GetMetricData'], '*')]
      : []),
    {
      ...allow('MakeTheServiceLinkedRole', ['iam:CreateServiceLinkedRole'], arns.linkedRole),
      Condition: { StringEquals: { 'iam:AWSServiceName': 'ecs.application-autoscaling.amazonaws.com' } },
    },
  ]
}

function allow(Sid: string, Action: readonly string[], Resource: Statement['Resource']): Statement {
  return { Sid, Effect: 'Allow', Action, Resource }
}

/** A target's id is not known before it is registered: what narrows it is what it scales. */
function onTarget(Sid: string, Action: readonly string[], Resource: string): Statement {
  return {
    ...allow(Sid, Action, Resource),
    Condition: {
      StringEquals: {
        'application-autoscaling:service-namespace': 'ecs',
        'application-autoscaling:scalable-dimension': 'ecs:service:DesiredCount',
      },
    },
  }
}

/** A queue known by its name has its URL looked up. */
function urlAction({ queues }: Service): string[] {
  return queues.some(({ name }) => !name.includes('/')) ? ['sqs:GetQueueUrl'] : []
}
