import type { Message, MessageAttributeValue, SendMessageBatchRequestEntry } from '@aws-sdk/client-sqs'
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
} from '@aws-sdk/client-sqs'
import type { MessageAttribute, ReceivedMessage } from '../delivery.js'
import { queueCallError, shortCode } from './call-error.js'
import type { Clients } from './clients.js'
import type { Sender } from './direct-send.js'
import { attributesAskedOf, queueFacts } from './facts.js'
import type {
  EntryFailure,
  QueueFacts,
  QueueOperation,
  QueuePort,
  ReceiveRequest,
  SendBatchResult,
  SendEntry,
  VisibilityChange,
} from './port.js'

/** The queue, by its URL or by its name. */
export interface QueueAddress {
  readonly url?: string | undefined
  readonly name?: string | undefined
  /** The account that owns the queue named; default the caller's. */
  readonly ownerAccountId?: string | undefined
}

/**
 * The port over the official SDK. Every request is built anew: instrumentation that changes the input it is shown must
 * find no array of ours twice.
 */
export class SqsPort implements QueuePort {
  readonly #clients: Clients
  readonly #address: QueueAddress
  #url: string | undefined

  constructor(clients: Clients, address: QueueAddress) {
    this.#clients = clients
    this.#address = address
    this.#url = address.url
  }

  get name(): string {
    return this.#url ?? this.#address.name ?? ''
  }

  get endpoint(): string | undefined {
    return this.#clients.endpoint
  }

  async describe(abortSignal: AbortSignal): Promise<QueueFacts> {
    const url = await this.#queueUrl(abortSignal)
    const { Attributes = {} } = await this.#call('GetQueueAttributes', this.#clients.settlements, (client) =>
      client.send(
        new GetQueueAttributesCommand({
          QueueUrl: url,
          AttributeNames: attributesAskedOf(url),
        }),
        { abortSignal },
      ),
    )
    return queueFacts(url, Attributes)
  }

  async receive(request: ReceiveRequest, abortSignal: AbortSignal): Promise<ReceivedMessage[]> {
    const url = await this.#queueUrl(abortSignal)
    const { Messages = [] } = await this.#call('ReceiveMessage', this.#clients.receives, (client) =>
      client.send(
        new ReceiveMessageCommand({
          QueueUrl: url,
          MaxNumberOfMessages: request.maxMessages,
          WaitTimeSeconds: request.waitSeconds,
          VisibilityTimeout: request.visibilityTimeoutSeconds,
          ReceiveRequestAttemptId: request.attemptId,
          MessageAttributeNames: ['All'],
          MessageSystemAttributeNames: [
            'ApproximateReceiveCount',
            'SentTimestamp',
            'ApproximateFirstReceiveTimestamp',
            'MessageGroupId',
            'AWSTraceHeader',
            ...(request.withSource === true ? (['DeadLetterQueueSourceArn'] as const) : []),
          ],
        }),
        { abortSignal },
      ),
    )
    return Messages.map(receivedMessage)
  }

  async deleteBatch(receiptHandles: readonly string[], abortSignal: AbortSignal): Promise<EntryFailure[]> {
    const url = await this.#queueUrl(abortSignal)
    const Entries = receiptHandles.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle }))
    const { Failed } = await this.#call('DeleteMessageBatch', this.#clients.settlements, (client) =>
      client.send(new DeleteMessageBatchCommand({ QueueUrl: url, Entries }), { abortSignal }),
    )
    return failuresOf(Failed)
  }

  async changeVisibilityBatch(
    changes: readonly VisibilityChange[],
    abortSignal: AbortSignal,
  ): Promise<EntryFailure[]> {
    const url = await this.#queueUrl(abortSignal)
    const Entries = changes.map((change, index) => ({
      Id: String(index),
      ReceiptHandle: change.receiptHandle,
      VisibilityTimeout: change.visibilityTimeoutSeconds,
    }))
    const { Failed } = await this.#call('ChangeMessageVisibilityBatch', this.#clients.settlements, (client) =>
      client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: url, Entries }), { abortSignal }),
    )
    return failuresOf(Failed)
  }

  async sendBatch(entries: readonly SendEntry[], abortSignal: AbortSignal): Promise<SendBatchResult> {
    const url = await this.#queueUrl(abortSignal)
    const { Successful = [], Failed } = await this.#call(
      'SendMessageBatch',
      this.#clients.settlements,
      (client) =>
        client.send(new SendMessageBatchCommand({ QueueUrl: url, Entries: entries.map(sendEntry) }), {
          abortSignal,
        }),
    )
    const sent = Successful.map(({ Id, MessageId, SequenceNumber }) => ({
      index: Number(Id),
      messageId: MessageId ?? '',
      sequenceNumber: SequenceNumber,
    }))
    return { sent, failures: failuresOf(Failed) }
  }

  async open(queueArn: string, abortSignal: AbortSignal): Promise<QueuePort> {
    const [, , , , ownerAccountId, name] = queueArn.split(':')
    const port = new SqsPort({ ...this.#clients, close: () => {} }, { name, ownerAccountId })
    await port.#queueUrl(abortSignal)
    return port
  }

  close(): void {
    this.#clients.close()
  }

  async #queueUrl(abortSignal: AbortSignal): Promise<string> {
    if (this.#url !== undefined) return this.#url
    const { name, ownerAccountId } = this.#address
    const { QueueUrl } = await this.#call('GetQueueUrl', this.#clients.settlements, (client) =>
      client.send(new GetQueueUrlCommand({ QueueName: name, QueueOwnerAWSAccountId: ownerAccountId }), {
        abortSignal,
      }),
    )
    this.#url = QueueUrl ?? ''
    return this.#url
  }

  async #call<T>(operation: QueueOperation, client: Sender, run: (client: Sender) => Promise<T>): Promise<T> {
    try {
      return await run(client)
    } catch (error) {
      throw queueCallError(error, { operation, queue: this.name, endpoint: this.endpoint })
    }
  }
}

