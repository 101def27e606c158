import type { Message } from '@aws-sdk/client-sqs'
import { Consumer } from 'sqs-consumer'
import type { ConsumerOptions } from 'sqs-consumer'
import { parseBody } from '../meter.js'
import type { Meter } from '../meter.js'
import type { Client } from './clients.js'

const BATCH = 10

/** One consumer with a handler for each message. */
export function sqsConsumer(options: Pick<ConsumerOptions, 'batchSize'>): Client {
  return ({ queueUrl }, meter) => {
    const handleMessage = async (message: Message): Promise<Message> => {
      await meter.handle(message.MessageId ?? '', parseBody(message.Body))
      return message
    }
    start({ ...options, queueUrl, handleMessage }, meter)
  }
}

/** As many consumers as it takes to fill the slots, each with a handler for ten messages at a time. */
export const sqsConsumerBatch: Client = ({ queueUrl, slots }, meter) => {
  const handleMessageBatch = async (messages: Message[]): Promise<Message[]> => {
    await Promise.all(messages.map(({ MessageId = '', Body }) => meter.handle(MessageId, parseBody(Body))))
    return messages
  }
  for (let filled = 0; filled < slots; filled += BATCH) {
    start({ batchSize: BATCH, queueUrl, handleMessageBatch }, meter)
  }
}

function start(options: ConsumerOptions, meter: Meter): void {
  const consumer = Consumer.create(options)
  consumer.on('message_processed', ({ MessageId = '' }) => meter.deleted(MessageId))
  consumer.on('error', fail)
  consumer.on('processing_error', fail)
  consumer.start()
}

function fail(error: Error): never {
  throw error
}
