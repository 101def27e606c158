import type { MessageAttributes } from './message-attributes.js'
import type { MessageList } from './message-list.js'

/** What a sender gave, and what SQS adds at sending. */
export interface SentMessage {
  readonly id: string
  readonly body: string
  readonly md5OfBody: string
  readonly attributes: MessageAttributes | undefined
  readonly md5OfAttributes: string | undefined
  /** Body and message attributes, as the limits count them. */
  readonly sizeBytes: number
  readonly senderId: string
  readonly sentAtMs: number
  readonly groupId: string | undefined
  /** Of a FIFO queue's message only, like its number. */
  readonly deduplicationId: string | undefined
  readonly sequenceNumber: string | undefined
  readonly traceHeader: string | undefined
}

/**
 * What changes at each receive; put back as a whole when an answer does not reach its caller.
 * A message's receive counts go up with every receive, in this queue and across redrives.
 */
export interface Receipt {
  /** Number of the latest receive, unique in the queue; 0 before the first. A handle names one receipt. */
  readonly number: number
  readonly receivedAtMs: number
  readonly receiveCount: number
  readonly receiveCountHere: number
  readonly firstReceivedAtMs: number | undefined
}

/** delayed → visible ⇄ in flight → gone (deleted, moved, too old). A message comes into its queue from `gone`. */
export type MessageState = 'delayed' | 'visible' | 'inFlight' | 'gone'

/** One message inside one queue. */
export interface StoredMessage {
  readonly sent: SentMessage
  readonly id: string
  /** When it came into this queue: for a dead-letter queue, when it was moved. */
  readonly enteredAtMs: number
  /** ARN of the queue it was moved from. */
  readonly deadLetterSourceArn: string | undefined
  state: MessageState
  receipt: Receipt
  /** When the delay or the visibility timeout ends; meaningless while visible. */
  dueAtMs: number
  /** Higher for what became visible later; while delayed, for what was sent later. */
  turn: number
  /** False while a FIFO queue's receives do not look so far. */
  isInReach: boolean
  // The rest belongs to the structures that hold the message.
  dueIndex: number
  ageIndex: number
  list: MessageList | undefined
  previous: StoredMessage | undefined
  next: StoredMessage | undefined
}

const NEVER_RECEIVED: Receipt = {
  number: 0,
  receivedAtMs: 0,
  receiveCount: 0,
  receiveCountHere: 0,
  firstReceivedAtMs: undefined,
}

/** A message that just came into a queue: sent there, or (with `movedFrom`) moved by redrive. */
export function storedMessage(
  sent: SentMessage,
  enteredAtMs: number,
  movedFrom?: { readonly arn: string; readonly receipt: Receipt },
): StoredMessage {
  const receipt = movedFrom && { ...movedFrom.receipt, number: 0, receiveCountHere: 0 }
  return {
    sent,
    id: sent.id,
    enteredAtMs,
    deadLetterSourceArn: movedFrom?.arn,
    state: 'gone',
    receipt: receipt ?? NEVER_RECEIVED,
    dueAtMs: 0,
    turn: 0,
    isInReach: true,
    dueIndex: -1,
    ageIndex: -1,
    list: undefined,
    previous: undefined,
    next: undefined,
  }
}
