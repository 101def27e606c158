// A stack's resources, made by the calls that CloudFormation makes of them: `longshore plan` finds nothing to change.
import {
  ApplicationAutoScalingClient,
  PutScalingPolicyCommand,
  PutScheduledActionCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling'
import type {
  PutScalingPolicyCommandInput,
  PutScheduledActionCommandInput,
  RegisterScalableTargetCommandInput,
} from '@aws-sdk/client-application-auto-scaling'
import { CloudWatchClient, PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch'
import type { PutMetricAlarmCommandInput } from '@aws-sdk/client-cloudwatch'
import { startLocalAws } from '@longshore/local'
import { connectAws, proposeChanges } from '@longshore/scaler'
import type { Service, ServiceConfig } from '@longshore/scaler'
import { Template } from 'aws-cdk-lib/assertions'
import * as ecs from 'aws-cdk-lib/aws-ecs'
import { expect, it, onTestFinished } from 'vitest'
import { LongshoreScaling } from '../src/index.js'
import { createQueueAndService, placeOf } from './local-service.js'
import { clusterOf, configWith, newStack } from './stacks.js'

const SERVICE = { ServiceNamespace: 'ecs', ScalableDimension: 'ecs:service:DesiredCount' } as const
const ResourceId = 'service/media/thumbnails'

interface Resource {
  readonly Type: string
  readonly Properties: Readonly<Record<string, unknown>>
}

function resourcesOf(config: Service): { resources: [string, Resource][]; scaling: LongshoreScaling } {
  const stack = newStack()
  const attributes = { serviceName: config.service, cluster: clusterOf(stack) }
  const service = ecs.FargateService.fromFargateServiceAttributes(stack, 'Service', attributes)
  const scaling = new LongshoreScaling(stack, 'Scaling', { config, service })
  const { Resources } = Template.fromStack(stack).toJSON() as { Resources: Record<string, Resource> }
  return { resources: Object.entries(Resources), scaling }
}

const CONFIGS: Readonly<Record<string, Partial<ServiceConfig>>> = {
  'target tracking, with schedules and a policy on memory': {
    policies: { memory: { target: 80 } },
    schedules: [
      { name: 'mornings', when: 'cron(0 8 ? * MON-FRI *)', timezone: 'Europe/Berlin', min: 5 },
      { name: 'evenings', when: 'cron(0 20 ? * MON-FRI *)', timezone: 'Europe/Berlin', min: 0 },
    ],
    suspended: { scaleIn: true },
  },
  'a ladder': { strategy: 'ladder' },
}

it.each(Object.entries(CONFIGS))('deploys what apply would make: %s', async (_name, changes) => {
  const local = await startLocalAws()
  onTestFinished(() => local.close())
  await createQueueAndService(local)
  const autoscaling = new ApplicationAutoScalingClient(placeOf(local))
  const cloudwatch = new CloudWatchClient(placeOf(local))
  onTestFinished(() => [autoscaling, cloudwatch].forEach((client) => client.destroy()))

  const config = configWith(changes)
  const { resources, scaling } = resourcesOf(config)
  const arns = new Map<string, string>()
  for (const [id, { Type, Properties }] of resources) {
    if (Type === 'AWS::ApplicationAutoScaling::ScalableTarget') {
      const { ScheduledActions = [], ...target } = Properties
      // The tag is what CloudFormation has no place for.
      const input = { ...target, Tags: scaling.plan.tags } as unknown as RegisterScalableTargetCommandInput
      await autoscaling.send(new RegisterScalableTargetCommand(input))
      for (const action of ScheduledActions as object[]) {
        const scheduled = { ...SERVICE, ResourceId, ...action } as PutScheduledActionCommandInput
        await autoscaling.send(new PutScheduledActionCommand(scheduled))
      }
    } else if (Type === 'AWS::ApplicationAutoScaling::ScalingPolicy') {
      const { ScalingTargetId: _, ...policy } = Properties
      const input = { ...SERVICE, ResourceId, ...policy } as unknown as PutScalingPolicyCommandInput
      arns.set(id, (await autoscaling.send(new PutScalingPolicyCommand(input))).PolicyARN ?? '')
    }
  }
  for (const [, { Type, Properties }] of resources) {
    if (Type !== 'AWS::CloudWatch::Alarm') continue
    const AlarmActions = (Properties.AlarmActions as { Ref: string }[]).map(({ Ref }) => arns.get(Ref) ?? '')
    const input = { ...Properties, AlarmActions } as unknown as PutMetricAlarmCommandInput
    await cloudwatch.send(new PutMetricAlarmCommand(input))
  }

  const aws = connectAws({ endpoint: local.endpoint })
  onTestFinished(() => aws.close())
  expect((await proposeChanges(config, aws)).changes).toEqual([])
})
