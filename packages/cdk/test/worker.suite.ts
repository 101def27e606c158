import { ROLES } from '@longshore/scaler'
import type { ServiceConfig } from '@longshore/scaler'
import type { Stack } from 'aws-cdk-lib/core'
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions'
import * as ecs from 'aws-cdk-lib/aws-ecs'
import { Queue } from 'aws-cdk-lib/aws-sqs'
import { describe, expect, it } from 'vitest'
import { LongshoreWorker } from '../src/index.js'
import type { LongshoreWorkerProps } from '../src/index.js'
import { clusterOf, configWith, messageOf, newStack } from './stacks.js'

const image = ecs.ContainerImage.fromRegistry('thumbnails:1')

interface Deployed {
  readonly stack: Stack
  readonly worker: LongshoreWorker
  readonly template: Template
}

function deploy(
  props: Partial<LongshoreWorkerProps> = {},
  config: Partial<ServiceConfig> = {},
  stack: Stack = newStack(),
): Deployed {
  const worker = new LongshoreWorker(stack, 'Worker', {
    config: configWith(config),
    cluster: clusterOf(stack),
    image,
    ...props,
  })
  return { stack, worker, template: Template.fromStack(stack) }
}

function findingsOf(stack: Stack): string[] {
  const annotations = Annotations.fromStack(stack)
  const ours = Match.stringLikeRegexp('@longshore/cdk')
  return [...annotations.findError('*', ours), ...annotations.findWarning('*', ours)].map(
    ({ entry }) => /@longshore\/cdk:([\w-]+)/.exec(entry.data as string)?.[1] ?? '',
  )
}

describe('a worker', () => {
  const { template, worker, stack } = deploy()

  it('has no findings as it comes', () => {
    expect(findingsOf(stack)).toEqual([])
  })

  it('has a queue whose failures are kept for a fortnight', () => {
    template.hasResourceProperties('AWS::SQS::Queue', {
      QueueName: 'thumbnails',
      VisibilityTimeout: 60,
      RedrivePolicy: { maxReceiveCount: 5 },
    })
    template.hasResourceProperties('AWS::SQS::Queue', {
      QueueName: 'thumbnails-dead',
      MessageRetentionPeriod: 1_209_600,
    })
    template.resourceCountIs('AWS::SQS::Queue', 2)
  })

  it('has a service that deployments leave at the size that scaling has set', () => {
    template.hasResourceProperties('AWS::ECS::Service', {
      ServiceName: 'thumbnails',
      DesiredCount: Match.absent(),
      DeploymentConfiguration: {
        MinimumHealthyPercent: 100,
        MaximumPercent: 200,
        DeploymentCircuitBreaker: { Enable: true, Rollback: true },
      },
    })
  })

  it('has a task that knows its queue and how long it has to stop, with a log that ends', () => {
    template.hasResourceProperties('AWS::ECS::TaskDefinition', {
      ContainerDefinitions: [
        Match.objectLike({
          Image: 'thumbnails:1',
          StopTimeout: 30,
          Environment: [
            { Name: 'QUEUE_URL', Value: { Ref: Match.stringLikeRegexp('thumbnails') } },
            { Name: 'STOP_TIMEOUT', Value: '30s' },
          ],
        }),
      ],
    })
    template.hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 30 })
  })

  it('may do what `longshore iam` writes for the role worker, on its own queues', () => {
    const [policy] = statementsOf(template, worker.taskDefinition.taskRole.node.id)
    expect(policy?.map(({ Sid }) => Sid)).toEqual(['HandleMessages', 'KeepDeadLetters', 'ProtectItself'])
    expect(policy?.[0]?.Resource).toEqual({
      'Fn::GetAtt': [expect.stringContaining('thumbnailsQueue'), 'Arn'],
    })
    expect(JSON.stringify(policy?.[2]?.Resource)).toContain('task/media/*')
  })

  it('is published for by a function once a minute, alone, without a second try', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      Timeout: 60,
      ReservedConcurrentExecutions: 1,
      Environment: { Variables: { LONGSHORE_SERVICES: Match.anyValue() } },
    })
    template.hasResourceProperties('AWS::Events::Rule', {
      ScheduleExpression: 'rate(1 minute)',
      Targets: [Match.objectLike({ RetryPolicy: { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 } })],
    })
    template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', { MaximumRetryAttempts: 0 })
  })

  it('has alarms on dead letters and on the publisher, for actions of your own', () => {
    expect(worker.alarms).toHaveLength(2)
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Namespace: 'AWS/SQS',
      Dimensions: [
        { Name: 'QueueName', Value: { 'Fn::GetAtt': [Match.stringLikeRegexp('DeadLetters'), 'QueueName'] } },
      ],
      Threshold: 1,
    })
  })
})

