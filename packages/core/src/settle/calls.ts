import type { Ending } from './lease.js'
/** The two calls that settling needs of a queue; each takes up to ten entries. */
export interface SettleCalls {
  deleteBatch(receiptHandles: readonly string[]): Promise<readonly EntryFailure[]>
  changeVisibilityBatch(changes: readonly VisibilityChange[]): Promise<readonly EntryFailure[]>
}

export interface VisibilityChange {
  readonly receiptHandle: string
  readonly visibilityTimeoutSeconds: number
}

/** One entry of a batch that SQS refused. */
export interface EntryFailure {
  readonly index: number
  readonly code: string
  readonly message: string
}

// "Message does not exist or is not available for visibility timeout change" comes as InvalidParameterValue.
const DISOWNED = new Set(['ReceiptHandleIsInvalid', 'MessageNotInflight', 'InvalidParameterValue'])

/** True when SQS says that this receipt holds the message no longer: trying again cannot help. */
export function isDisowned(failure: EntryFailure): boolean {
  return DISOWNED.has(failure.code)
}

/** A call about receipts: to extend them, or to settle their messages. */
export interface SettleCall {
  readonly purpose: 'heartbeat' | Ending['kind']
  readonly entries: number
  readonly elapsedMs: number
}

export interface SettleFailure extends SettleCall {
  readonly error: unknown
  readonly retryInMs: number
}
