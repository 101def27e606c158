import { NO_COOLDOWNS, NOT_SUSPENDED } from '@longshore/model'
import type { Cooldowns, SuspendedState } from '@longshore/model'

import type { AccountContext } from '../server/service.js'
import { scalableTargetArn, serviceLinkedRoleArn } from './identifiers.js'
import type { ServiceResource } from './resource.js'
import { writeResource } from './resource.js'
import type { ScalingPolicy } from './policies/scaling-policy.js'
import type { ScheduledAction } from './scheduled/scheduled-action.js'

/** A service with its limits and its policies. */
export interface ScalableTarget {
  readonly resource: ServiceResource
  readonly arn: string
  readonly roleArn: string
  /** Epoch milliseconds. */
  readonly createdAtMs: number
  min: number
  max: number
  suspended: SuspendedState
  readonly tags: Map<string, string>
  /** By name. */
  readonly policies: Map<string, ScalingPolicy>
  /** By name. */
  readonly scheduledActions: Map<string, ScheduledAction>
  cooldowns: Cooldowns
}

export interface Limits {
  readonly min: number
  readonly max: number
}

export function newTarget(
  account: AccountContext,
  resource: ServiceResource,
  limits: Limits,
): ScalableTarget {
  return {
    resource,
    arn: scalableTargetArn(account),
    roleArn: serviceLinkedRoleArn(account.accountId),
    createdAtMs: account.controlClock.now(),
    ...limits,
    suspended: NOT_SUSPENDED,
    tags: new Map(),
    policies: new Map(),
    scheduledActions: new Map(),
    cooldowns: NO_COOLDOWNS,
  }
}

/** The target as DescribeScalableTargets shows it. */
export function writeTarget(target: ScalableTarget): unknown {
  return {
    ...writeResource(target.resource.resourceId),
    ScalableTargetARN: target.arn,
    RoleARN: target.roleArn,
    MinCapacity: target.min,
    MaxCapacity: target.max,
    CreationTime: target.createdAtMs / 1_000,
    SuspendedState: {
      DynamicScalingInSuspended: target.suspended.in,
      DynamicScalingOutSuspended: target.suspended.out,
      ScheduledScalingSuspended: target.suspended.scheduled,
    },
  }
}
