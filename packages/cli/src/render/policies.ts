import type { AlarmReading, LivePolicy, PolicyStatus, ScalingActivity } from '@longshore/scaler'
import type { Style } from '../style.js'
import { formatCount, formatInstant, formatNumber } from './text.js'

type Row = [name: string, text: string]

/** Every policy of a service: what it does, its alarms, and what it did last. */
export function renderPolicies(all: readonly PolicyStatus[] | undefined, style: Style): Row[] {
  if (all === undefined) return [['policies', 'could not be read']]
  if (all.length === 0) return [['policies', 'none']]
  return all.flatMap((each, index) => {
    const name = style.strong(each.policy.name) + (each.isOwn ? '' : ' (not ours)')
    const first: Row = [index === 0 ? 'policies' : '', `${name}: ${renderPolicy(each.policy)}`]
    return [first, ...renderAlarms(each, style), ...renderLast(each)]
  })
}

function renderPolicy(policy: LivePolicy): string {
  const { tracking, steps, predictive } = policy
  if (tracking !== undefined) return renderTracking(tracking)
  if (steps !== undefined) {
    const cooldown = `cooldown ${steps.cooldownSeconds ?? DEFAULT_COOLDOWN_SECONDS} s`
    return `steps of ${STEP_WORDS[steps.adjustment ?? ''] ?? steps.adjustment}, ${renderSteps(steps.steps)}; ${cooldown}`
  }
  if (predictive === undefined) return policy.type
  const { metricPair = '?', targetValue, mode } = predictive
  const acts = mode === 'ForecastAndScale' ? 'scales out by forecasts' : 'forecasts only, scaling nothing'
  return `${acts}: ${metricPair} at ${targetValue === undefined ? '?' : formatNumber(targetValue)}`
}

// API reference, TargetTrackingScalingPolicyConfiguration and StepScalingPolicyConfiguration, for ECS.
const DEFAULT_COOLDOWN_SECONDS = 300

const STEP_WORDS: Readonly<Record<string, string>> = {
  ChangeInCapacity: 'tasks more or fewer',
  PercentChangeInCapacity: 'percent more or fewer',
  ExactCapacity: 'tasks in all',
}

function renderTracking(tracking: NonNullable<LivePolicy['tracking']>): string {
  const target = tracking.targetValue === undefined ? '?' : formatNumber(tracking.targetValue)
  const {
    scaleOutCooldownSeconds: out = DEFAULT_COOLDOWN_SECONDS,
    scaleInCooldownSeconds: into = DEFAULT_COOLDOWN_SECONDS,
  } = tracking
  const scaleIn = tracking.disableScaleIn ? 'never scales in' : `${into} s in`
  return `holds ${renderMetric(tracking.metric)} at ${target}; cooldowns ${out} s out, ${scaleIn}`
}

function renderMetric(metric: NonNullable<LivePolicy['tracking']>['metric']): string {
  if (metric === undefined) return 'a metric'
  if (metric.kind === 'math') return 'metric math'
  return metric.kind === 'predefined' ? metric.type : `${metric.metric.namespace}/${metric.metric.name}`
}

function renderSteps(steps: NonNullable<LivePolicy['steps']>['steps']): string {
  const changes = steps.map(({ scalingAdjustment: by }) => (by > 0 ? `+${by}` : String(by)))
  if (changes.length <= 4) return changes.join(', ')
  return `${formatCount(changes.length, 'step')} from ${changes[0]} to ${changes.at(-1)}`
}

function renderAlarms({ policy, alarms }: PolicyStatus, style: Style): Row[] {
  if (alarms === undefined) return [['', '  alarms could not be read']]
  if (alarms.length === 0) return policy.predictive === undefined ? [['', '  no alarm']] : []
  const paint = { ALARM: style.changed, INSUFFICIENT_DATA: style.bad, OK: (text: string) => text }
  return alarms.map((alarm) => {
    const since = alarm.changedAtMs === undefined ? '' : ` since ${formatInstant(alarm.changedAtMs)}`
    const isIdle = policy.tracking?.disableScaleIn === true && alarm.direction === 'below'
    const idle = isIdle ? ', sets off nothing' : ''
    const disabled = alarm.isActionsEnabled ? idle : `, ${style.bad('actions switched off')}`
    const state = paint[alarm.state](alarm.state)
    return ['', `  ${wayOf(policy, alarm)}${renderCondition(alarm)}: ${state}${since}${disabled}`]
  })
}

/** `in`, `out`, or nothing where steps go both ways. */
function wayOf({ tracking, steps }: LivePolicy, { direction }: AlarmReading): string {
  if (tracking !== undefined) return direction === 'above' ? 'out, ' : 'in, '
  const changes = steps?.steps.map(({ scalingAdjustment }) => scalingAdjustment) ?? []
  if (steps?.adjustment === 'ExactCapacity') return ''
  if (changes.every((by) => by >= 0)) return 'out, '
  return changes.every((by) => by <= 0) ? 'in, ' : ''
}

const COMPARISONS: Readonly<Record<string, string>> = {
  GreaterThanThreshold: 'above',
  GreaterThanOrEqualToThreshold: 'from',
  LessThanThreshold: 'below',
  LessThanOrEqualToThreshold: 'up to',
}

function renderCondition(alarm: AlarmReading): string {
  const { comparison, threshold, datapointsToAlarm, evaluationPeriods, periodSeconds } = alarm
  const level = threshold === undefined ? '?' : formatNumber(threshold)
  const points = datapointsToAlarm ?? evaluationPeriods ?? '?'
  const of = evaluationPeriods === undefined || evaluationPeriods === points ? '' : ` of ${evaluationPeriods}`
  return `${COMPARISONS[comparison] ?? comparison} ${level} in ${points}${of} × ${periodSeconds ?? '?'} s`
}

function renderLast({ lastActivity }: PolicyStatus): Row[] {
  return lastActivity ? [['', `  last: ${renderActivity(lastActivity)}`]] : []
}

/** An activity in one line, with AWS's codes where nothing was scaled. */
export function renderActivity({ startedAtMs, status, description, notScaled }: ScalingActivity): string {
  const reasons = notScaled.length === 0 ? '' : ` (${notScaled.join(', ')})`
  return `${formatInstant(startedAtMs)} ${status}: ${description}${reasons}`
}
