import { trackingAlarms } from '@longshore/model'
import type { ModelParameters, TrackingAlarm } from '@longshore/model'

import type { AlarmConfig, AlarmSource } from '../../cloudwatch/alarm-config.js'
import { watchOf } from '../../cloudwatch/alarm-watch.js'
import { randomUuid } from '../../server/identifiers.js'
import type { AccountContext } from '../../server/service.js'
import type { CloudWatchPort } from '../ports.js'
import type { PolicyIdentity, ScalingPolicy, TrackingPolicy } from './scaling-policy.js'
import type { TrackingConfiguration } from './tracking-configuration.js'

export interface PolicyTools {
  readonly account: AccountContext
  readonly cloudWatch: CloudWatchPort
  readonly parameters: ModelParameters
}

export interface TrackingDraft {
  readonly identity: PolicyIdentity
  readonly configuration: TrackingConfiguration
  readonly source: AlarmSource
  /** The policy of this name that it replaces. */
  readonly existing: ScalingPolicy | undefined
}

/** Makes a policy with its alarms. Where there was one already, the alarms keep their names. */
export function putTrackingPolicy(draft: TrackingDraft, tools: PolicyTools): TrackingPolicy {
  const { identity, configuration, source, existing } = draft
  const { random } = tools.account
  const known = existing?.type === 'TargetTrackingScaling' ? existing.alarms : undefined
  const { high, low } = trackingAlarms(
    {
      resourceId: identity.resourceId,
      policyArn: identity.arn,
      targetValue: configuration.TargetValue,
      periodSeconds: watchOf(source).periodSeconds,
      ids: { high: randomUuid(random), low: randomUuid(random) },
    },
    tools.parameters,
  )
  const alarms = known ?? { high: high.alarmName, low: low.alarmName }
  tools.cloudWatch.putAlarm(alarmConfig({ ...high, alarmName: alarms.high }, source, identity.arn))
  tools.cloudWatch.putAlarm(alarmConfig({ ...low, alarmName: alarms.low }, source, identity.arn))
  return { ...identity, type: 'TargetTrackingScaling', configuration, source, alarms }
}

function alarmConfig(alarm: TrackingAlarm, source: AlarmSource, policyArn: string): AlarmConfig {
  const { periodSeconds: _, ...rule } = alarm
  return {
    ...rule,
    source,
    isActionsEnabled: true,
    actions: { ALARM: [policyArn], OK: [], INSUFFICIENT_DATA: [] },
  }
}
