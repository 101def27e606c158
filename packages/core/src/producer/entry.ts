import { randomUUID } from 'node:crypto'
import type { MessageAttribute } from '../delivery.js'
import type { Duration } from '../duration.js'
import { durationMs, isDuration } from '../duration.js'
import type { OptionProblem } from '../option-problems.js'
import { OptionsError, PayloadError } from '../errors.js'

/** What may be said with each message. */
export interface SendOptions {
  /** Hidden from receivers for so long. Whole seconds, at most 15 minutes; default: the queue's own. Not on FIFO queues. */
  delay?: Duration | undefined
  /** At most ten. A string or a number goes as an attribute of type String or Number. */
  attributes?: Readonly<Record<string, string | number | MessageAttribute>> | undefined
  /** FIFO: the group whose order is kept; required there. On a standard queue: the tenant, for fair queues. */
  groupId?: string | undefined
  /** FIFO: messages with the same id within five minutes arrive once. Default: a new id for each send. */
  deduplicationId?: string | undefined
  /** The X-Ray trace header. */
  traceHeader?: string | undefined
}

/** A message ready for a batch. */
export interface Entry {
  readonly body: string
  /** Body and attributes together: what counts against SQS's limit. */
  readonly bytes: number
  readonly delaySeconds?: number | undefined
  readonly attributes?: Readonly<Record<string, MessageAttribute>> | undefined
  readonly groupId?: string | undefined
  readonly deduplicationId?: string | undefined
  readonly traceHeader?: string | undefined
}

// For one message and for one batch: docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
export const MAX_BYTES = 1_048_576
const MAX_ATTRIBUTES = 10
const MAX_DELAY_MS = 900_000

/**
 * A message's entry.
 *
 * @throws OptionsError for options that SQS would refuse, PayloadError for a message that is too large.
 */
export function entryOf(body: string, options: SendOptions, isFifo: boolean): Entry {
  const problems = problemsOf(options, isFifo)
  if (problems.length > 0) throw new OptionsError('send', problems)
  const attributes = options.attributes && sqsAttributes(options.attributes)
  const bytes = Buffer.byteLength(body) + attributeBytes(attributes)
  if (bytes > MAX_BYTES) {
    const text = `The message has ${bytes} bytes with its attributes; SQS takes ${MAX_BYTES}.`
    throw new PayloadError(text, [{ path: '', message: `has ${bytes} bytes` }])
  }
  return {
    body,
    bytes,
    delaySeconds: options.delay === undefined ? undefined : durationMs(options.delay) / 1_000,
    attributes,
    groupId: options.groupId,
    // Ours, so that a batch sent twice arrives once. Never a digest of the content: equal messages are not one message.
    deduplicationId: options.deduplicationId ?? (isFifo ? randomUUID() : undefined),
    traceHeader: options.traceHeader,
  }
}

function problemsOf(options: SendOptions, isFifo: boolean): OptionProblem[] {
  const { delay, attributes = {}, groupId, deduplicationId } = options
  const problems: OptionProblem[] = []
  if (delay !== undefined && !isDelay(delay)) {
    problems.push({
      path: 'delay',
      expected: "whole seconds, from '0s' to '15m'",
      got: JSON.stringify(delay),
    })
  }
  if (delay !== undefined && isFifo) {
    problems.push({
      path: 'delay',
      expected: 'none: a FIFO queue has one delay for all',
      got: JSON.stringify(delay),
    })
  }
  if (isFifo && (groupId === undefined || groupId === '')) {
    problems.push({
      path: 'groupId',
      expected: 'the group of the message: the queue is FIFO',
      got: 'nothing',
    })
  }
  if (!isFifo && deduplicationId !== undefined) {
    problems.push({ path: 'deduplicationId', expected: 'none: the queue is not FIFO', got: 'one' })
  }
  const count = Object.keys(attributes).length
  if (count > MAX_ATTRIBUTES) {
    problems.push({ path: 'attributes', expected: `at most ${MAX_ATTRIBUTES}`, got: String(count) })
  }
  return problems
}

function isDelay(delay: unknown): boolean {
  return isDuration(delay) && durationMs(delay) <= MAX_DELAY_MS && durationMs(delay) % 1_000 === 0
}

function sqsAttributes(given: NonNullable<SendOptions['attributes']>): Record<string, MessageAttribute> {
  const entries = Object.entries(given).map(([name, value]): [string, MessageAttribute] => {
    if (typeof value === 'string') return [name, { type: 'String', value }]
    if (typeof value === 'number') return [name, { type: 'Number', value: String(value) }]
    return [name, value]
  })
  return Object.fromEntries(entries)
}

function attributeBytes(attributes: Readonly<Record<string, MessageAttribute>> | undefined): number {
  let bytes = 0
  for (const [name, { type, value }] of Object.entries(attributes ?? {})) {
    bytes += Buffer.byteLength(name) + Buffer.byteLength(type) + Buffer.byteLength(value)
  }
  return bytes
}
