import {
  DeleteScalingPolicyCommand,
  DeleteScheduledActionCommand,
  DeregisterScalableTargetCommand,
  ObjectNotFoundException,
  PutScalingPolicyCommand,
  PutScheduledActionCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling'
import type {
  ApplicationAutoScalingClient,
  PutScalingPolicyCommandInput,
} from '@aws-sdk/client-application-auto-scaling'
import { AwsCallError } from '../errors.js'
import { policyForm } from '../plan/render/policy-form.js'
import { targetForm } from '../plan/render/target-form.js'
import { autoscalingSite, ECS_SERVICE } from './autoscaling-site.js'
import type { Calls } from './calls.js'
import type { ChangingCalls } from './port.js'

type AutoscalingChanges = Pick<
  ChangingCalls,
  | 'registerScalableTarget'
  | 'putScalingPolicy'
  | 'putScheduledAction'
  | 'deregisterScalableTarget'
  | 'deleteScalingPolicy'
  | 'deleteScheduledAction'
>

export function changingCalls(client: ApplicationAutoScalingClient, calls: Calls): AutoscalingChanges {
  return { ...puttingCalls(client, calls), ...removingCalls(client, calls) }
}

function puttingCalls(
  client: ApplicationAutoScalingClient,
  calls: Calls,
): Pick<AutoscalingChanges, 'registerScalableTarget' | 'putScalingPolicy' | 'putScheduledAction'> {
  return {
    async registerScalableTarget(target, tags, signal) {
      const { resourceId } = target
      const command = new RegisterScalableTargetCommand({
        ...ECS_SERVICE,
        ResourceId: resourceId,
        ...targetForm(target),
        // AWS takes tags when it creates the target, and ignores them when it updates one.
        ...(Object.keys(tags).length === 0 ? {} : { Tags: { ...tags } }),
      })
      await calls.run(
        autoscalingSite('RegisterScalableTarget', resourceId),
        (abortSignal) => client.send(command, { abortSignal }),
        signal,
      )
    },

    async putScalingPolicy(policy, signal) {
      const { resourceId, name } = policy
      const command = new PutScalingPolicyCommand({
        ...ECS_SERVICE,
        ResourceId: resourceId,
        PolicyName: name,
        ...(policyForm(policy) as unknown as Pick<PutScalingPolicyCommandInput, 'PolicyType'>),
      })
      const { PolicyARN } = await calls.run(
        autoscalingSite('PutScalingPolicy', resourceId),
        (abortSignal) => client.send(command, { abortSignal }),
        signal,
      )
      if (PolicyARN !== undefined) return PolicyARN
      throw new AwsCallError('CALL_FAILED', `PutScalingPolicy for ${name} answered without an ARN.`)
    },

    async putScheduledAction(action, signal) {
      const command = new PutScheduledActionCommand({
        ...ECS_SERVICE,
        ResourceId: action.resourceId,
        ScheduledActionName: action.name,
        Schedule: action.schedule,
        Timezone: action.timezone,
        ...(action.startMs === undefined ? {} : { StartTime: new Date(action.startMs) }),
        ...(action.endMs === undefined ? {} : { EndTime: new Date(action.endMs) }),
        ScalableTargetAction: {
          ...(action.minCapacity === undefined ? {} : { MinCapacity: action.minCapacity }),
          ...(action.maxCapacity === undefined ? {} : { MaxCapacity: action.maxCapacity }),
        },
      })
      await calls.run(
        autoscalingSite('PutScheduledAction', action.resourceId),
        (abortSignal) => client.send(command, { abortSignal }),
        signal,
      )
    },
  }
}

function removingCalls(
  client: ApplicationAutoScalingClient,
  calls: Calls,
): Pick<AutoscalingChanges, 'deregisterScalableTarget' | 'deleteScalingPolicy' | 'deleteScheduledAction'> {
  return {
    async deregisterScalableTarget(resourceId, signal) {
      const command = new DeregisterScalableTargetCommand({ ...ECS_SERVICE, ResourceId: resourceId })
      await unlessGone(
        calls.run(
          autoscalingSite('DeregisterScalableTarget', resourceId),
          (abortSignal) => client.send(command, { abortSignal }),
          signal,
        ),
      )
    },

    async deleteScalingPolicy(resourceId, name, signal) {
      const command = new DeleteScalingPolicyCommand({
        ...ECS_SERVICE,
        ResourceId: resourceId,
        PolicyName: name,
      })
      await unlessGone(
        calls.run(
          autoscalingSite('DeleteScalingPolicy', resourceId),
          (abortSignal) => client.send(command, { abortSignal }),
          signal,
        ),
      )
    },

    async deleteScheduledAction(resourceId, name, signal) {
      const command = new DeleteScheduledActionCommand({
        ...ECS_SERVICE,
        ResourceId: resourceId,
        ScheduledActionName: name,
      })
      await unlessGone(
        calls.run(
          autoscalingSite('DeleteScheduledAction', resourceId),
          (abortSignal) => client.send(command, { abortSignal }),
          signal,
        ),
      )
    },
  }
}

/** What is gone already is what was asked for, as after a call whose answer was lost. */
async function unlessGone(call: Promise<unknown>): Promise<void> {
  try {
    await call
  } catch (error) {
    if (error instanceof AwsCallError && error.cause instanceof ObjectNotFoundException) return
    throw error
  }
}
