export { DEFAULTS, PARAMETERS, withParameters } from './parameters.js'
export type { Confidence, MissingOperand, ModelParameters, Parameter, ScaleInSizing } from './parameters.js'
export { evaluateAlarm, isBreaching } from './cloudwatch/alarm.js'
export type {
  AlarmDatapoint,
  AlarmEvaluation,
  AlarmRule,
  AlarmState,
  AlarmView,
  ComparisonOperator,
  TreatMissingData,
} from './cloudwatch/alarm.js'
export {
  alarmPoints,
  evaluationRange,
  isActionRepeatDue,
  nextAlarmEvaluationMs,
} from './cloudwatch/alarm-schedule.js'
export { alarmMetricsProblem } from './cloudwatch/alarm-metrics.js'
export type { AlarmMetric } from './cloudwatch/alarm-metrics.js'
export { distributionOf, distributionOfSet, mergeDistributions } from './cloudwatch/distribution.js'
export type { Distribution, WeightedValue } from './cloudwatch/distribution.js'
export { parseExtendedStatistic } from './cloudwatch/extended-statistic.js'
export type { ExtendedStatistic } from './cloudwatch/extended-statistic.js'
export { extendedStatisticOf } from './cloudwatch/extended-statistics.js'
export { compileMetricMath, evaluateMetricMath } from './cloudwatch/metric-math/metric-math.js'
export type { MathInput, MathProgram, MathQuery, MathSeries } from './cloudwatch/metric-math/metric-math.js'
export { MetricMathError } from './cloudwatch/metric-math/metric-math-error.js'
export { aggregate, mergeSets, samples, statisticOf, STATISTICS } from './cloudwatch/statistics.js'
export type { PeriodGrid, Statistic, StatisticSet, TimedSet } from './cloudwatch/statistics.js'
export {
  afterCompletion,
  afterFailure,
  afterScaleIn,
  afterScaleOut,
  isCooling,
  NO_COOLDOWNS,
  scaleOutBase,
} from './scaling/cooldown.js'
export type { Cooldowns, CoolingActivity } from './scaling/cooldown.js'
export { isNotScaledCode } from './scaling/scaling-decision.js'
export type { NotScaledCode, ScalingDecision, SilentReason } from './scaling/scaling-decision.js'
export { PREDICTIVE_DEFAULTS, predictivePolicyProblem } from './scaling/predictive-policy.js'
export type {
  MaxCapacityBreachBehavior,
  PredictiveMetricSpecification,
  PredictiveScalingMode,
  PredictiveScalingPolicy,
} from './scaling/predictive-policy.js'
export { nextRun, parseSchedule } from './scaling/schedule/schedule.js'
export type { Schedule, ScheduleWindow } from './scaling/schedule/schedule.js'
export { ScheduleError } from './scaling/schedule/schedule-error.js'
export { applyScheduledAction, scheduledActionProblem } from './scaling/scheduled-action.js'
export type { ScalableTargetAction, ScheduledOutcome, ScheduledTarget } from './scaling/scheduled-action.js'
export { largestDecision } from './scaling/several-policies.js'
export { adjustedCapacity, stepFor } from './scaling/step-adjustment.js'
export type { Adjustment, AdjustmentType, Breach, StepAdjustment } from './scaling/step-adjustment.js'
export { stepPolicyProblem } from './scaling/step-policy.js'
export type { MetricAggregationType, StepScalingPolicy } from './scaling/step-policy.js'
export { aggregateMetric, decideStepScaling } from './scaling/step-scaling.js'
export type { StepScalingInput } from './scaling/step-scaling.js'
export { NOT_SUSPENDED, resumedDirections, withSuspension } from './scaling/suspension.js'
export type { SuspendedState } from './scaling/suspension.js'
export { decideTargetTracking } from './scaling/target-tracking.js'
export type { ScalableCapacity, TrackingInput, TrackingReading } from './scaling/target-tracking.js'
export { trackingAlarms } from './scaling/tracking-alarms.js'
export type { TrackedPolicy, TrackingAlarm } from './scaling/tracking-alarms.js'
export { becomesNoisy, processingTimeAt, staysNoisy } from './sqs/fair-queue.js'
export type { GroupLoad, ProcessingTime } from './sqs/fair-queue.js'
export { isQueueReporting, queueActivity, queueDatapoints } from './sqs/queue-metrics.js'
export type { QueueActivity, QueueDatapoint } from './sqs/queue-metrics.js'
export type { FairnessReading, QueueReading } from './sqs/queue-reading.js'
export { launchBackoffAfterFailure, NO_LAUNCH_BACKOFF } from './ecs/launch-backoff.js'
export type { LaunchBackoff } from './ecs/launch-backoff.js'
export { HEALTHY_AFTER_MS, isHealthy, reconcileService } from './ecs/reconcile-service.js'
export type { ServiceState, ServiceStep, ServiceTask } from './ecs/reconcile-service.js'
export { isProtectionBlocked, PROTECTION_MINUTES } from './ecs/task-protection.js'
export type { ProtectionRequest } from './ecs/task-protection.js'
export { fullBucket, takeTokens } from './ecs/token-bucket.js'
export type { RateLimit, TokenBucket, TokenTake } from './ecs/token-bucket.js'
export { LEAST_CPU_UNITS, SERVICE_METRICS, utilization } from './ecs/service-metrics.js'
export type { MetricResolution, ServiceMetric, TaskUse } from './ecs/service-metrics.js'
export { breakerThreshold, DEFAULT_BREAKER_THRESHOLD } from './ecs/circuit-breaker.js'
export type { BreakerThreshold } from './ecs/circuit-breaker.js'
export { capacityStrategyProblem, nextCapacityProvider, STRATEGY_LIMITS } from './ecs/capacity-strategy.js'
export type { CapacityStrategyItem } from './ecs/capacity-strategy.js'
export { capacityProviderReservation } from './ecs/capacity-reservation.js'
export type { InstanceRoom, ReservationReading } from './ecs/capacity-reservation.js'
export { launchLimits } from './ecs/launch-limits.js'
export type { LaunchLimits } from './ecs/launch-limits.js'
