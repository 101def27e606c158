import { DeleteMessageBatchCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import type { Message } from '@aws-sdk/client-sqs'
import { parseBody } from '../meter.js'
import type { Client } from './clients.js'

const BATCH = 10

/** What the official client costs without anybody on top: receive ten, handle ten, delete ten, again. */
export const bareSdk: Client = ({ queueUrl: QueueUrl, slots }, meter) => {
  const sqs = new SQSClient({})
  const handleAll = async (messages: readonly Message[]): Promise<void> => {
    await Promise.all(messages.map(({ MessageId = '', Body }) => meter.handle(MessageId, parseBody(Body))))
    const Entries = messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }))
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }))
    for (const { MessageId = '' } of messages) meter.deleted(MessageId)
  }
  const loop = async (): Promise<never> => {
    for (;;) {
      const receive = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: BATCH, WaitTimeSeconds: 20 })
      const { Messages = [] } = await sqs.send(receive)
      if (Messages.length > 0) await handleAll(Messages)
    }
  }
  for (let filled = 0; filled < slots; filled += BATCH) void loop()
}
