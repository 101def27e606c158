// The parameters of a message that mean one thing to a standard queue and another to a FIFO queue.
import { hash } from 'node:crypto'

import { invalidParameter, invalidValue, missingParameter, notForThisQueueType } from './errors.js'
import type { FifoSettings } from './fifo-attributes.js'
import { optionalInteger, optionalText } from './input.js'
import type { Input } from './input.js'
import type { QueueSettings } from './queue-attributes.js'

export interface OrderingParameters {
  readonly groupId: string | undefined
  readonly deduplicationId: string | undefined
  readonly delayMs: number
}

const MAX_DELAY_SECONDS = 900
const TOKEN = /^[A-Za-z0-9!"#$%&'()*+,\-./:;<=>?@[\\\]^_`{|}~]{1,128}$/
const NO_DEDUPLICATION_ID =
  'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly'

export function readOrdering(input: Input, body: string, settings: QueueSettings): OrderingParameters {
  const { fifo } = settings
  if (fifo !== undefined && isAbsent(input, 'MessageGroupId')) throw missingParameter('MessageGroupId')
  const groupId = optionalToken(input, 'MessageGroupId')
  return fifo === undefined
    ? { groupId, deduplicationId: undefined, delayMs: standardDelayMs(input, settings) }
    : { groupId, deduplicationId: fifoId(input, body, fifo), delayMs: fifoDelayMs(input, settings) }
}

/** What fails a whole batch, as recorded from AWS, with codes of its own: single sends fail with others. */
export function checkFifoEntries(entries: readonly Input[], { fifo }: QueueSettings): void {
  if (fifo === undefined) return
  for (const entry of entries) {
    if (!fifo.isContentBased && isAbsent(entry, 'MessageDeduplicationId')) {
      throw invalidParameter(NO_DEDUPLICATION_ID)
    }
    if (isAbsent(entry, 'MessageGroupId')) {
      throw invalidParameter(missingParameter('MessageGroupId').message)
    }
  }
}

/** A name of up to 128 letters, digits and punctuation marks. */
export function optionalToken(input: Input, name: string): string | undefined {
  const value = optionalText(input, name)
  if (value === undefined || TOKEN.test(value)) return value
  const reason = `${name} can only include alphanumeric and punctuation characters. 1 to 128 in length.`
  throw invalidValue(name, value, reason)
}

function isAbsent(input: Input, name: string): boolean {
  return (optionalText(input, name) ?? '') === ''
}

function fifoId(input: Input, body: string, fifo: FifoSettings): string {
  const given = optionalToken(input, 'MessageDeduplicationId')
  if (given !== undefined) return given
  if (!fifo.isContentBased) throw invalidParameter(NO_DEDUPLICATION_ID)
  return hash('sha256', body)
}

/** FIFO queues delay all their messages alike; 0 is what a client sends that always sends something. */
function fifoDelayMs(input: Input, settings: QueueSettings): number {
  const seconds = optionalInteger(input, 'DelaySeconds') ?? 0
  if (seconds !== 0) throw notForThisQueueType('DelaySeconds', seconds)
  return settings.delayMs
}

function standardDelayMs(input: Input, settings: QueueSettings): number {
  const deduplicationId = optionalText(input, 'MessageDeduplicationId')
  if (deduplicationId !== undefined) {
    const reason = 'The request includes a parameter that is not valid for this queue type.'
    throw invalidValue('MessageDeduplicationId', deduplicationId, reason)
  }
  const seconds = optionalInteger(input, 'DelaySeconds')
  if (seconds === undefined) return settings.delayMs
  if (seconds < 0 || seconds > MAX_DELAY_SECONDS) {
    throw invalidValue('DelaySeconds', seconds, `DelaySeconds must be >= 0 and <= ${MAX_DELAY_SECONDS}.`)
  }
  return seconds * 1_000
}
