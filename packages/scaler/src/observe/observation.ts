import type { QueueCounts, ServiceCounts } from '../aws/port.js'
import type { AwsCallCode } from '../errors.js'

/** What was read, or why it could not be: a missing reading is never 0. */
export type Reading<T> = { readonly value: T } | MissingReading

/** Why something could not be read. */
export interface MissingReading {
  readonly value: undefined
  readonly code: AwsCallCode
  readonly reason: string
}

/** What one beat read. */
export interface Observation {
  /** Epoch milliseconds of the scaler's clock when reading began. */
  readonly atMs: number
  /** All queues together; missing when one of them is. */
  readonly queue: Reading<QueueCounts>
  /** Each queue, in the order of the configuration. */
  readonly queues: readonly QueueObservation[]
  readonly service: Reading<ServiceCounts>
  /** Undefined where nobody tells. */
  readonly telemetry: WorkerTelemetry | undefined
  /** Why the workers were not heard, where somebody tells of them and failed: a missing reading like the others. */
  readonly unheard?: MissingReading | undefined
}

/** One queue of an observation. */
export interface QueueObservation {
  /** Its name or URL. */
  readonly name: string
  /** Missing too when a fair queue's noisy groups could not be asked for: they may be nearly all of it. */
  readonly counts: Reading<QueueCounts>
  /** Visible messages of noisy groups, a minute or two ago; undefined where CloudWatch has none, or wasn't asked. */
  readonly noisyVisible: number | undefined
}

/** What the service's workers tell of themselves, all tasks together. Each part may be missing. */
export interface WorkerTelemetry {
  /** Slots that handle a message now. */
  readonly busySlots?: number | undefined
  /** Mean handling time of late. */
  readonly meanHandlingMs?: number | undefined
  /** Its variance ÷ mean². */
  readonly variation?: number | undefined
  /** How long the message that was taken last had waited. */
  readonly waitedMs?: number | undefined
}
