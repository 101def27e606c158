import type { MessageAttribute, ReceivedMessage } from '../delivery.js'

/**
 * What the worker and the producer need of a queue. The real one is `sqs-port.ts`; `testing/` has one in memory; the
 * contract suite holds both to one list of rules. Calls that fail reject with a `QueueCallError`; an entry that fails
 * inside a batch is an {@link EntryFailure}, never a rejection.
 */
export interface QueuePort {
  /** The queue's URL or name, for messages to people. */
  readonly name: string
  /** Where its calls go, if known. */
  readonly endpoint?: string | undefined
  /** What must be known before the first receive. */
  describe(signal: AbortSignal): Promise<QueueFacts>
  /** Up to ten messages, waiting for the first. */
  receive(request: ReceiveRequest, signal: AbortSignal): Promise<ReceivedMessage[]>
  /** Deletes up to ten receipts; the failures. */
  deleteBatch(receiptHandles: readonly string[], signal: AbortSignal): Promise<EntryFailure[]>
  /** Moves up to ten visibility timeouts; the failures. */
  changeVisibilityBatch(changes: readonly VisibilityChange[], signal: AbortSignal): Promise<EntryFailure[]>
  /** Sends up to ten messages of 1 MiB together; what was sent and what was not. */
  sendBatch(entries: readonly SendEntry[], signal: AbortSignal): Promise<SendBatchResult>
  /** The queue with this ARN, over the same connections; closed with this one. */
  open(queueArn: string, signal: AbortSignal): Promise<QueuePort>
  /** Closes the connections that this port made. */
  close(): void
}

/** The operations of {@link QueuePort} that make calls, by SQS's names. */
export type QueueOperation =
  | 'GetQueueAttributes'
  | 'GetQueueUrl'
  | 'ReceiveMessage'
  | 'DeleteMessageBatch'
  | 'ChangeMessageVisibilityBatch'
  | 'SendMessageBatch'

export interface QueueFacts {
  readonly url: string
  /** The queue's default visibility timeout. */
  readonly visibilityTimeoutMs: number
  readonly isFifo: boolean
  /** Where SQS moves a message that was received too often, if anywhere. */
  readonly redrive?: { readonly deadLetterQueueArn: string; readonly maxReceiveCount: number } | undefined
  readonly arn?: string | undefined
  /** How long SQS keeps a message. */
  readonly retentionMs?: number | undefined
  /** Messages that could be received, approximately: SQS's count may be up to a minute old. */
  readonly visible?: number | undefined
  /** For a FIFO queue: whether its throughput is limited by message group, not as a whole. */
  readonly isHighThroughput?: boolean | undefined
}

export interface ReceiveRequest {
  /** 1–10. */
  readonly maxMessages: number
  /** 0–20: how long to wait for the first message. */
  readonly waitSeconds: number
  /** 1–43,200: how long the messages stay hidden from others. */
  readonly visibilityTimeoutSeconds: number
  /**
   * For a FIFO queue: a receive that is made again under the same id, within five minutes, brings the messages that the
   * first one took, should its answer have been lost. Otherwise they would lock their groups for a visibility timeout.
   */
  readonly attemptId?: string | undefined
  /** For a dead-letter queue: whether to say which queue each message was moved from. */
  readonly withSource?: boolean | undefined
}

export interface VisibilityChange {
  readonly receiptHandle: string
  /** 0–43,200, counted from the call; 0 makes the message visible at once. */
  readonly visibilityTimeoutSeconds: number
}

export interface SendEntry {
  readonly body: string
  readonly delaySeconds?: number | undefined
  readonly attributes?: Readonly<Record<string, MessageAttribute>> | undefined
  readonly groupId?: string | undefined
  readonly deduplicationId?: string | undefined
  readonly traceHeader?: string | undefined
}

export interface SendBatchResult {
  readonly sent: readonly {
    readonly index: number
    readonly messageId: string
    readonly sequenceNumber?: string | undefined
  }[]
  readonly failures: readonly EntryFailure[]
}

/** One entry of a batch that SQS refused. */
export interface EntryFailure {
  /** The entry's place in the request. */
  readonly index: number
  /** AWS's code, without its `AWS.SimpleQueueService.` prefix and its `Exception` suffix. */
  readonly code: string
  readonly message: string
  /** True when the request is to blame, false when SQS is; undefined when it did not say. */
  readonly isSenderFault?: boolean | undefined
}
