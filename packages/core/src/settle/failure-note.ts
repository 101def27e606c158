import type { MessageAttribute, ReceivedMessage } from '../delivery.js'

/** Why a message is given up, and where: what its copy in the dead-letter queue says besides the message itself. */
export interface Failure {
  readonly reason: string
  /** What the handler gave as the cause, if anything. */
  readonly error: unknown
  /** The queue that it comes from. */
  readonly sourceArn: string | undefined
  readonly taskArn: string | undefined
}

type Attributes = Readonly<Record<string, MessageAttribute>>

// docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
const MAX_ATTRIBUTES = 10
const MAX_BYTES = 1_048_576

const PREFIX = 'longshore.'
/** All of the note as JSON, where there is no room for an attribute each. */
const NOTE = `${PREFIX}failure`
const MAX_REASON_CHARACTERS = 256
const MAX_ERROR_CHARACTERS = 1_024

/**
 * The attributes of a copy: every one that its sender gave, then those of the note. An earlier note, of a message that
 * was sent back and failed again, makes room for the new one. What does not fit beside the sender's ten attributes, or
 * into SQS's limit for a message, is left out: the message itself never is.
 */
export function copyAttributes(message: ReceivedMessage, failure: Failure): Attributes {
  const theirs = Object.entries(message.attributes).filter(([name]) => !name.startsWith(PREFIX))
  const note = noteOf(message, failure)
  const room = MAX_BYTES - Buffer.byteLength(message.body) - bytesOf(theirs)
  const each = Object.entries(note).map(([name, value]): [string, MessageAttribute] => [
    PREFIX + name,
    { type: name === 'receiveCount' ? 'Number' : 'String', value },
  ])
  const whole: [string, MessageAttribute][] = [[NOTE, { type: 'String', value: JSON.stringify(note) }]]
  const fitting = [each, whole].find(
    (ours) => theirs.length + ours.length <= MAX_ATTRIBUTES && bytesOf(ours) <= room,
  )
  return Object.fromEntries([...theirs, ...(fitting ?? [])])
}

function noteOf(message: ReceivedMessage, failure: Failure): Record<string, string> {
  const note: Record<string, string | undefined> = {
    // SQS refuses an attribute with an empty value.
    reason: text(failure.reason, MAX_REASON_CHARACTERS) ?? 'none given',
    error: failure.error === undefined ? undefined : text(describe(failure.error), MAX_ERROR_CHARACTERS),
    receiveCount: String(message.receiveCount),
    source: failure.sourceArn,
    taskArn: failure.taskArn,
    traceId: traceIdOf(message),
  }
  return Object.fromEntries(
    Object.entries(note).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}

// The name and the words of an error, without its stack.
function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}

// SQS refuses a whole message for one character that XML does not have; half of a pair, which a cut may leave, is one.
const ILLEGAL = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu

function text(value: string, most: number): string | undefined {
  const legal = value.slice(0, most).replace(ILLEGAL, '\uFFFD')
  return legal === '' ? undefined : legal
}

// W3C's, else X-Ray's.
function traceIdOf({ attributes, traceHeader }: ReceivedMessage): string | undefined {
  const parent = attributes.traceparent?.value
  const [, w3c] = typeof parent === 'string' ? (/^\w{2}-(\w{32})-/.exec(parent) ?? []) : []
  const [, xray] = /Root=([\w-]+)/.exec(traceHeader ?? '') ?? []
  return w3c ?? xray
}

function bytesOf(attributes: readonly (readonly [string, MessageAttribute])[]): number {
  let bytes = 0
  for (const [name, { type, value }] of attributes) {
    bytes += Buffer.byteLength(name) + Buffer.byteLength(type) + Buffer.byteLength(value)
  }
  return bytes
}
