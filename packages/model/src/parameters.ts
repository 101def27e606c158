/**
 * Every number and choice in the rules of this package that AWS does not publish, or that a reader could doubt:
 * its value, its unit, where it comes from and how sure that is. The rules read {@link DEFAULTS}; a simulation or a
 * local AWS overrides single values to learn what hangs on them.
 */

/** H: AWS documentation, SDK types or a live alarm. M: a third party, or two indirect sources. L: inference. */
export type Confidence = 'H' | 'M' | 'L'

/** How much a target-tracking policy takes away at once: see `scaleInSizing` in {@link PARAMETERS}. */
export type ScaleInSizing = 'proportional' | 'gradual'

/** What stands for the point that only one of two series has: see `metricMathMissingOperand` in {@link PARAMETERS}. */
export type MissingOperand = 'zero' | 'none'

export interface ModelParameters {
  readonly alarmEvaluationIntervalSeconds: number
  readonly alarmEvaluationPhaseSeconds: number
  readonly alarmExtraPeriods: number
  readonly alarmActionRepeatSeconds: number
  readonly metricMathMissingOperand: MissingOperand
  readonly highResolutionAlarmEvaluationIntervalSeconds: number
  readonly highResolutionAlarmEvaluationPhaseSeconds: number
  readonly trackingHighDatapoints: number
  readonly trackingLowDatapoints: number
  readonly trackingHighResolutionLowDatapoints: number
  readonly trackingLowThresholdFraction: number
  readonly trackingMetricMaxAgeSeconds: number
  readonly scaleInSizing: ScaleInSizing
  readonly gradualScaleInFraction: number
  readonly isActivityPartOfCooldown: boolean
  readonly defaultCooldownSeconds: number
  readonly activityTimeoutSeconds: number
  readonly ecsMetricDelaySeconds: number
  readonly ecsHighResolutionMetricDelaySeconds: number
  readonly sqsMetricDelaySeconds: number
  readonly sqsActiveSeconds: number
  readonly sqsReactivationDelaySeconds: number
  readonly sqsProcessingWindowSeconds: number
  readonly isProtectionRenewalBlocked: boolean
  readonly ecsServiceLaunchesPerMinute: number
  readonly ecsFargateLaunchesPerSecond: number
  readonly ecsFargateLaunchBurst: number
}

/** One row of the parameter table. */
export interface Parameter<Value> {
  readonly value: Value
  readonly unit: string
  readonly meaning: string
  readonly source: string
  readonly confidence: Confidence
}