interface Statement {
  readonly Sid?: string
  readonly Resource: unknown
}

/** The statements of the policies whose logical ids hold this. */
function statementsOf(template: Template, part: string): Statement[][] {
  return Object.entries(template.findResources('AWS::IAM::Policy'))
    .filter(([id]) => id.includes(part))
    .map(
      ([, { Properties }]) =>
        (Properties as { PolicyDocument: { Statement: Statement[] } }).PolicyDocument.Statement,
    )
}

describe('what a worker can be given', () => {
  it('queues that are there, FIFO queues, and a variable for each of several', () => {
    const stack = newStack()
    const mails = new Queue(stack, 'Mails', { queueName: 'mails' })
    const { template, worker } = deploy(
      { queues: { mails }, publisher: 'elsewhere' },
      { queue: undefined, queues: [{ name: 'orders.fifo' }, { name: 'mails' }] },
      stack,
    )
    template.hasResourceProperties('AWS::SQS::Queue', {
      QueueName: 'orders.fifo',
      FifoQueue: true,
      FifoThroughputLimit: 'perMessageGroupId',
    })
    template.hasResourceProperties('AWS::SQS::Queue', { QueueName: 'orders-dead.fifo', FifoQueue: true })
    expect(Object.keys(worker.queues)).toEqual(['orders.fifo', 'mails'])
    expect(JSON.stringify(template.findResources('AWS::ECS::TaskDefinition'))).toMatch(
      /QUEUE_URL_ORDERS_FIFO.*QUEUE_URL_MAILS/,
    )
    expect(findingsOf(stack)).toEqual(['dead-letters-none'])
    template.resourceCountIs('AWS::Lambda::Function', 0)
  })

  it('Fargate Spot for what is beyond the fewest tasks', () => {
    const { template } = deploy({ capacity: 'fargateSpot' }, { tasks: { min: 2, max: 40, concurrency: 20 } })
    template.hasResourceProperties('AWS::ECS::Service', {
      CapacityProviderStrategy: [
        { CapacityProvider: 'FARGATE', Base: 2, Weight: 0 },
        { CapacityProvider: 'FARGATE_SPOT', Weight: 1 },
      ],
      LaunchType: Match.absent(),
    })
  })

  it('a capacity provider of EC2 instances, and metrics of 20 seconds where policies follow them', () => {
    const { template } = deploy(
      { capacity: { ec2: [{ capacityProvider: 'instances', weight: 1 }] } },
      { policies: { cpu: { target: 70, highResolution: true } } },
    )
    template.hasResourceProperties('AWS::ECS::TaskDefinition', { RequiresCompatibilities: ['EC2'] })
    template.hasResourceProperties('AWS::ECS::Service', {
      CapacityProviderStrategy: [{ CapacityProvider: 'instances', Weight: 1 }],
      Monitoring: { MetricConfigurations: [{ MetricNames: ['CPUUtilization'], ResolutionSeconds: 20 }] },
    })
  })

  it('a health check on the worker’s own port', () => {
    const { template } = deploy({ healthPort: 8080 })
    const text = JSON.stringify(template.findResources('AWS::ECS::TaskDefinition'))
    expect(text).toContain('http://127.0.0.1:8080/live')
  })

  it('itself as the publisher, without a circle between the service and its role', () => {
    const { template, worker } = deploy({ publisher: 'workers' })
    const [policy] = statementsOf(template, worker.taskDefinition.taskRole.node.id)
    expect(policy?.map(({ Sid }) => Sid)).toEqual(
      expect.arrayContaining(['PublishMetrics', 'CountTasks', 'ListTasks', 'SeeWhoRuns']),
    )
    template.resourceCountIs('AWS::Lambda::Function', 0)
  })

  it('a publisher of its own command, of which there are never two', () => {
    const { template } = deploy({
      publisher: { command: ['node_modules/.bin/longshore', 'publish'] },
      architecture: ecs.CpuArchitecture.ARM64,
    })
    const tasks = template.findResources('AWS::ECS::TaskDefinition', {
      Properties: { RuntimePlatform: { CpuArchitecture: 'ARM64', OperatingSystemFamily: 'LINUX' } },
    })
    expect(Object.keys(tasks)).toHaveLength(2)
    template.hasResourceProperties('AWS::ECS::Service', {
      ServiceName: Match.absent(),
      DesiredCount: 1,
      DeploymentConfiguration: { MinimumHealthyPercent: 0, MaximumPercent: 100 },
    })
  })

  it('nothing to publish from, where nothing is published', () => {
    const { template, worker } = deploy({}, { targetTracking: { metric: 'math' } })
    template.resourceCountIs('AWS::Lambda::Function', 0)
    expect(worker.publisher).toBeUndefined()
  })

  it('the permissions of a controller, for what publishes', () => {
    const { template } = deploy({}, { strategy: 'controller' })
    expect(ROLES).toContain('controller')
    const [policy] = statementsOf(template, 'PublisherFunction')
    expect(policy?.map(({ Sid }) => Sid)).toContain('SetTheDesiredCount')
  })
})

