import type { MessageAttribute, ReceivedMessage } from '../delivery.js'

/** What a worker adds to its copies begins so; it describes the failure, and does not go back with the message. */
const OURS = 'longshore.'

/** A message of a dead-letter queue, for a filter to look at. */
export interface DeadLetterMessage {
  readonly messageId: string
  readonly body: string
  readonly attributes: Readonly<Record<string, MessageAttribute>>
  readonly groupId: string | undefined
  /** When it was sent, epoch milliseconds: to the source queue where SQS moved it, to this one where a worker copied it. */
  readonly sentAtMs: number
  /** How often SQS has handed it out, in the source queue and here. */
  readonly receiveCount: number
  /** Why a worker gave it up; undefined where SQS moved it after too many receives. */
  readonly reason: string | undefined
}

/** A message as it goes back to its source. */
export interface ReturnEntry {
  readonly body: string
  readonly attributes: Readonly<Record<string, MessageAttribute>> | undefined
  readonly groupId: string | undefined
  readonly deduplicationId: string | undefined
  readonly traceHeader: string | undefined
}

export function deadLetterMessage(message: ReceivedMessage): DeadLetterMessage {
  const { messageId, body, attributes, groupId, sentAtMs, receiveCount } = message
  return { messageId, body, attributes, groupId, sentAtMs, receiveCount, reason: text(message, 'reason') }
}

/** The ARN of the queue that it died in, where that is known. */
export function sourceArnOf(message: ReceivedMessage): string | undefined {
  return message.sourceArn ?? text(message, 'source')
}

/**
 * The message as its sender sent it. On a FIFO queue its id here is its deduplication id: sent twice, because an answer
 * was lost, it arrives once.
 */
export function returnEntry(message: ReceivedMessage, isFifo: boolean): ReturnEntry {
  const { body, groupId, messageId, traceHeader } = message
  const theirs = Object.entries(message.attributes).filter(([name]) => !name.startsWith(OURS))
  return {
    body,
    attributes: theirs.length === 0 ? undefined : Object.fromEntries(theirs),
    groupId,
    deduplicationId: isFifo ? messageId : undefined,
    traceHeader,
  }
}

// An attribute each, or all of them as JSON in one, where the sender's left no more room.
function text({ attributes }: ReceivedMessage, name: string): string | undefined {
  const value = attributes[`${OURS}${name}`]?.value
  if (typeof value === 'string') return value
  const note = attributes[`${OURS}failure`]?.value
  try {
    const said: unknown = Reflect.get(JSON.parse(String(note)) as object, name)
    return typeof said === 'string' ? said : undefined
  } catch {
    return undefined
  }
}
