import { hash, randomUUID } from 'node:crypto'

import type { AccountContext, Operation } from '../server/service.js'
import { readEntries, runBatch } from './batch.js'
import {
  batchTooLong,
  invalidMessageContents,
  invalidParameter,
  invalidValue,
  MAX_BYTES,
  messageTooLong,
} from './errors.js'
import { optionalInteger, optionalText, requiredText } from './input.js'
import type { Input } from './input.js'
import { attributesBytes, md5OfAttributes, readMessageAttributes } from './message-attributes.js'
import type { MessageAttributes } from './message-attributes.js'
import { hasInvalidCharacters } from './message-text.js'
import type { SentMessage } from './message.js'
import type { QueueRegistry } from './queue-registry.js'
import type { QueueSettings } from './queue-attributes.js'

const MAX_DELAY_SECONDS = 900
const GROUP_ID = /^[A-Za-z0-9!"#$%&'()*+,\-./:;<=>?@[\\\]^_`{|}~]{1,128}$/

interface Prepared {
  readonly sent: SentMessage
  readonly delayMs: number
  readonly answer: Record<string, unknown>
}

/** SendMessage and SendMessageBatch. */
export function sendOperations(account: AccountContext, queues: QueueRegistry): Record<string, Operation> {
  return {
    SendMessage: (input) => {
      const queue = queues.byUrl(requiredText(input, 'QueueUrl'))
      const prepared = prepare(input, queue.settings, account)
      queue.send([prepared])
      return prepared.answer
    },
    SendMessageBatch: (input) => {
      const queue = queues.byUrl(requiredText(input, 'QueueUrl'))
      const entries = readEntries(input, 'SendMessageBatch')
      checkBatchBytes(entries.map((entry) => entry.input))
      const accepted: Prepared[] = []
      const answer = runBatch(entries, (entry) => {
        const prepared = prepare(entry, queue.settings, account)
        accepted.push(prepared)
        return prepared.answer
      })
      queue.send(accepted)
      return answer
    },
  }
}

function prepare(input: Input, settings: QueueSettings, account: AccountContext): Prepared {
  const body = requiredText(input, 'MessageBody')
  if (hasInvalidCharacters(body)) throw invalidMessageContents()
  const attributes = readMessageAttributes(input, 'MessageAttributes')
  const sizeBytes = Buffer.byteLength(body) + attributesBytes(attributes)
  if (sizeBytes > settings.maximumMessageBytes) throw messageTooLong(settings.maximumMessageBytes)
  const systemAttributes = readSystemAttributes(input)
  const sent: SentMessage = {
    id: randomUUID(),
    body,
    md5OfBody: hash('md5', body),
    attributes,
    md5OfAttributes: md5OfAttributes(attributes),
    sizeBytes,
    senderId: `AIDALOCAL${account.accountId}`,
    sentAtMs: account.clock.now(),
    groupId: readGroupId(input),
    traceHeader: systemAttributes?.AWSTraceHeader?.StringValue,
  }
  refuseDeduplicationId(input)
  const answer = {
    MessageId: sent.id,
    MD5OfMessageBody: sent.md5OfBody,
    MD5OfMessageAttributes: sent.md5OfAttributes,
    MD5OfMessageSystemAttributes: md5OfAttributes(systemAttributes),
  }
  return { sent, delayMs: readDelayMs(input) ?? settings.delayMs, answer }
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

function readDelayMs(input: Input): number | undefined {
  const seconds = optionalInteger(input, 'DelaySeconds')
  if (seconds === undefined) return undefined
  if (seconds < 0 || seconds > MAX_DELAY_SECONDS) {
    throw invalidValue('DelaySeconds', seconds, `DelaySeconds must be >= 0 and <= ${MAX_DELAY_SECONDS}.`)
  }
  return seconds * 1_000
}

/** On a standard queue a group id names a tenant (fair queues). */
function readGroupId(input: Input): string | undefined {
  const groupId = optionalText(input, 'MessageGroupId')
  if (groupId === undefined || GROUP_ID.test(groupId)) return groupId
  const reason =
    'MessageGroupId can only include alphanumeric and punctuation characters. 1 to 128 in length.'
  throw invalidValue('MessageGroupId', groupId, reason)
}

function refuseDeduplicationId(input: Input): void {
  const id = optionalText(input, 'MessageDeduplicationId')
  if (id === undefined) return
  const reason = 'The request includes a parameter that is not valid for this queue type.'
  throw invalidValue('MessageDeduplicationId', id, reason)
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
