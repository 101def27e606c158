import type { LiveAlarm, LivePolicy, LiveScheduledAction, LiveSteps, LiveTarget } from './live.js'
import type {
  Alarm,
  MetricIdentity,
  MetricMath,
  PredefinedMetric,
  ScalableTarget,
  ScalingPolicy,
  ScheduledAction,
  SingleMetric,
  Suspensions,
} from './resources.js'

/** A setting's value in a diff. */
export type FieldValue = string | number | boolean | undefined

/** A resource's settings, flat, in the order in which a diff shows them. */
export type Fields = Readonly<Record<string, FieldValue>>

/** A scalable target's settings; what is switched off only where the plan says something of it. */
export function targetFields(target: ScalableTarget | LiveTarget, plan: ScalableTarget): Fields {
  const bounds = { minCapacity: target.minCapacity, maxCapacity: target.maxCapacity }
  return plan.suspended === undefined ? bounds : { ...bounds, suspended: suspensionText(target.suspended) }
}

function suspensionText(suspended: Suspensions | undefined): string {
  const names = (['scaleOut', 'scaleIn', 'scheduled'] as const).filter((name) => suspended?.[name])
  return names.length === 0 ? 'nothing' : names.join(', ')
}

/** A planned policy's settings. */
export function policyFields(policy: ScalingPolicy): Fields {
  const none = { tracking: undefined, steps: undefined, predictive: undefined }
  if (policy.kind === 'targetTracking') {
    return settingsOf({ ...none, type: 'TargetTrackingScaling', tracking: { ...policy, unit: undefined } })
  }
  return policy.kind === 'step'
    ? settingsOf({ ...none, type: 'StepScaling', steps: policy })
    : settingsOf({ ...none, type: 'PredictiveScaling', predictive: policy })
}

/** The same settings of a policy that exists, so that the two compare field by field. */
export function livePolicyFields(policy: LivePolicy): Fields {
  return settingsOf(policy)
}

function settingsOf(policy: Pick<LivePolicy, 'type' | 'tracking' | 'steps' | 'predictive'>): Fields {
  const { type: policyType, tracking, steps, predictive } = policy
  if (tracking !== undefined) {
    return {
      policyType,
      ...watchedFields(tracking.metric),
      unit: tracking.unit,
      targetValue: tracking.targetValue,
      scaleOutCooldown: seconds(tracking.scaleOutCooldownSeconds),
      scaleInCooldown: seconds(tracking.scaleInCooldownSeconds),
      disableScaleIn: tracking.disableScaleIn,
    }
  }
  if (steps !== undefined) {
    return {
      policyType,
      adjustment: steps.adjustment,
      minAdjustmentMagnitude: steps.minAdjustmentMagnitude,
      aggregation: steps.aggregation,
      cooldown: seconds(steps.cooldownSeconds),
      steps: stepsText(steps),
    }
  }
  if (predictive === undefined) return { policyType }
  return {
    policyType,
    metricPair: predictive.metricPair,
    resourceLabel: predictive.resourceLabel,
    targetValue: predictive.targetValue,
    mode: predictive.mode,
    schedulingBuffer: seconds(predictive.schedulingBufferSeconds),
    maxCapacityBuffer: predictive.maxCapacityBufferPercent,
  }
}

/** An alarm's settings. `policy` is the name of the policy that it sets off. */
export function alarmFields(alarm: Alarm): Fields {
  return {
    ...watchedFields(alarm.watches),
    unit: undefined,
    period: seconds(alarm.periodSeconds),
    condition: conditionText(alarm),
    datapoints: datapointsText(alarm),
    missingData: alarm.treatMissingData,
    setsOff: alarm.policy,
    description: alarm.description,
  }
}

/** The same of an alarm that exists; actions that are not the policy's ARN alone are shown as they are. */
export function liveAlarmFields(alarm: LiveAlarm, nameOfPolicy: (arn: string) => string | undefined): Fields {
  return {
    ...watchedFields(alarm.watches),
    unit: alarm.unit,
    period: seconds(alarm.periodSeconds),
    condition: conditionText(alarm),
    datapoints: datapointsText(alarm),
    missingData: alarm.treatMissingData ?? 'missing',
    setsOff: actionsText(alarm, nameOfPolicy),
    description: alarm.description,
  }
}

