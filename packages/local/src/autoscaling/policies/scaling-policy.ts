import type { StepScalingPolicy } from '@longshore/model'

import type { AlarmSource } from '../../cloudwatch/alarm-config.js'
import type { AlarmReading } from '../../cloudwatch/cloudwatch.js'
import type { CloudWatchPort } from '../ports.js'
import { writeResource } from '../resource.js'
import type { PredictiveConfiguration } from './predictive-configuration.js'
import type { StepConfiguration } from './step-configuration.js'
import type { TrackingConfiguration } from './tracking-configuration.js'

/** What every policy has, of whatever type; an update keeps all of it. */
export interface PolicyIdentity {
  readonly name: string
  readonly arn: string
  /** Epoch milliseconds. */
  readonly createdAtMs: number
  readonly resourceId: string
}

/** Keeps two alarms of its own on what it follows. */
export interface TrackingPolicy extends PolicyIdentity {
  readonly type: 'TargetTrackingScaling'
  readonly configuration: TrackingConfiguration
  readonly source: AlarmSource
  /** The names of its alarms. */
  readonly alarms: { readonly high: string; readonly low: string }
}

/** Set off by alarms of the customer that name it as an action. */
export interface StepPolicy extends PolicyIdentity {
  readonly type: 'StepScaling'
  readonly configuration: StepConfiguration
  readonly rules: StepScalingPolicy
}

/** Kept and described; it forecasts nothing here. */
export interface PredictivePolicy extends PolicyIdentity {
  readonly type: 'PredictiveScaling'
  readonly configuration: PredictiveConfiguration
}

/** Configurations are as the caller wrote them. */
export type ScalingPolicy = TrackingPolicy | StepPolicy | PredictivePolicy

/** The alarms that set a policy off: its own, or the customer's that name it. */
export function alarmsOf(policy: ScalingPolicy, cloudWatch: CloudWatchPort): readonly AlarmReading[] {
  if (policy.type !== 'TargetTrackingScaling') return cloudWatch.alarmsActingOn(policy.arn)
  const { high, low } = policy.alarms
  return [high, low].flatMap((alarmName) => cloudWatch.alarmReading(alarmName) ?? [])
}

/** The alarms as PutScalingPolicy and DescribeScalingPolicies list them. */
export function writeAlarms(policy: ScalingPolicy, cloudWatch: CloudWatchPort): unknown {
  return alarmsOf(policy, cloudWatch).map(({ alarmName, arn }) => ({ AlarmName: alarmName, AlarmARN: arn }))
}

/** To be called when the policy goes; a customer's alarms stay, and act on nothing. */
export function deleteAlarms(policy: ScalingPolicy, cloudWatch: CloudWatchPort): void {
  if (policy.type === 'TargetTrackingScaling') cloudWatch.deleteAlarms(Object.values(policy.alarms))
}

/** The policy as DescribeScalingPolicies shows it. */
export function writePolicy(policy: ScalingPolicy, cloudWatch: CloudWatchPort): unknown {
  return {
    ...writeResource(policy.resourceId),
    PolicyARN: policy.arn,
    PolicyName: policy.name,
    PolicyType: policy.type,
    [`${policy.type}PolicyConfiguration`]: policy.configuration,
    Alarms: writeAlarms(policy, cloudWatch),
    CreationTime: policy.createdAtMs / 1_000,
  }
}
