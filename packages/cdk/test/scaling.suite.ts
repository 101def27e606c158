import { planFor, templateOf } from '@longshore/scaler'
import type { ServiceConfig } from '@longshore/scaler'
import { App, Stack, Token } from 'aws-cdk-lib/core'
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions'
import * as ecs from 'aws-cdk-lib/aws-ecs'
import { ApplicationLoadBalancer, ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2'
import { Queue } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LongshoreScaling } from '../src/index.js'
import { configs } from '../../scaler/test/arbitrary-config.js'
import { clusterOf, configWith, messageOf, newStack, serviceOf, vpcOf } from './stacks.js'

interface Resource {
  readonly Type: string
  readonly Properties: Readonly<Record<string, unknown>>
}

interface Resourceful {
  readonly Resources: Readonly<Record<string, Resource>>
}

/** Resources in an order of their own, and in the place of logical ids what they stand for. */
function normalized(resources: Readonly<Record<string, Resource>>): unknown[] {
  const meaning = (id: string): string => {
    const { Type, Properties } = resources[id] ?? { Type: id, Properties: {} }
    return JSON.stringify([Type, Properties.PolicyName, Properties.AlarmName])
  }
  const text = JSON.stringify(Object.values(resources), (key, value: unknown) =>
    key === 'Ref' ? meaning(String(value)) : value,
  )
    // The CDK writes instants without their milliseconds.
    .replaceAll('.000Z', 'Z')
  return (JSON.parse(text) as unknown[])
    .map((resource) => JSON.stringify(sorted(resource)))
    .toSorted()
    .map((resource) => JSON.parse(resource) as unknown)
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return Array.isArray(value) ? value.map(sorted) : value
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  )
}

/** A stack of its own that scales a service which is there already. */
function scaled(app: App, id: string, config: ServiceConfig): LongshoreScaling {
  const stack = new Stack(app, id)
  const service = ecs.FargateService.fromFargateServiceAttributes(stack, 'Service', {
    serviceName: config.service,
    cluster: clusterOf(stack, config.cluster),
  })
  return new LongshoreScaling(stack, 'Scaling', { config, service })
}

// The CDK has findings of its own.
const OURS = Match.stringLikeRegexp('@longshore/cdk')
const TARGET = 'AWS::ApplicationAutoScaling::ScalableTarget'

describe('scaling by a construct', () => {
  it('makes the resources of `longshore template`, for any configuration', () => {
    const app = new App()
    const all = fc.sample(configs, 30).map((config, index) => scaled(app, `Stack${index}`, config))
    const assembly = app.synth()
    for (const scaling of all) {
      const { artifactId } = Stack.of(scaling)
      const { Resources } = assembly.getStackArtifact(artifactId).template as Resourceful
      const template = templateOf([planFor(scaling.config)]) as unknown as Resourceful
      expect(normalized(Resources)).toEqual(normalized(template.Resources))
    }
  })

  it('refers to the service, its cluster and its queues rather than to their names', () => {
    const stack = newStack()
    const queue = new Queue(stack, 'Queue', { queueName: 'thumbnails' })
    const cluster = new ecs.Cluster(stack, 'Cluster', {
      clusterName: 'media',
      vpc: vpcOf(stack),
    }) as Construct as ecs.ICluster
    const service = serviceOf(stack, { serviceName: 'thumbnails', cluster })
    new LongshoreScaling(stack, 'Scaling', { config: configWith(), service, queues: { thumbnails: queue } })

    const template = Template.fromStack(stack)
    const Cluster = { Ref: Match.stringLikeRegexp('^Cluster') }
    const Service = { 'Fn::GetAtt': [Match.stringLikeRegexp('^Service'), 'Name'] }
    template.hasResourceProperties(TARGET, {
      ResourceId: { 'Fn::Join': ['', ['service/', Cluster, '/', Service]] },
    })
    template.hasResourceProperties('AWS::ApplicationAutoScaling::ScalingPolicy', {
      PolicyName: 'longshore-backlog-per-task',
      TargetTrackingScalingPolicyConfiguration: {
        CustomizedMetricSpecification: {
          Dimensions: [
            { Name: 'ClusterName', Value: Cluster },
            { Name: 'ServiceName', Value: Service },
          ],
        },
      },
    })
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: { 'Fn::Join': ['', ['longshore/', Cluster, '/', Service, '/fallback']] },
      Metrics: Match.arrayWith([
        Match.objectLike({
          MetricStat: {
            Metric: {
              Dimensions: [
                {
                  Name: 'QueueName',
                  Value: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Queue'), 'QueueName'] },
                },
              ],
            },
          },
        }),
      ]),
    })
  })

  it('leaves the number of tasks to scaling, and warns of a service that does not', () => {
    const stack = newStack()
    const service = serviceOf(stack)
    new LongshoreScaling(stack, 'Scaling', { config: configWith(), service })
    Template.fromStack(stack).hasResourceProperties('AWS::ECS::Service', { DesiredCount: Match.absent() })
    expect(warningsOf(stack)).toEqual([])

    const other = newStack()
    const fixed = serviceOf(other, { serviceName: 'thumbnails', desiredCount: 2 })
    new LongshoreScaling(other, 'Scaling', { config: configWith(), service: fixed })
    expect(warningsOf(other)).toEqual([expect.stringContaining('Leave it out')])
  })

  it('takes the label of a load balancer from a target group', () => {
    const stack = newStack()
    const targetGroup = new ApplicationTargetGroup(stack, 'Group', { vpc: vpcOf(stack), port: 80 })
    const balancer = new ApplicationLoadBalancer(stack, 'Balancer', { vpc: vpcOf(stack) })
    balancer.addListener('Listener', { port: 80, defaultTargetGroups: [targetGroup] })
    const resourceLabel = 'app/web/1/targetgroup/web/1'
    const config = configWith({
      policies: {
        requests: { target: 100, resourceLabel },
        predictive: { metric: 'requests', target: 100, resourceLabel },
      },
    })
    new LongshoreScaling(stack, 'Scaling', { config, service: serviceOf(stack), targetGroup })
    const text = JSON.stringify(
      Template.fromStack(stack).findResources('AWS::ApplicationAutoScaling::ScalingPolicy'),
    )
    expect(text).not.toContain(resourceLabel)
    expect(text.match(/"TargetGroupFullName"/g)).toHaveLength(2)
  })
})

