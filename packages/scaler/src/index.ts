export { defineService, isService } from './config/define-service.js'
export type { ServiceConfig } from './config/service-config.js'
export type * from './config/scaling-config.js'
export type {
  Budget,
  CooldownSeconds,
  Policies,
  Service,
  ServiceQueue,
  Steps,
  Strategy,
  Suspension,
} from './config/service.js'

export { createScaler } from './scaler.js'
export type { Scaler, ScalerOptions, ScalerStatus } from './scaler.js'
export type { BeatCounts, BeatFigures } from './tally.js'
export { createPublisher } from './publisher.js'
export type { Publisher, PublisherOptions } from './publisher.js'
export type { BeatResult } from './beat.js'
export type { Lease } from './actuate/lease.js'
export { taskLease } from './actuate/task-lease.js'
export type { TaskLeaseOptions } from './actuate/task-lease.js'
export { publishFrom } from './publish-from.js'
export type { PublishFromOptions, PublishingWorker } from './publish-from.js'
export { eventRecord } from './events.js'
export type { NamedEvent, ScalerEvents } from './events.js'
export { batchPublishing } from './actuate/batch.js'
export type { BatchOptions } from './actuate/batch.js'
export { decide, decideNext } from './decide/decide.js'
export type { Decided, Decision, HoldCause, HoldDecision, PublishDecision, Signals } from './decide/decide.js'
export { decideCapacity } from './decide/capacity.js'
export type { CapacityDecision, CapacityInput } from './decide/capacity.js'
export { NO_MEMORY } from './decide/memory.js'
export type { Memory, Remembered } from './decide/memory.js'
export type { RequiredTasks } from './decide/required-tasks.js'
export { staffedSlots } from './decide/staffing.js'
export type { StaffingInput } from './decide/staffing.js'
export { acceptableBacklogPerTask, backlogPerTask, waitEstimateMs } from './decide/backlog.js'
export type { BacklogInputs } from './decide/backlog.js'
export type { Observation, QueueObservation, Reading, WorkerTelemetry } from './observe/observation.js'
export type { TelemetrySource } from './observe/observe.js'

export { planFor } from './plan/plan.js'
export type { Plan } from './plan/plan.js'
export type * from './plan/resources.js'
export { OWN_PREFIX, OWN_TAG, POLICY_NAME } from './plan/names.js'
export { changesBetween } from './plan/changes.js'
export type { Change, FieldChange, Put, Removal, Resources } from './plan/change.js'
export { conflictsBetween, demolitionOf } from './plan/ownership.js'
export type { Conflict, Demolition } from './plan/ownership.js'
export type {
  Live,
  LiveAlarm,
  LivePolicy,
  LivePredictive,
  LiveScheduledAction,
  LiveSteps,
  LiveTarget,
  LiveTracking,
  Tags,
} from './plan/live.js'
export { lint } from './plan/lint/lint.js'
export type { LintInput } from './plan/lint/lint.js'
export type { LintCode, LintFinding } from './plan/lint/finding.js'
export type { Facts, TaskFacts } from './plan/lint/facts.js'
export { lintAccount } from './lint-account.js'
export type { LintOptions } from './lint-account.js'
export { resourcesOf, templateOf } from './plan/render/template.js'
export type { Template, TemplateResource } from './plan/render/template.js'
export { kedaOf } from './plan/render/keda.js'
export type { KedaRendering, QueuePlace } from './plan/render/keda.js'
export { permissionsOf, ROLES } from './plan/render/permissions.js'
export type { PermissionScope, PolicyDocument, Role, Statement } from './plan/render/permissions.js'
export type { Form, FormValue } from './plan/render/form.js'
export { proposeChanges, proposeRemoval } from './propose.js'
export type { Proposal, Removals } from './propose.js'
export { applyChanges } from './actuate/apply.js'
export type { ApplyOptions } from './actuate/apply.js'

export { emfPublishing } from './actuate/emf.js'
export { publishingCost } from './plan/publishing-cost.js'
export type { PublishingCost } from './plan/publishing-cost.js'
export type { NextAction, ScheduledRun } from './plan/next-action.js'
export type { PolicyStatus } from './decide/policy-status.js'
export { readStatus } from './status.js'
export type { ServiceStatus, StatusOptions } from './status.js'

export { connectAws } from './aws/connect.js'
export type { ConnectOptions } from './aws/connect.js'
export type { AwsCall } from './aws/calls.js'
export type {
  AlarmReading,
  Aws,
  ChangingCalls,
  Handled,
  MetricSample,
  QueueCounts,
  ReadingCalls,
  RunningTask,
  ScalingActivity,
  ServiceCounts,
  ServiceEvent,
  ServiceName,
  WorkerMetrics,
} from './aws/port.js'

export { ApplyError, AwsCallError, ConfigError, NothingPublishedError, NotOursError } from './errors.js'
export type { AwsCallCode } from './errors.js'
export type { OptionProblem } from '@longshore/core/option-problems'
