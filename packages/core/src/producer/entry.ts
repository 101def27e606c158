import { randomUUID } from 'node:crypto'
import type { Duration } from '../duration.js'
import { durationMs, isDuration } from '../duration.js'
import type { OptionProblem } from '../option-problems.js'
import { OptionsError, PayloadError } from '../errors.js'
import type { Attributes, GivenAttributes } from './attributes.js'
import { attributeBytes, attributeProblems, sqsAttributes } from './attributes.js'

/** What may be said with each message. */
export interface SendOptions {
  /** Hidden from receivers for so long. Whole seconds, at most 15 minutes; default: the queue's own. Not on FIFO queues. */
  delay?: Duration | undefined
  /** At most ten, less one each for compression and large payloads. A string or a number goes as type String or Number. */
  attributes?: GivenAttributes | undefined
  /** FIFO: the group whose order is kept; required there. On a standard queue: the tenant, for fair queues. */
  groupId?: string | undefined
  /** FIFO: messages with the same id within five minutes arrive once. Default: a new id for each send. */
  deduplicationId?: string | undefined
  /** The X-Ray trace header. Default: the one of the producer's `trace`. */
  traceHeader?: string | undefined
}

/** A message ready for a batch. */
export interface Entry {
  readonly body: string
  /** Body and attributes together: what counts against SQS's limit. */
  readonly bytes: number
  readonly delaySeconds?: number | undefined
  readonly attributes?: Attributes | undefined
  readonly groupId?: string | undefined
  readonly deduplicationId?: string | undefined
  readonly traceHeader?: string | undefined
}

// For one message and for one batch: docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
export const MAX_BYTES = 1_048_576
const MAX_DELAY_MS = 900_000
// MessageGroupId and MessageDeduplicationId: letters, digits and punctuation of ASCII.
const ID = /^[!-~]{1,128}$/

const NONE: Attributes = Object.freeze({})

/** An entry's body and attributes, and what they count. */
export type Content = Pick<Entry, 'body' | 'bytes'> & { readonly attributes: Attributes }

export function contentOf(body: string, attributes: Attributes): Content {
  return { body, attributes, bytes: Buffer.byteLength(body) + attributeBytes(attributes) }
}

/**
 * Checks what is said with a message, and gives its attributes.
 *
 * @throws OptionsError for options that SQS would refuse.
 */
export function checkedAttributes(options: SendOptions, isFifo: boolean): Attributes {
  const attributes = options.attributes === undefined ? NONE : sqsAttributes(options.attributes)
  const problems = problemsOf(options, isFifo)
  if (attributes !== NONE) problems.push(...attributeProblems(attributes))
  if (problems.length > 0) throw new OptionsError('send', problems)
  return attributes
}

/** @throws PayloadError for a message that is too large. */
export function entryOf(content: Content, options: SendOptions, isFifo: boolean): Entry {
  const { body, bytes, attributes } = content
  if (bytes > MAX_BYTES) {
    const text = `The message has ${bytes} bytes with its attributes; SQS takes ${MAX_BYTES}.`
    throw new PayloadError(text, [{ path: '', message: `has ${bytes} bytes` }])
  }
  return {
    body,
    bytes,
    delaySeconds: options.delay === undefined ? undefined : durationMs(options.delay) / 1_000,
    attributes: attributes === NONE || Object.keys(attributes).length === 0 ? undefined : attributes,
    groupId: options.groupId,
    // Ours, so that a batch sent twice arrives once. Never a digest of the content: equal messages are not one message.
    deduplicationId: options.deduplicationId ?? (isFifo ? randomUUID() : undefined),
    traceHeader: options.traceHeader,
  }
}

function problemsOf(options: SendOptions, isFifo: boolean): OptionProblem[] {
  const { delay, groupId, deduplicationId } = options
  const problems: OptionProblem[] = []
  const isWrong = (path: keyof SendOptions, expected: string, got: unknown): void =>
    void problems.push({ path, expected, got: got === undefined ? 'nothing' : JSON.stringify(got) })

  if (delay !== undefined && !isDelay(delay)) isWrong('delay', "whole seconds, from '0s' to '15m'", delay)
  if (delay !== undefined && isFifo) isWrong('delay', 'none: a FIFO queue has one delay for all', delay)
  if (isFifo && groupId === undefined)
    isWrong('groupId', 'the group of the message: the queue is FIFO', groupId)
  if (groupId !== undefined && !ID.test(groupId)) isWrong('groupId', ID_EXPECTED, groupId)
  if (!isFifo && deduplicationId !== undefined)
    isWrong('deduplicationId', 'none: the queue is not FIFO', deduplicationId)
  else if (deduplicationId !== undefined && !ID.test(deduplicationId))
    isWrong('deduplicationId', ID_EXPECTED, deduplicationId)
  return problems
}

const ID_EXPECTED = '1 to 128 letters, digits and punctuation marks of ASCII'

function isDelay(delay: unknown): boolean {
  return isDuration(delay) && durationMs(delay) <= MAX_DELAY_MS && durationMs(delay) % 1_000 === 0
}
