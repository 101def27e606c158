export { defineService, isService } from './config/define-service.js'
export type { Service, ServiceConfig } from './config/service.js'

export { createScaler } from './scaler.js'
export type { BeatResult, Scaler, ScalerOptions, ScalerStatus } from './scaler.js'
export type { ScalerEvents } from './events.js'
export { decide } from './decide/decide.js'
export type { Decision, HoldCause, HoldDecision, PublishDecision } from './decide/decide.js'
export { acceptableBacklogPerTask, backlogPerTask, waitEstimateMs } from './decide/backlog.js'
export type { Observation, Reading } from './observe/observation.js'

export { planFor, POLICY_NAME } from './plan/plan.js'
export type { Plan } from './plan/plan.js'
export { changesBetween } from './plan/changes.js'
export type { Change, FieldChange, Live } from './plan/changes.js'
export { proposeChanges } from './propose.js'
export type { Proposal } from './propose.js'
export { applyChanges } from './actuate/apply.js'
export type { ApplyOptions } from './actuate/apply.js'

export { readStatus } from './status.js'
export type { ServiceStatus, StatusOptions } from './status.js'

export { connectAws } from './aws/connect.js'
export type { ConnectOptions } from './aws/connect.js'
export type {
  AlarmReading,
  Aws,
  LivePolicy,
  LiveTarget,
  LiveTracking,
  MetricIdentity,
  MetricSample,
  QueueCounts,
  ScalableTarget,
  ScalingActivity,
  ServiceCounts,
  ServiceName,
  TargetTrackingPolicy,
} from './aws/port.js'

export { ApplyError, AwsCallError, ConfigError } from './errors.js'
export type { AwsCallCode } from './errors.js'
export type { OptionProblem } from '@longshore/core/option-problems'
