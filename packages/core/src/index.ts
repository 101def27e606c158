// The public surface of @longshore/core. Testing tools live in `@longshore/core/testing`, time in `@longshore/core/time`.
export { defineQueue } from './queue/define-queue.js'
export type { Queue, QueueLocation, QueueOptions, Versions } from './queue/definition.js'
export { s3Records } from './decode/s3-events.js'
export type {
  EnvelopeKind,
  EnvelopeOf,
  Envelopes,
  EventBridgeEnvelope,
  RawEnvelope,
  S3Envelope,
  S3Record,
  SnsEnvelope,
} from './envelope.js'
export type { LargePayloads, PayloadPointer, PayloadStore } from './payload-store.js'
export { openQueue } from './queue/open-queue.js'
export { createWorker } from './worker.js'
export type { StopOptions, Worker } from './worker.js'
export { handleBatch } from './batch-handler.js'
export type {
  AnyHandler,
  BatchContext,
  BatchFunction,
  BatchHandler,
  BatchItem,
  BatchOptions,
} from './batch-handler.js'
export { from } from './sources.js'
export type { Source, SourceOptions } from './sources.js'
export { inspect } from './inspect.js'
export type { Finding, FindingCode } from './finding.js'
export { redrive } from './redrive.js'
export type { RedriveOptions, RedriveProgress, RedriveReport } from './redrive/redrive-options.js'
export type { DeadLetterMessage } from './redrive/dead-letter.js'
export { adaptive } from './adaptive.js'
export type { Adaptive, AdaptiveOptions } from './adaptive.js'
export type { LimitReason } from './limit-reason.js'
export type { Pressure } from './pressure.js'
export { mergeCapacity } from './capacity.js'
export type { Capacity } from './capacity.js'
export { exitCodeOf } from './emptying.js'
export type { DrainOptions, DrainReport } from './emptying.js'
export { createProducer } from './producer.js'
export type { CloseReport, Producer, ProducerOptions, ProducerStats } from './producer.js'
export type { Encoding } from './decode/compression.js'
export type { SentTrace, TraceContext } from './trace-context.js'
export type { SendOptions } from './producer/entry.js'
export type { Sent } from './producer/outbox.js'
export type { BreakerOptions, BreakerState } from './breaker.js'
export type { RateLimit } from './rate-limit.js'
export type { WorkerOptions } from './options.js'
export type { Handler, HandlerContext, Middleware } from './handler.js'
export { idempotent } from './idempotency/idempotent.js'
export type { IdempotencyOptions } from './idempotency/idempotent.js'
export type {
  CompletedOutcome,
  IdempotencyClaim,
  IdempotencyRecord,
  IdempotencyStore,
} from './idempotency-store.js'
export type { Delivery, MessageAttribute, ReceivedMessage } from './delivery.js'
export { deadLetter, done, release, retry } from './outcome.js'
export type { DeadLetter, Done, Outcome, Release, Retry } from './outcome.js'
export type { DrainReason, Listener, StopReport, WorkerEventName, WorkerEvents } from './events.js'
export type { QueueStats, WorkerState, WorkerStats } from './stats.js'
export type { ProtectionState, TaskIdentity } from './ecs-task.js'
export { jsonLogger, silentLogger } from './log.js'
export type { Logger } from './log.js'
export {
  DoctorError,
  DrainDeadlineError,
  HandlerTimeoutError,
  InvariantError,
  LeaseLostError,
  LifecycleError,
  LongshoreError,
  OptionsError,
  PayloadError,
  PayloadStoreError,
  QueueCallError,
  SendError,
  StuckHandlersError,
} from './errors.js'
export type { PayloadProblem, PayloadStoreDetails, QueueCallDetails, QueueCallReason } from './errors.js'
export type { OptionProblem } from './option-problems.js'
export type {
  EntryFailure,
  QueueFacts,
  QueueOperation,
  QueuePort,
  ReceiveRequest,
  SendBatchResult,
  SendEntry,
  VisibilityChange,
} from './queue/port.js'
export type { Duration } from './duration.js'
