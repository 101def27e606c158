import { GetQueueAttributesCommand, GetQueueUrlCommand, QueueDoesNotExist } from '@aws-sdk/client-sqs'
import type { SQSClient } from '@aws-sdk/client-sqs'
import { AwsCallError } from '../errors.js'
import type { Calls } from './calls.js'
import type { Aws, QueueCounts } from './port.js'

/** SQS's part of {@link Aws}. Remembers the URL of each queue it was given by name. */
export function queueCalls(client: SQSClient, calls: Calls): Pick<Aws, 'queueCounts'> {
  const urls = new Map<string, string>()

  const queueUrl = async (queue: string, signal?: AbortSignal): Promise<string> => {
    const known = queue.includes('://') ? queue : urls.get(queue)
    if (known !== undefined) return known
    const site = { action: 'sqs:GetQueueUrl', subject: `queue "${queue}"` }
    const command = new GetQueueUrlCommand({ QueueName: queue })
    const { QueueUrl: url } = await calls.run(
      site,
      (abortSignal) => client.send(command, { abortSignal }),
      signal,
    )
    if (url === undefined)
      throw new AwsCallError('CALL_FAILED', `${site.action} on ${site.subject} answered without a URL.`)
    urls.set(queue, url)
    return url
  }

  return {
    async queueCounts(queue, signal) {
      const url = await queueUrl(queue, signal)
      const site = { action: 'sqs:GetQueueAttributes', subject: `queue "${queue}"` }
      const command = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: Object.values(COUNTS) })
      try {
        const { Attributes } = await calls.run(
          site,
          (abortSignal) => client.send(command, { abortSignal }),
          signal,
        )
        return readCounts(Attributes ?? {}, site.subject)
      } catch (error) {
        // A queue deleted and made again may have another URL.
        if (error instanceof AwsCallError && error.cause instanceof QueueDoesNotExist) urls.delete(queue)
        throw error
      }
    },
  }
}

const COUNTS = {
  visible: 'ApproximateNumberOfMessages',
  inFlight: 'ApproximateNumberOfMessagesNotVisible',
  delayed: 'ApproximateNumberOfMessagesDelayed',
} as const

function readCounts(attributes: Readonly<Record<string, string>>, subject: string): QueueCounts {
  const count = (name: string): number => {
    const text = attributes[name]
    if (text === undefined || !/^\d+$/.test(text)) {
      throw new AwsCallError('CALL_FAILED', `sqs:GetQueueAttributes on ${subject} answered without ${name}.`)
    }
    return Number(text)
  }
  return { visible: count(COUNTS.visible), inFlight: count(COUNTS.inFlight), delayed: count(COUNTS.delayed) }
}