interface SdkFailure {
  Id: string | undefined
  Code: string | undefined
  Message?: string | undefined
  SenderFault?: boolean | undefined
}

function failuresOf(failed: readonly SdkFailure[] | undefined): EntryFailure[] {
  return (failed ?? []).map(({ Id, Code, Message, SenderFault }) => ({
    index: Number(Id),
    code: shortCode(Code ?? ''),
    message: Message ?? '',
    isSenderFault: SenderFault,
  }))
}

function receivedMessage(message: Message): ReceivedMessage {
  const system = message.Attributes ?? {}
  return {
    messageId: message.MessageId ?? '',
    receiptHandle: message.ReceiptHandle ?? '',
    body: message.Body ?? '',
    receiveCount: Number(system.ApproximateReceiveCount ?? 1),
    sentAtMs: Number(system.SentTimestamp ?? 0),
    firstReceivedAtMs: Number(system.ApproximateFirstReceiveTimestamp ?? 0),
    groupId: system.MessageGroupId,
    traceHeader: system.AWSTraceHeader,
    attributes: attributesOf(message.MessageAttributes),
    ...(system.DeadLetterQueueSourceArn === undefined ? {} : { sourceArn: system.DeadLetterQueueSourceArn }),
  }
}

// fromEntries, because an attribute may be named __proto__.
function attributesOf(given?: Record<string, MessageAttributeValue>): ReceivedMessage['attributes'] {
  if (given === undefined) return {}
  const entries = Object.entries(given).map(([name, value]): [string, MessageAttribute] => {
    const { DataType = 'String', StringValue, BinaryValue } = value
    return [name, { type: DataType, value: BinaryValue ?? StringValue ?? '' }]
  })
  return Object.fromEntries(entries)
}

function sendEntry(entry: SendEntry, index: number): SendMessageBatchRequestEntry {
  const { traceHeader } = entry
  return {
    Id: String(index),
    MessageBody: entry.body,
    DelaySeconds: entry.delaySeconds,
    MessageGroupId: entry.groupId,
    MessageDeduplicationId: entry.deduplicationId,
    MessageAttributes: sdkAttributes(entry.attributes),
    MessageSystemAttributes:
      traceHeader === undefined
        ? undefined
        : { AWSTraceHeader: { DataType: 'String', StringValue: traceHeader } },
  }
}

function sdkAttributes(given: SendEntry['attributes']): Record<string, MessageAttributeValue> | undefined {
  if (given === undefined) return undefined
  const entries = Object.entries(given).map(([name, { type, value }]): [string, MessageAttributeValue] => {
    const carried = typeof value === 'string' ? { StringValue: value } : { BinaryValue: value }
    return [name, { DataType: type, ...carried }]
  })
  return Object.fromEntries(entries)
}
