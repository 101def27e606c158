// Identifiers in the forms of AWS, drawn from the account's random source so that a run can be repeated.
import type { AccountContext } from '../server/service.js'

/** A version 4 UUID, as activities, alarms and policies carry. */
export function randomUuid(random: () => number): string {
  const hex = randomHex(random, 30)
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(12, 15)}`,
    `a${hex.slice(15, 18)}`,
    hex.slice(18),
  ]
  return parts.join('-')
}

/** `arn:aws:application-autoscaling:…:scalable-target/` and 36 characters. */
export function scalableTargetArn({ region, accountId, random }: AccountContext): string {
  return `arn:aws:application-autoscaling:${region}:${accountId}:scalable-target/0ec5${randomHex(random, 32)}`
}

export function policyArn(account: AccountContext, resourceId: string, policyName: string): string {
  const { region, accountId, random } = account
  const id = randomUuid(random)
  return `arn:aws:autoscaling:${region}:${accountId}:scalingPolicy:${id}:resource/ecs/${resourceId}:policyName/${policyName}`
}

/** The service-linked role that ECS targets have. */
export function serviceLinkedRoleArn(accountId: string): string {
  return `arn:aws:iam::${accountId}:role/aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService`
}

function randomHex(random: () => number, length: number): string {
  return Array.from({ length }, () => Math.floor(random() * 16).toString(16)).join('')
}
