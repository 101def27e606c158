import {
  DescribeScalableTargetsCommand,
  DescribeScalingActivitiesCommand,
  paginateDescribeScalingPolicies,
  PutScalingPolicyCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling'
import type { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling'
import { readActivity, readPolicy, readTarget } from './autoscaling-answers.js'
import type { Calls } from './calls.js'
import type { Aws, LivePolicy } from './port.js'

const ECS_SERVICE = { ServiceNamespace: 'ecs', ScalableDimension: 'ecs:service:DesiredCount' } as const

type AutoscalingCalls = Pick<
  Aws,
  'scalableTarget' | 'scalingPolicies' | 'scalingActivities' | 'registerScalableTarget' | 'putScalingPolicy'
>

/** Application Auto Scaling's part of {@link Aws}. */
export function autoscalingCalls(client: ApplicationAutoScalingClient, calls: Calls): AutoscalingCalls {
  return { ...readingCalls(client, calls), ...changingCalls(client, calls) }
}

function readingCalls(
  client: ApplicationAutoScalingClient,
  calls: Calls,
): Pick<Aws, 'scalableTarget' | 'scalingPolicies' | 'scalingActivities'> {
  return {
    async scalableTarget(resourceId, signal) {
      const command = new DescribeScalableTargetsCommand({ ...ECS_SERVICE, ResourceIds: [resourceId] })
      const { ScalableTargets = [] } = await calls.run(
        site('DescribeScalableTargets', resourceId),
        (abortSignal) => client.send(command, { abortSignal }),
        signal,
      )
      const found = ScalableTargets.find(({ ResourceId }) => ResourceId === resourceId)
      return found === undefined ? null : readTarget(found)
    },

    async scalingPolicies(resourceId, signal) {
      const readAll = async (abortSignal: AbortSignal): Promise<LivePolicy[]> => {
        const input = { ...ECS_SERVICE, ResourceId: resourceId }
        const policies: LivePolicy[] = []
        for await (const page of paginateDescribeScalingPolicies({ client }, input, { abortSignal })) {
          policies.push(...(page.ScalingPolicies ?? []).map(readPolicy))
        }
        return policies
      }
      return calls.run(site('DescribeScalingPolicies', resourceId), readAll, signal)
    },

    async scalingActivities(resourceId, signal) {
      const command = new DescribeScalingActivitiesCommand({
        ...ECS_SERVICE,
        ResourceId: resourceId,
        IncludeNotScaledActivities: true,
        MaxResults: 10,
      })
      const { ScalingActivities = [] } = await calls.run(
        site('DescribeScalingActivities', resourceId),
        (abortSignal) => client.send(command, { abortSignal }),
        signal,
      )
      return ScalingActivities.map(readActivity)
    },
  }
}

function changingCalls(
  client: ApplicationAutoScalingClient,
  calls: Calls,
): Pick<Aws, 'registerScalableTarget' | 'putScalingPolicy'> {
  return {
    async registerScalableTarget({ resourceId, minCapacity, maxCapacity }, signal) {
      const command = new RegisterScalableTargetCommand({
        ...ECS_SERVICE,
        ResourceId: resourceId,
        MinCapacity: minCapacity,
        MaxCapacity: maxCapacity,
      })
      await calls.run(
        site('RegisterScalableTarget', resourceId),
        (abortSignal) => client.send(command, { abortSignal }),
        signal,
      )
    },

    async putScalingPolicy(policy, signal) {
      const command = new PutScalingPolicyCommand({
        ...ECS_SERVICE,
        ResourceId: policy.resourceId,
        PolicyName: policy.name,
        PolicyType: 'TargetTrackingScaling',
        TargetTrackingScalingPolicyConfiguration: {
          TargetValue: policy.targetValue,
          ScaleOutCooldown: policy.scaleOutCooldownSeconds,
          ScaleInCooldown: policy.scaleInCooldownSeconds,
          DisableScaleIn: policy.disableScaleIn,
          CustomizedMetricSpecification: {
            Namespace: policy.metric.namespace,
            MetricName: policy.metric.name,
            Dimensions: Object.entries(policy.metric.dimensions).map(([Name, Value]) => ({ Name, Value })),
            Statistic: 'Average',
          },
        },
      })
      await calls.run(
        site('PutScalingPolicy', policy.resourceId),
        (abortSignal) => client.send(command, { abortSignal }),
        signal,
      )
    },
  }
}

function site(operation: string, resourceId: string): { action: string; subject: string } {
  return { action: `application-autoscaling:${operation}`, subject: resourceId }
}
