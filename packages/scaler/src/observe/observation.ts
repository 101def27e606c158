import type { QueueCounts, ServiceCounts } from '../aws/port.js'
import type { AwsCallCode } from '../errors.js'

/** What was read, or why it could not be: a missing reading is never 0. */
export type Reading<T> =
  { readonly value: T } | { readonly value: undefined; readonly code: AwsCallCode; readonly reason: string }

/** What one beat read. */
export interface Observation {
  /** Epoch milliseconds of the scaler's clock when reading began. */
  readonly atMs: number
  readonly queue: Reading<QueueCounts>
  readonly service: Reading<ServiceCounts>
}
