import { trackingAlarms } from '@longshore/model'
import type { ModelParameters, TrackingAlarm } from '@longshore/model'

import type { AlarmConfig } from '../cloudwatch/alarm-config.js'
import type { MetricStat } from '../cloudwatch/metric-query.js'
import type { AccountContext } from '../server/service.js'
import { policyArn, randomUuid } from './identifiers.js'
import type { CloudWatchPort } from './ports.js'
import type { ServiceResource } from './resource.js'
import { writeResource } from './resource.js'
import type { TrackingConfiguration } from './tracking-configuration.js'

interface PolicyAlarm {
  readonly name: string
  readonly arn: string
}

/** A target-tracking policy and the two alarms that it keeps. */
export interface ScalingPolicy {
  readonly name: string
  readonly arn: string
  /** Epoch milliseconds. */
  readonly createdAtMs: number
  readonly resourceId: string
  /** As the caller wrote it. */
  readonly configuration: TrackingConfiguration
  readonly metric: MetricStat
  /** The UUIDs in the alarms' names: an update keeps them. */
  readonly alarmIds: { readonly high: string; readonly low: string }
  readonly alarms: { readonly high: PolicyAlarm; readonly low: PolicyAlarm }
}

export interface PolicyDraft {
  readonly name: string
  readonly resource: ServiceResource
  readonly configuration: TrackingConfiguration
  readonly metric: MetricStat
  /** The policy of this name that it replaces. */
  readonly existing: ScalingPolicy | undefined
}

export interface PolicyTools {
  readonly account: AccountContext
  readonly cloudWatch: CloudWatchPort
  readonly parameters: ModelParameters
}

/** Makes a policy with its alarms, or takes the place of an existing one, whose ARN and alarm names stay. */
export function putPolicy(
  draft: PolicyDraft,
  { account, cloudWatch, parameters }: PolicyTools,
): ScalingPolicy {
  const { existing, name, metric, configuration } = draft
  const { resourceId } = draft.resource
  const arn = existing?.arn ?? policyArn(account, resourceId, name)
  const alarmIds = existing?.alarmIds ?? { high: randomUuid(account.random), low: randomUuid(account.random) }
  const { high, low } = trackingAlarms(
    {
      resourceId,
      policyArn: arn,
      targetValue: configuration.TargetValue,
      periodSeconds: metric.periodSeconds,
      ids: alarmIds,
    },
    parameters,
  )
  const put = (alarm: TrackingAlarm): PolicyAlarm => ({
    name: alarm.alarmName,
    arn: cloudWatch.putAlarm(metricAlarm(alarm, metric, arn)),
  })
  return {
    name,
    arn,
    createdAtMs: existing?.createdAtMs ?? account.controlClock.now(),
    resourceId,
    configuration,
    metric,
    alarmIds,
    alarms: { high: put(high), low: put(low) },
  }
}

export function alarmNamesOf(policy: ScalingPolicy): readonly string[] {
  return [policy.alarms.high.name, policy.alarms.low.name]
}

export function writeAlarms(policy: ScalingPolicy): unknown {
  return [policy.alarms.high, policy.alarms.low].map(({ name, arn }) => ({ AlarmName: name, AlarmARN: arn }))
}

/** The policy as DescribeScalingPolicies shows it. */
export function writePolicy(policy: ScalingPolicy): unknown {
  return {
    ...writeResource(policy.resourceId),
    PolicyARN: policy.arn,
    PolicyName: policy.name,
    PolicyType: 'TargetTrackingScaling',
    TargetTrackingScalingPolicyConfiguration: policy.configuration,
    Alarms: writeAlarms(policy),
    CreationTime: policy.createdAtMs / 1_000,
  }
}

function metricAlarm(alarm: TrackingAlarm, metricStat: MetricStat, policyArn: string): AlarmConfig {
  const { periodSeconds: _, ...rule } = alarm
  return {
    ...rule,
    source: { kind: 'metric', metricStat },
    isActionsEnabled: true,
    actions: { ALARM: [policyArn], OK: [], INSUFFICIENT_DATA: [] },
  }
}
