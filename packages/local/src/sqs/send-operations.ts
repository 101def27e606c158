import { hash, randomUUID } from 'node:crypto'

import type { AccountContext, Operation } from '../server/service.js'
import { readEntries, runBatch } from './batch.js'
import {
  batchTooLong,
  invalidMessageContents,
  invalidParameter,
  MAX_BYTES,
  messageTooLong,
} from './errors.js'
import { optionalText, requiredText } from './input.js'
import type { Input } from './input.js'
import { attributesBytes, md5OfAttributes, readMessageAttributes } from './message-attributes.js'
import type { MessageAttributes } from './message-attributes.js'
import { hasInvalidCharacters } from './message-text.js'
import type { SentMessage } from './message.js'
import { checkFifoEntries, readOrdering } from './ordering-parameters.js'
import type { QueueSettings } from './queue-attributes.js'
import type { QueueRegistry } from './queue-registry.js'
import type { Queue, Sending } from './queue.js'

interface Prepared extends Sending {
  /** What is known of the answer before the queue has admitted the message. */
  readonly answer: Record<string, unknown>
}

/** SendMessage and SendMessageBatch. */
export function sendOperations(account: AccountContext, queues: QueueRegistry): Record<string, Operation> {
  return {
    SendMessage: (input) => {
      const queue = queues.byUrl(requiredText(input, 'QueueUrl'))
      queue.countCall('send', () => groupIdsOf([input]))
      const accepted: Sending[] = []
      const answer = accept(prepare(input, queue.settings, account), queue, accepted)
      queue.send(accepted)
      return answer
    },
    SendMessageBatch: (input) => {
      const queue = queues.byUrl(requiredText(input, 'QueueUrl'))
      const entries = readEntries(input, 'SendMessageBatch')
      const inputs = entries.map((entry) => entry.input)
      queue.countCall('send', () => groupIdsOf(inputs))
      checkBatchBytes(inputs)
      checkFifoEntries(inputs, queue.settings)
      const accepted: Sending[] = []
      const answer = runBatch(entries, (entry) =>
        accept(prepare(entry, queue.settings, account), queue, accepted),
      )
      queue.send(accepted)
      return answer
    },
  }
}

function groupIdsOf(inputs: readonly Input[]): string[] {
  return inputs.map((input) => optionalText(input, 'MessageGroupId') ?? '')
}

/** Adds a message to those that the queue will store, or answers for the earlier one that it repeats. */
function accept(
  { sent, delayMs, answer }: Prepared,
  queue: Queue,
  accepted: Sending[],
): Record<string, unknown> {
  const admission = queue.admit(sent)
  if ('sent' in admission) accepted.push({ sent: admission.sent, delayMs })
  const { id, sequenceNumber } = 'sent' in admission ? admission.sent : admission.original
  answer.MessageId = id
  answer.SequenceNumber = sequenceNumber
  return answer
}

function prepare(input: Input, settings: QueueSettings, account: AccountContext): Prepared {
  const body = requiredText(input, 'MessageBody')
  if (hasInvalidCharacters(body)) throw invalidMessageContents()
  const attributes = readMessageAttributes(input, 'MessageAttributes')
  const sizeBytes = Buffer.byteLength(body) + attributesBytes(attributes)
  if (sizeBytes > settings.maximumMessageBytes) throw messageTooLong(settings.maximumMessageBytes)
  const systemAttributes = readSystemAttributes(input)
  const { groupId, deduplicationId, delayMs } = readOrdering(input, body, settings)
  const sent: SentMessage = {
    id: randomUUID(),
    body,
    md5OfBody: hash('md5', body),
    attributes,
    md5OfAttributes: md5OfAttributes(attributes),
    sizeBytes,
    senderId: `AIDALOCAL${account.accountId}`,
    sentAtMs: account.clock.now(),
    groupId,
    deduplicationId,
    sequenceNumber: undefined,
    traceHeader: systemAttributes?.AWSTraceHeader?.StringValue,
  }
  const answer = {
    MD5OfMessageBody: sent.md5OfBody,
    MD5OfMessageAttributes: sent.md5OfAttributes,
    MD5OfMessageSystemAttributes: md5OfAttributes(systemAttributes),
  }
  return { sent, delayMs, answer }
}

/** Only the X-Ray trace header can be sent; it does not count towards the message's size. */
function readSystemAttributes(input: Input): MessageAttributes | undefined {
  const { MessageSystemAttributes: given } = input
  if (given === undefined || given === null) return undefined
  const attributes = readMessageAttributes(input, 'MessageSystemAttributes')
  for (const [name, { DataType }] of Object.entries(attributes ?? {})) {
    if (name !== 'AWSTraceHeader') {
      throw invalidParameter(`Message system attribute name '${name}' is invalid.`)
    }
    if (DataType !== 'String') {
      throw invalidParameter(`The message system attribute '${name}' must be of type 'String'.`)
    }
  }
  return attributes
}

/** The sum over the batch, before any entry is looked at by itself. */
function checkBatchBytes(entries: readonly Input[]): void {
  let bytes = 0
  for (const entry of entries) {
    bytes += Buffer.byteLength(optionalText(entry, 'MessageBody') ?? '')
    bytes += attributesBytesOf(entry)
  }
  if (bytes > MAX_BYTES) throw batchTooLong(bytes)
}

// An entry with bad attributes fails alone, later; here it counts as having none.
function attributesBytesOf(entry: Input): number {
  try {
    return attributesBytes(readMessageAttributes(entry, 'MessageAttributes'))
  } catch {
    return 0
  }
}
