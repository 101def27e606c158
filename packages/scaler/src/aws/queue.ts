import { GetQueueAttributesCommand, GetQueueUrlCommand, QueueDoesNotExist } from '@aws-sdk/client-sqs'
import type { QueueAttributeName, SQSClient } from '@aws-sdk/client-sqs'
import { AwsCallError } from '../errors.js'
import type { Calls } from './calls.js'
import type { Aws } from './port.js'

/** SQS's part of {@link Aws}. Remembers the URL of each queue it was given by name. */
export function queueCalls(
  client: SQSClient,
  calls: Calls,
): Pick<Aws, 'queueCounts' | 'visibilityTimeoutSeconds'> {
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

  const attributes = async (
    queue: string,
    AttributeNames: QueueAttributeName[],
    signal?: AbortSignal,
  ): Promise<(name: string) => number> => {
    const url = await queueUrl(queue, signal)
    const site = { action: 'sqs:GetQueueAttributes', subject: `queue "${queue}"` }
    const command = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames })
    try {
      const { Attributes } = await calls.run(
        site,
        (abortSignal) => client.send(command, { abortSignal }),
        signal,
      )
      return numberReader(Attributes ?? {}, site.subject)
    } catch (error) {
      // A queue deleted and made again may have another URL.
      if (error instanceof AwsCallError && error.cause instanceof QueueDoesNotExist) urls.delete(queue)
      throw error
    }
  }

  return {
    async queueCounts(queue, signal) {
      const number = await attributes(queue, Object.values(COUNTS), signal)
      return {
        visible: number(COUNTS.visible),
        inFlight: number(COUNTS.inFlight),
        delayed: number(COUNTS.delayed),
      }
    },

    async visibilityTimeoutSeconds(queue, signal) {
      const number = await attributes(queue, ['VisibilityTimeout'], signal)
      return number('VisibilityTimeout')
    },
  }
}

const COUNTS = {
  visible: 'ApproximateNumberOfMessages',
  inFlight: 'ApproximateNumberOfMessagesNotVisible',
  delayed: 'ApproximateNumberOfMessagesDelayed',
} as const

function numberReader(
  attributes: Readonly<Record<string, string>>,
  subject: string,
): (name: string) => number {
  return (name) => {
    const text = attributes[name]
    if (text === undefined || !/^\d+$/.test(text)) {
      throw new AwsCallError('CALL_FAILED', `sqs:GetQueueAttributes on ${subject} answered without ${name}.`)
    }
    return Number(text)
  }
}
