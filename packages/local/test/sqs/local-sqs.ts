import { manualClock } from '@longshore/core/testing'
import type { ManualClock } from '@longshore/core/testing'

import type { SqsOptions } from '../../src/sqs/sqs-options.js'
import { Sqs } from '../../src/sqs/sqs.js'

export const ACCOUNT_ID = '123456789012'

/** A message as ReceiveMessage answers it. */
export interface ReceivedMessage {
  readonly MessageId: string
  readonly ReceiptHandle: string
  readonly Body: string
  readonly Attributes?: Readonly<Record<string, string>>
  readonly MD5OfMessageAttributes?: string
}

/** SQS without HTTP, on a clock that the test moves. */
export class LocalSqs {
  readonly clock: ManualClock = manualClock()
  readonly sqs: Sqs

  constructor(options: SqsOptions = {}) {
    const account = {
      accountId: ACCOUNT_ID,
      region: 'eu-west-1',
      clock: this.clock,
      controlClock: this.clock,
      random: () => 0.5,
    }
    this.sqs = new Sqs(account, options)
  }

  /** Calls an operation as the server does. A refusal rejects, whether it was thrown or came later. */
  async call<Answer>(
    operation: string,
    input: Record<string, unknown>,
    signal: AbortSignal = new AbortController().signal,
  ): Promise<Answer> {
    const run = this.sqs.operations[operation]
    if (run === undefined) throw new Error(`SQS has no operation ${operation}.`)
    return (await run(input, { origin: 'http://127.0.0.1:4566', signal })) as Answer
  }

  async createQueue(QueueName: string, Attributes: Record<string, string> = {}): Promise<string> {
    return (await this.call<{ QueueUrl: string }>('CreateQueue', { QueueName, Attributes })).QueueUrl
  }

  /** A FIFO queue whose messages need no deduplication id of their own. */
  createFifo(name: string, Attributes: Record<string, string> = {}): Promise<string> {
    const attributes = { FifoQueue: 'true', ContentBasedDeduplication: 'true', ...Attributes }
    return this.createQueue(`${name}.fifo`, attributes)
  }

  /** Sends bodies to groups, written `group:body`, one by one. */
  async sendInOrder(QueueUrl: string, ...messages: readonly string[]): Promise<void> {
    for (const message of messages) {
      await this.send(QueueUrl, message, { MessageGroupId: message.split(':')[0] })
    }
  }

  async send(QueueUrl: string, MessageBody: string, more: Record<string, unknown> = {}): Promise<string> {
    const input = { QueueUrl, MessageBody, ...more }
    return (await this.call<{ MessageId: string }>('SendMessage', input)).MessageId
  }

  /** Up to ten messages with all their attributes. */
  async receive(
    QueueUrl: string,
    more: Record<string, unknown> = {},
    signal?: AbortSignal,
  ): Promise<ReceivedMessage[]> {
    const input = { QueueUrl, MaxNumberOfMessages: 10, MessageSystemAttributeNames: ['All'], ...more }
    return (await this.call<{ Messages?: ReceivedMessage[] }>('ReceiveMessage', input, signal)).Messages ?? []
  }

  async receiveOne(QueueUrl: string, more: Record<string, unknown> = {}): Promise<ReceivedMessage> {
    const [message] = await this.receive(QueueUrl, { MaxNumberOfMessages: 1, ...more })
    if (message === undefined) throw new Error('No message is visible.')
    return message
  }

  async bodies(QueueUrl: string, more: Record<string, unknown> = {}): Promise<string[]> {
    return (await this.receive(QueueUrl, more)).map((message) => message.Body)
  }

  /** Visible, in flight, delayed. */
  async counts(QueueUrl: string): Promise<[number, number, number]> {
    const { Attributes = {} } = await this.call<{ Attributes?: Record<string, string> }>(
      'GetQueueAttributes',
      {
        QueueUrl,
        AttributeNames: ['All'],
      },
    )
    return [
      Number(Attributes.ApproximateNumberOfMessages),
      Number(Attributes.ApproximateNumberOfMessagesNotVisible),
      Number(Attributes.ApproximateNumberOfMessagesDelayed),
    ]
  }

  async delete(QueueUrl: string, { ReceiptHandle }: ReceivedMessage): Promise<void> {
    await this.call('DeleteMessage', { QueueUrl, ReceiptHandle })
  }

  async changeVisibility(
    QueueUrl: string,
    { ReceiptHandle }: ReceivedMessage,
    seconds: number,
  ): Promise<void> {
    await this.call('ChangeMessageVisibility', { QueueUrl, ReceiptHandle, VisibilityTimeout: seconds })
  }
}