export const PARAMETERS: { readonly [Name in keyof ModelParameters]: Parameter<ModelParameters[Name]> } = {
  alarmEvaluationIntervalSeconds: {
    value: 60,
    unit: 's',
    meaning: 'how often an alarm with a period of 60 s or more is evaluated',
    source: 'CloudWatch user guide, "Alarm evaluation"',
    confidence: 'H',
  },
  alarmEvaluationPhaseSeconds: {
    value: 30,
    unit: 's',
    meaning: 'when in the minute such an alarm is evaluated',
    source: 'the mean of a uniform phase; agrees with the 363 s that AWS measured for 60 s metrics',
    confidence: 'L',
  },
  alarmExtraPeriods: {
    value: 2,
    unit: 'periods',
    meaning: 'how many periods more than EvaluationPeriods an alarm looks back for real points',
    source: 'CloudWatch user guide: 5 points are retrieved for 3 periods; other counts are unpublished',
    confidence: 'L',
  },
  alarmActionRepeatSeconds: {
    value: 60,
    unit: 's',
    meaning: 'how often an Auto Scaling action repeats while the alarm stays in its state',
    source: 'CloudWatch user guide, "Alarm actions": once per minute; periods below 60 s assumed alike',
    confidence: 'M',
  },
  highResolutionAlarmEvaluationIntervalSeconds: {
    value: 10,
    unit: 's',
    meaning: 'how often an alarm with a period of 10, 20 or 30 s is evaluated',
    source: 'CloudWatch user guide, "High-resolution alarms"',
    confidence: 'H',
  },
  highResolutionAlarmEvaluationPhaseSeconds: {
    value: 5,
    unit: 's',
    meaning: 'when in its ten seconds such an alarm is evaluated',
    source: 'the mean of a uniform phase; agrees with the 86 s that AWS measured for 20 s metrics',
    confidence: 'L',
  },
  metricMathMissingOperand: {
    value: 'zero',
    unit: 'zero or none',
    meaning:
      'arithmetic of two series where only one has a point: the other counts as 0, or there is no result',
    source:
      'CloudWatch user guide, "Basic arithmetic functions": missing values are treated as 0; seen so in compiler-explorer/infra#1661',
    confidence: 'H',
  },
  trackingHighDatapoints: {
    value: 3,
    unit: 'datapoints',
    meaning: "M and N of a target-tracking policy's AlarmHigh",
    source: 'alarms of live accounts, as dumped by Terraformer; containers-roadmap#1208',
    confidence: 'H',
  },
  trackingLowDatapoints: {
    value: 15,
    unit: 'datapoints',
    meaning: "M and N of a target-tracking policy's AlarmLow at a period of 60 s",
    source: 'alarms of live accounts; 9 were seen for an ELB metric (cloudformation-coverage-roadmap#2353)',
    confidence: 'M',
  },
  trackingHighResolutionLowDatapoints: {
    value: 45,
    unit: 'datapoints',
    meaning: "M and N of a target-tracking policy's AlarmLow at a period of 20 s",
    source: 'the same fifteen minutes; unpublished',
    confidence: 'L',
  },
  trackingLowThresholdFraction: {
    value: 0.9,
    unit: 'of the target',
    meaning: "threshold of a target-tracking policy's AlarmLow",
    source: 'alarms of live accounts (70 gives 63, 80 gives 72)',
    confidence: 'H',
  },
  trackingMetricMaxAgeSeconds: {
    value: 300,
    unit: 's',
    meaning: 'a metric whose newest point began longer ago counts as missing: no scaling on it',
    source:
      'ECS guide: missing data is never low utilization; alarms may re-evaluate old points for minutes, how far scaling follows is unpublished',
    confidence: 'L',
  },
  scaleInSizing: {
    value: 'proportional',
    unit: 'proportional or gradual',
    meaning:
      'size of a scale-in: to base × metric ÷ target at once, or towards it by a fraction of desired at a time',
    source:
      'Application Auto Scaling user guide says "more gradually" and no more; results differ 2 to 4 times',
    confidence: 'L',
  },
  gradualScaleInFraction: {
    value: 0.1,
    unit: 'of desired',
    meaning: 'how much a gradual scale-in takes away at most (at least one task)',
    source: 'a guess; see scaleInSizing',
    confidence: 'L',
  },
  isActivityPartOfCooldown: {
    value: true,
    unit: 'boolean',
    meaning:
      'whether netting and blocking hold from the start of an activity, not only from its completion when the cooldown starts',
    source:
      'Application Auto Scaling user guide: "continuously but not excessively"; what happens during the activity is unpublished',
    confidence: 'L',
  },
  defaultCooldownSeconds: {
    value: 300,
    unit: 's',
    meaning: 'both cooldowns of an ECS policy that states none',
    source: 'API reference, TargetTrackingScalingPolicyConfiguration',
    confidence: 'H',
  },
  activityTimeoutSeconds: {
    value: 1_800,
    unit: 's',
    meaning: 'an activity whose tasks do not come up for so long ends Unfulfilled',
    source: 'the status is documented, its time is not',
    confidence: 'L',
  },
  ecsMetricDelaySeconds: {
    value: 120,
    unit: 's',
    meaning: 'how long after the end of its minute an AWS/ECS datapoint of 60 s can be read',
    source: 'reckoned back from the 363 s to trigger that AWS measured (containers-roadmap#2113)',
    confidence: 'L',
  },
  ecsHighResolutionMetricDelaySeconds: {
    value: 10,
    unit: 's',
    meaning: 'how long after its end an AWS/ECS datapoint of 20 s can be read',
    source: 'reckoned back from the 86 s to trigger that AWS measured (containers-roadmap#2113)',
    confidence: 'L',
  },
  sqsMetricDelaySeconds: {
    value: 60,
    unit: 's',
    meaning: 'how long after the end of its minute an AWS/SQS datapoint can be read',
    source: 'field reports between 30 and 120 s',
    confidence: 'L',
  },
  sqsActiveSeconds: {
    value: 21_600,
    unit: 's',
    meaning: 'how long after its last use a queue sends metrics',
    source: 'SQS developer guide, "Monitoring with CloudWatch"',
    confidence: 'H',
  },
  sqsReactivationDelaySeconds: {
    value: 0,
    unit: 's',
    meaning: 'how long the metrics of a queue stay away when it is used again after having been inactive',
    source: 'SQS developer guide: up to 900 s; 0 keeps a laptop pleasant, raise it to rehearse the gap',
    confidence: 'M',
  },
  sqsProcessingWindowSeconds: {
    value: 60,
    unit: 's',
    meaning: "how far back a fair queue's recent processing time goes; older time counts ever less",
    source:
      'SQS developer guide: "recent share of total consumer processing time"; how recent is unpublished',
    confidence: 'L',
  },
  isProtectionRenewalBlocked: {
    value: false,
    unit: 'boolean',
    meaning:
      'whether a task that is protected already is refused, like any other, when more tasks are protected than desired',
    source: 'ECS developer guide: "more protected tasks than the desired count"; says nothing of renewals',
    confidence: 'L',
  },
  ecsServiceLaunchesPerMinute: {
    value: 500,
    unit: 'tasks/min',
    meaning:
      'how many tasks one service launches; a minute of it at once, since how it is spread is unpublished',
    source: 'ECS service quotas; 125 in smaller regions',
    confidence: 'H',
  },
  ecsFargateLaunchesPerSecond: {
    value: 20,
    unit: 'tasks/s',
    meaning: 'how fast an account launches Fargate tasks in a region, Spot tasks apart',
    source: 'ECS developer guide, "AWS Fargate throttling quotas"; 5 in smaller regions',
    confidence: 'H',
  },
  ecsFargateLaunchBurst: {
    value: 100,
    unit: 'tasks',
    meaning: 'how many Fargate tasks an account launches at once after a pause',
    source: 'ECS developer guide, "AWS Fargate throttling quotas"',
    confidence: 'H',
  },
}

/** The values of {@link PARAMETERS}. */
export const DEFAULTS: ModelParameters = withParameters({})

/** The defaults with some values replaced. */
export function withParameters(overrides: Partial<ModelParameters>): ModelParameters {
  const defaults = Object.fromEntries(Object.entries(PARAMETERS).map(([name, { value }]) => [name, value]))
  return { ...(defaults as unknown as ModelParameters), ...overrides }
}
