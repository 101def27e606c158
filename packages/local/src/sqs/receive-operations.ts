import type { CallContext, Operation } from '../server/service.js'
import { readEntries, runBatch } from './batch.js'
import { invalidValue, notForThisQueueType, overLimit, unknownAttribute } from './errors.js'
import { optionalInteger, requiredInteger, requiredText, textList } from './input.js'
import type { Input } from './input.js'
import { md5OfAttributes, selectAttributes } from './message-attributes.js'
import { optionalToken } from './ordering-parameters.js'
import type { QueueRegistry } from './queue-registry.js'
import type { LimitedAction } from './call-limits.js'
import { MAX_IN_FLIGHT } from './deliveries.js'
import type { Received } from './deliveries.js'
import type { Queue } from './queue.js'

const MAX_MESSAGES = 10
const MAX_WAIT_SECONDS = 20
const MAX_VISIBILITY_SECONDS = 43_200
const SYSTEM_ATTRIBUTES = [
  'SenderId',
  'SentTimestamp',
  'ApproximateReceiveCount',
  'ApproximateFirstReceiveTimestamp',
  'AWSTraceHeader',
  'MessageGroupId',
  'MessageDeduplicationId',
  'SequenceNumber',
  'DeadLetterQueueSourceArn',
] as const

type SystemAttribute = (typeof SYSTEM_ATTRIBUTES)[number]

/** ReceiveMessage, and what a receiver tells SQS afterwards: delete and change visibility, alone and in batches. */
export function receiveOperations(queues: QueueRegistry): Record<string, Operation> {
  const queueOf = (input: Input, action: LimitedAction): Queue => {
    const queue = queues.byUrl(requiredText(input, 'QueueUrl'))
    queue.countCall(action)
    return queue
  }
  const deleteOne = (queue: Queue, input: Input): void => queue.delete(requiredText(input, 'ReceiptHandle'))
  const changeOne = (queue: Queue, input: Input): void => {
    const handle = requiredText(input, 'ReceiptHandle')
    const seconds = requiredInteger(input, 'VisibilityTimeout')
    queue.changeVisibility(handle, checkVisibility(seconds))
  }
  return {
    ReceiveMessage: (input, context) => receive(queueOf(input, 'receive'), input, context),
    DeleteMessage: (input) => deleteOne(queueOf(input, 'delete'), input),
    DeleteMessageBatch: (input) => {
      const queue = queueOf(input, 'delete')
      return runBatch(readEntries(input, 'DeleteMessageBatch'), (entry) => deleteOne(queue, entry))
    },
    ChangeMessageVisibility: (input) => changeOne(queueOf(input, 'changeVisibility'), input),
    ChangeMessageVisibilityBatch: (input) => {
      const queue = queueOf(input, 'changeVisibility')
      return runBatch(readEntries(input, 'ChangeMessageVisibilityBatch'), (entry) => changeOne(queue, entry))
    },
  }
}

async function receive(queue: Queue, input: Input, { signal, redeliver }: CallContext): Promise<unknown> {
  const systemNames = readSystemNames(input)
  const attributeNames = textList(input, 'MessageAttributeNames')
  const request = readReceive(input, queue)
  // A short poll is told of the limit; a long poll, and any on a FIFO queue, just finds nothing until something is settled.
  const isTold = request.waitMs === 0 && !queue.isFifo
  if (isTold && queue.counts().inFlight >= MAX_IN_FLIGHT) {
    throw overLimit(`Too many messages in flight: the maximum for this queue is ${MAX_IN_FLIGHT}.`)
  }
  const received = await queue.receive({ ...request, signal, redeliver })
  if (received.length === 0) return {}
  // The server aborts the signal when the answer could not be handed over: then nobody has received these.
  const undo = (): void => queue.undoReceive(received)
  if (signal.aborted) undo()
  else signal.addEventListener('abort', undo, { once: true })
  return { Messages: received.map((one) => describe(one, systemNames, attributeNames)) }
}

