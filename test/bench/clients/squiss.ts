import { Squiss } from 'squiss-ts'
import type { Message } from 'squiss-ts'
import { parseBody } from '../meter.js'
import type { Client } from './clients.js'

/** Deletes as it does by default: in tens, or after two seconds. */
export const squiss: Client = ({ queueUrl, slots }, meter) => {
  const client = new Squiss({
    queueUrl,
    // The address is the local one: it is not to be corrected to a host of AWS.
    correctQueueUrl: false,
    awsConfig: { region: process.env.AWS_REGION ?? '' },
    maxInFlight: slots,
  })
  const work = async (message: Message): Promise<void> => {
    const { MessageId = '', Body } = message.raw
    await meter.handle(MessageId, parseBody(Body))
    await message.del()
    meter.deleted(MessageId)
  }
  client.on('message', (message: Message) => void work(message))
  client.on('error', (error: Error) => {
    throw error
  })
  void client.start()
}