function actionsText(
  { actions, isActionsEnabled }: LiveAlarm,
  nameOfPolicy: (arn: string) => string | undefined,
): string {
  const names = [...actions.alarm.map((arn) => nameOfPolicy(arn) ?? arn), ...actions.others]
  const text = names.length === 0 ? 'nothing' : names.join(', ')
  return isActionsEnabled ? text : `${text} (disabled)`
}

/** A scheduled action's settings. */
export function scheduledFields(action: ScheduledAction | LiveScheduledAction): Fields {
  return {
    schedule: action.schedule,
    timezone: action.timezone ?? 'UTC',
    minCapacity: action.minCapacity,
    maxCapacity: action.maxCapacity,
    start: instantText(action.startMs),
    end: instantText(action.endMs),
  }
}

function watchedFields(watched: SingleMetric | MetricMath | PredefinedMetric | undefined): Fields {
  if (watched === undefined) return { metric: undefined, statistic: undefined }
  if (watched.kind === 'metric') return { metric: metricText(watched.metric), statistic: watched.statistic }
  if (watched.kind === 'math') return { metric: mathText(watched), statistic: undefined }
  const label = watched.resourceLabel === undefined ? '' : ` ${watched.resourceLabel}`
  return { metric: `${watched.type}${label}`, statistic: undefined }
}

/** A metric in one line: `Longshore/BacklogPerTask{ClusterName=media,ServiceName=thumbnails}`. */
export function metricText(metric: MetricIdentity): string {
  const dimensions = Object.entries(metric.dimensions)
    .map(([name, value]) => `${name}=${value}`)
    .sort()
  return `${metric.namespace}/${metric.name}{${dimensions.join(',')}}`
}

/** Metric math in one line, the watched member first: `backlog = …; visible1 = Average of …`. */
function mathText({ queries, returned }: MetricMath): string {
  const watchedFirst = [...queries].sort((one, other) => rank(one.id) - rank(other.id))
  function rank(id: string): number {
    return id === returned ? 0 : 1
  }
  return watchedFirst
    .map((query) =>
      'expression' in query
        ? `${query.id} = ${query.expression}`
        : `${query.id} = ${query.statistic} of ${metricText(query.metric)}`,
    )
    .join('; ')
}

const SIGNS: Readonly<Record<string, string>> = {
  GreaterThanOrEqualToThreshold: '≥',
  GreaterThanThreshold: '>',
  LessThanOrEqualToThreshold: '≤',
  LessThanThreshold: '<',
}

function conditionText({
  comparison,
  threshold,
}: {
  comparison: string
  threshold: number | undefined
}): string {
  return `${SIGNS[comparison] ?? comparison} ${threshold}`
}

function datapointsText(alarm: {
  readonly evaluationPeriods: number | undefined
  readonly datapointsToAlarm: number | undefined
}): string {
  return `${alarm.datapointsToAlarm ?? alarm.evaluationPeriods} of ${alarm.evaluationPeriods}`
}

/** Steps in one line: `[0, 1) +1, [1, ∞) +2`, bounds relative to the alarm's threshold. */
function stepsText({ steps, adjustment }: Pick<LiveSteps, 'steps' | 'adjustment'>): string {
  return [...steps]
    .sort(
      (one, other) =>
        (one.metricIntervalLowerBound ?? -Infinity) - (other.metricIntervalLowerBound ?? -Infinity),
    )
    .map(({ metricIntervalLowerBound: lower, metricIntervalUpperBound: upper, scalingAdjustment: by }) => {
      const change = by > 0 && adjustment !== 'ExactCapacity' ? `+${by}` : String(by)
      return `[${lower ?? '-∞'}, ${upper ?? '∞'}) ${change}`
    })
    .join(', ')
}

function seconds(value: number | undefined): string | undefined {
  return value === undefined ? undefined : `${value}s`
}

/** An instant as diffs and templates write it. */
export function instantText(epochMs: number | undefined): string | undefined {
  return epochMs === undefined ? undefined : new Date(epochMs).toISOString()
}
