// Application Auto Scaling's ARNs.
import { randomHex, randomUuid } from '../server/identifiers.js'
import type { AccountContext } from '../server/service.js'

/** `arn:aws:application-autoscaling:…:scalable-target/` and 36 characters. */
export function scalableTargetArn({ region, accountId, random }: AccountContext): string {
  return `arn:aws:application-autoscaling:${region}:${accountId}:scalable-target/0ec5${randomHex(random, 32)}`
}

export function policyArn(account: AccountContext, resourceId: string, policyName: string): string {
  return `${arnOf(account, 'scalingPolicy', resourceId)}:policyName/${policyName}`
}

export function scheduledActionArn(account: AccountContext, resourceId: string, name: string): string {
  return `${arnOf(account, 'scheduledAction', resourceId)}:scheduledActionName/${name}`
}

function arnOf({ region, accountId, random }: AccountContext, type: string, resourceId: string): string {
  return `arn:aws:autoscaling:${region}:${accountId}:${type}:${randomUuid(random)}:resource/ecs/${resourceId}`
}

/** The service-linked role that ECS targets have. */
export function serviceLinkedRoleArn(accountId: string): string {
  return `arn:aws:iam::${accountId}:role/aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService`
}
