import { trackingAlarms } from '@longshore/model'
import type { ModelParameters } from '@longshore/model'
import type { Service } from '../../config/service.js'
import type { Alarm, MetricIdentity, TargetTrackingPolicy } from '../../plan/resources.js'
import type { AlarmDefinition } from './alarm.js'
import { predefinedMetric } from './emitted.js'
import type { Setup } from './setup.js'

/** The alarms of a setup's policies: those that Application Auto Scaling keeps for target tracking, and the plan's own. */
export function alarmDefinitions(
  setup: Setup,
  of: { readonly service: Service; readonly parameters: ModelParameters },
): AlarmDefinition[] {
  const tracking = setup.policies.flatMap((policy) =>
    policy.kind === 'targetTracking' ? trackingDefinitions(policy, of.service, of.parameters) : [],
  )
  return [...tracking, ...setup.alarms.map((alarm) => definitionOf(alarm))]
}

function definitionOf(alarm: Alarm): AlarmDefinition {
  const { comparison, threshold, evaluationPeriods, datapointsToAlarm, treatMissingData } = alarm
  return {
    rule: {
      comparisonOperator: comparison,
      threshold,
      evaluationPeriods,
      datapointsToAlarm,
      treatMissingData,
    },
    periodSeconds: alarm.periodSeconds,
    watches: alarm.watches,
    policy: alarm.policy,
    direction: undefined,
  }
}

/** What stands in for a predefined metric that is not simulated: nobody emits it. */
const UNKNOWN: MetricIdentity = { namespace: 'unknown', name: 'unknown', dimensions: {} }
const SHORT_PERIOD_SECONDS = 20

function trackingDefinitions(
  policy: TargetTrackingPolicy,
  service: Service,
  parameters: ModelParameters,
): AlarmDefinition[] {
  const { metric } = policy
  const isShort = metric.kind === 'predefined' && metric.type.endsWith('HighResolution')
  const periodSeconds = isShort ? SHORT_PERIOD_SECONDS : 60
  const watches =
    metric.kind === 'predefined'
      ? {
          kind: 'metric' as const,
          metric: predefinedMetric(metric.type, service) ?? UNKNOWN,
          statistic: 'Average' as const,
        }
      : metric
  const { high, low } = trackingAlarms(
    {
      resourceId: policy.resourceId,
      policyArn: policy.name,
      targetValue: policy.targetValue,
      periodSeconds,
      ids: { high: '', low: '' },
    },
    parameters,
  )
  return (['out', 'in'] as const).map((direction) => {
    const rule = direction === 'out' ? high : low
    return { rule, periodSeconds, watches, policy: policy.name, direction }
  })
}