describe('a worker that would fail', () => {
  it('is refused with every problem of its props, and what was meant', () => {
    const props = {
      cpus: 256,
      stopTimeout: '5m',
      visibilityTimeout: '1.5s',
      healthPort: 0,
      capacity: 'spot',
      publisher: { image },
    } as unknown as Partial<LongshoreWorkerProps>
    expect(messageOf(() => deploy(props))).toBe(
      `LongshoreWorker Media/Worker has 6 problems:
  visibilityTimeout: expected a duration of whole seconds, from '1s' to '12h', got "1.5s"
  stopTimeout: expected a duration of whole seconds, from '2s' to '120s', got "5m"
  healthPort: expected a whole number from 1 to 65535, got 0
  capacity: expected 'fargate', 'fargateSpot', { fargate: […] } or { ec2: […] }, got "spot"
  publisher: expected 'lambda', 'workers', 'elsewhere' or { command, image }, got an object
  cpus: expected a known option, got an unknown option; did you mean cpu?`,
    )
  })

  it('is refused where at zero nobody would wake it, and where a foreign queue is known by its URL alone', () => {
    const queue = 'https://sqs.eu-west-1.amazonaws.com/123456789012/thumbnails'
    const message = messageOf(() => deploy({ publisher: 'workers' }, { fallback: false, queue }))
    expect(message).toMatch(/queues: expected the queue 'https:.*: one that has a URL is there already/)
    expect(message).toMatch(/publisher: expected 'lambda', or the fallback.*got 'workers'/)
  })

  it('is refused where the cluster has another name, or one that a publisher cannot know', () => {
    const stack = newStack()
    expect(messageOf(() => deploy({ cluster: clusterOf(stack, 'mail') }, {}, stack))).toMatch(
      /service.cluster: expected one with clusterName 'media'.*got 'mail'/,
    )
  })

  it('is told of by errors: signals, visibility, receives and stops that cost messages', () => {
    const { stack } = deploy(
      {
        command: ['npm', 'start'],
        visibilityTimeout: '5s',
        handlerTimeout: '12h',
        maxReceiveCount: 1,
        stopTimeout: '10s',
      },
      { handling: { mean: '10s' } },
    )
    expect(findingsOf(stack).toSorted((one, other) => one.localeCompare(other))).toEqual([
      'dead-letters-early',
      'deadline-past-lease',
      'signals-swallowed',
      'stop-timeout-short',
      'visibility-short',
    ])
    const { stack: slow } = deploy({ visibilityTimeout: '2h', handlerTimeout: '1h' })
    expect(findingsOf(slow)).toEqual(['visibility-long'])
  })
})
