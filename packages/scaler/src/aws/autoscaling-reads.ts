import {
  DescribeScalableTargetsCommand,
  DescribeScalingActivitiesCommand,
  ListTagsForResourceCommand,
  paginateDescribeScalingPolicies,
  paginateDescribeScheduledActions,
} from '@aws-sdk/client-application-auto-scaling'
import type { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling'
import type { LivePolicy, LiveScheduledAction } from '../plan/live.js'
import { readActivity, readPolicy, readScheduledAction, readTarget } from './autoscaling-answers.js'
import { autoscalingSite, ECS_SERVICE } from './autoscaling-site.js'
import type { Calls } from './calls.js'
import type { ReadingCalls } from './port.js'

type AutoscalingReads = Pick<
  ReadingCalls,
  'scalableTarget' | 'scalableTargetTags' | 'scalingPolicies' | 'scheduledActions' | 'scalingActivities'
>

export function readingCalls(client: ApplicationAutoScalingClient, calls: Calls): AutoscalingReads {
  return {
    async scalableTarget(resourceId, signal) {
      const command = new DescribeScalableTargetsCommand({ ...ECS_SERVICE, ResourceIds: [resourceId] })
      const { ScalableTargets = [] } = await calls.run(
        autoscalingSite('DescribeScalableTargets', resourceId),
        (abortSignal) => client.send(command, { abortSignal }),
        signal,
      )
      const found = ScalableTargets.find(({ ResourceId }) => ResourceId === resourceId)
      return found === undefined ? null : readTarget(found)
    },

    async scalableTargetTags(arn, signal) {
      const command = new ListTagsForResourceCommand({ ResourceARN: arn })
      const { Tags = {} } = await calls.run(
        autoscalingSite('ListTagsForResource', arn),
        (abortSignal) => client.send(command, { abortSignal }),
        signal,
      )
      return Tags
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
      return calls.run(autoscalingSite('DescribeScalingPolicies', resourceId), readAll, signal)
    },

    async scheduledActions(resourceId, signal) {
      const readAll = async (abortSignal: AbortSignal): Promise<LiveScheduledAction[]> => {
        const input = { ...ECS_SERVICE, ResourceId: resourceId }
        const actions: LiveScheduledAction[] = []
        for await (const page of paginateDescribeScheduledActions({ client }, input, { abortSignal })) {
          actions.push(...(page.ScheduledActions ?? []).map(readScheduledAction))
        }
        return actions
      }
      return calls.run(autoscalingSite('DescribeScheduledActions', resourceId), readAll, signal)
    },

    async scalingActivities(resourceId, signal) {
      const command = new DescribeScalingActivitiesCommand({
        ...ECS_SERVICE,
        ResourceId: resourceId,
        IncludeNotScaledActivities: true,
        // The most: while an alarm stays in ALARM, each minute may leave one in which nothing was scaled.
        MaxResults: 50,
      })
      const { ScalingActivities = [] } = await calls.run(
        autoscalingSite('DescribeScalingActivities', resourceId),
        (abortSignal) => client.send(command, { abortSignal }),
        signal,
      )
      return ScalingActivities.map(readActivity)
    },
  }
}