function readReceive(
  input: Input,
  { settings, isFifo }: Queue,
): { maximum: number; visibilityMs: number; waitMs: number; attemptId: string | undefined } {
  const maximum = optionalInteger(input, 'MaxNumberOfMessages') ?? 1
  if (maximum < 1 || maximum > MAX_MESSAGES) {
    throw invalidValue('MaxNumberOfMessages', maximum, `Must be between 1 and ${MAX_MESSAGES}, if provided.`)
  }
  const waitSeconds = optionalInteger(input, 'WaitTimeSeconds')
  if (waitSeconds !== undefined && (waitSeconds < 0 || waitSeconds > MAX_WAIT_SECONDS)) {
    throw invalidValue(
      'WaitTimeSeconds',
      waitSeconds,
      `Must be >= 0 and <= ${MAX_WAIT_SECONDS}, if provided.`,
    )
  }
  const visibility = optionalInteger(input, 'VisibilityTimeout')
  const attemptId = optionalToken(input, 'ReceiveRequestAttemptId')
  if (attemptId !== undefined && !isFifo) throw notForThisQueueType('ReceiveRequestAttemptId', attemptId)
  return {
    maximum,
    attemptId,
    visibilityMs:
      visibility === undefined ? settings.visibilityTimeoutMs : checkVisibility(visibility) * 1_000,
    waitMs: waitSeconds === undefined ? settings.waitMs : waitSeconds * 1_000,
  }
}

function checkVisibility(seconds: number): number {
  if (seconds >= 0 && seconds <= MAX_VISIBILITY_SECONDS) return seconds
  const reason = `Must be >= 0 and <= ${MAX_VISIBILITY_SECONDS}, if provided.`
  throw invalidValue('VisibilityTimeout', seconds, reason)
}

/** `AttributeNames` is the older name of `MessageSystemAttributeNames`; both may be given. */
function readSystemNames(input: Input): readonly SystemAttribute[] {
  const asked = [...textList(input, 'AttributeNames'), ...textList(input, 'MessageSystemAttributeNames')]
  for (const name of asked) {
    const isKnown = name === 'All' || SYSTEM_ATTRIBUTES.some((known) => known === name)
    if (!isKnown) throw unknownAttribute(name)
  }
  return asked.includes('All') ? SYSTEM_ATTRIBUTES : SYSTEM_ATTRIBUTES.filter((name) => asked.includes(name))
}

/** A message as this receive answers it. JSON leaves out what is undefined. */
function describe(
  received: Received,
  systemNames: readonly SystemAttribute[],
  attributeNames: readonly string[],
): Record<string, unknown> {
  const { sent } = received.message
  const attributes = selectAttributes(sent.attributes, attributeNames)
  return {
    MessageId: sent.id,
    ReceiptHandle: received.handle,
    MD5OfBody: sent.md5OfBody,
    Body: sent.body,
    Attributes: systemNames.length === 0 ? undefined : systemAttributes(received, systemNames),
    MD5OfMessageAttributes:
      attributes === sent.attributes ? sent.md5OfAttributes : md5OfAttributes(attributes),
    MessageAttributes: attributes,
  }
}

function systemAttributes(
  received: Received,
  names: readonly SystemAttribute[],
): Record<string, string> | undefined {
  const { message, receipt } = received
  const all: Record<SystemAttribute, string | undefined> = {
    SenderId: message.sent.senderId,
    SentTimestamp: String(Math.floor(message.sent.sentAtMs)),
    ApproximateReceiveCount: String(receipt.receiveCount),
    ApproximateFirstReceiveTimestamp: String(Math.floor(receipt.firstReceivedAtMs ?? receipt.receivedAtMs)),
    AWSTraceHeader: message.sent.traceHeader,
    MessageGroupId: message.sent.groupId,
    MessageDeduplicationId: message.sent.deduplicationId,
    SequenceNumber: message.sent.sequenceNumber,
    DeadLetterQueueSourceArn: message.deadLetterSourceArn,
  }
  const chosen: Record<string, string> = {}
  for (const name of names) {
    const value = all[name]
    if (value !== undefined) chosen[name] = value
  }
  return Object.keys(chosen).length === 0 ? undefined : chosen
}