describe('names that only the deployment knows', () => {
  it('are refused where the configuration’s are what is published under', () => {
    const stack = newStack()
    const queue = new Queue(stack, 'Queue')
    const service = serviceOf(stack, {})
    new LongshoreScaling(stack, 'Scaling', { config: configWith(), service, queues: { thumbnails: queue } })
    expect(messageOf(() => Template.fromStack(stack))).toContain(
      "Expected serviceName: 'thumbnails' for service, queueName: 'thumbnails' for queues.thumbnails, or a LongshorePublisher",
    )
  })

  it('are taken where nothing is published', () => {
    const stack = newStack()
    const service = serviceOf(stack, {})
    const config = configWith({ targetTracking: { metric: 'math' } })
    new LongshoreScaling(stack, 'Scaling', { config, service })
    Template.fromStack(stack).resourceCountIs(TARGET, 1)
  })
})

describe('what cannot be deployed', () => {
  it('is named with what was expected and what was found', () => {
    const stack = newStack({ env: { region: 'eu-west-1' } })
    const service = serviceOf(stack, { serviceName: 'other', cluster: clusterOf(stack, 'mail') })
    const queues = {
      thumbnails: new Queue(stack, 'Queue', { queueName: 'pictures' }),
      thumbs: new Queue(stack, 'Q'),
    }
    const config = configWith({ region: 'eu-central-1' })
    expect(messageOf(() => new LongshoreScaling(stack, 'Scaling', { config, service, queues }))).toBe(
      `LongshoreScaling Media/Scaling has 5 problems:
  service.cluster: expected one with clusterName 'media', as in the configuration, got 'mail'
  service: expected one with serviceName 'thumbnails', as in the configuration, got 'other'
  queues.thumbnails: expected one with queueName 'thumbnails', as in the configuration, got 'pictures'
  queues: expected only the configuration's own: thumbnails, got 'thumbs'
  config.region: expected 'eu-west-1', the stack's region, got 'eu-central-1'`,
    )
  })

  it('is a configuration with tokens, which cannot be computed with', () => {
    const stack = newStack()
    const queue = new Queue(stack, 'Queue')
    const config: ServiceConfig = {
      cluster: 'media',
      service: 'thumbnails',
      queue: queue.queueName,
      tasks: { min: 0, max: Token.asNumber({ Ref: 'Most' }), concurrency: 20 },
      handling: { mean: '400ms' },
      objective: { wait: { p99: '10m' } },
    }
    const message = messageOf(
      () => new LongshoreScaling(stack, 'Scaling', { config, service: serviceOf(stack) }),
    )
    expect(message).toMatch(
      /queue: expected a name; the queue itself goes into `queues` of the construct.*got a CDK token/,
    )
    expect(message).toMatch(
      /tasks.max: expected a value that is known when the app is synthesised.*got a CDK token/,
    )
  })

  it('is what the linter calls a problem; its notes are warnings', () => {
    const stack = newStack()
    const queue = new Queue(stack, 'Queue', { queueName: 'thumbnails' })
    const config = configWith({
      handling: { mean: '20s' },
      fallback: false,
      schedules: [{ name: 'mornings', when: 'cron(0 8 ? * * *)', min: 5 }],
    })
    new LongshoreScaling(stack, 'Scaling', {
      config,
      service: serviceOf(stack),
      queues: { thumbnails: queue },
      task: { cpuUnits: 1_024, stopTimeoutSeconds: 30 },
      vcpuQuota: 10,
    })
    const annotations = Annotations.fromStack(stack)
    const found = [...annotations.findError('*', OURS), ...annotations.findWarning('*', OURS)].map(
      ({ entry }) => /@longshore\/cdk:([\w-]+)/.exec(entry.data as string)?.[1] ?? '',
    )
    expect(found.toSorted((one, other) => one.localeCompare(other))).toEqual([
      'fallback-off',
      'max-beyond-quota',
      'minimum-stays-raised',
      'stop-timeout-short',
      'visibility-short',
    ])
  })
})

function warningsOf(stack: Stack): string[] {
  return Annotations.fromStack(stack)
    .findWarning('*', OURS)
    .map(({ entry }) => entry.data as string)
}
