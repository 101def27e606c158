import type { QueueAttributeName } from '@aws-sdk/client-sqs'
import type { QueueFacts } from './port.js'

const OF_ANY_QUEUE: readonly QueueAttributeName[] = [
  'VisibilityTimeout',
  'RedrivePolicy',
  'QueueArn',
  'MessageRetentionPeriod',
  'ApproximateNumberOfMessages',
]

/** What is asked of a queue; a standard queue refuses to be asked for what only FIFO queues have. */
export function attributesAskedOf(url: string): QueueAttributeName[] {
  return isFifo(url) ? [...OF_ANY_QUEUE, 'FifoThroughputLimit'] : [...OF_ANY_QUEUE]
}

export function queueFacts(
  url: string,
  attributes: Readonly<Partial<Record<QueueAttributeName, string>>>,
): QueueFacts {
  const { VisibilityTimeout = 30, MessageRetentionPeriod, ApproximateNumberOfMessages } = attributes
  const limit = attributes.FifoThroughputLimit
  return {
    url,
    visibilityTimeoutMs: Number(VisibilityTimeout) * 1_000,
    isFifo: isFifo(url),
    redrive: redriveOf(attributes.RedrivePolicy),
    arn: attributes.QueueArn,
    retentionMs: MessageRetentionPeriod === undefined ? undefined : Number(MessageRetentionPeriod) * 1_000,
    visible: ApproximateNumberOfMessages === undefined ? undefined : Number(ApproximateNumberOfMessages),
    isHighThroughput: limit === undefined ? undefined : limit === 'perMessageGroupId',
  }
}

function isFifo(url: string): boolean {
  return url.endsWith('.fifo')
}

function redriveOf(policy: string | undefined): QueueFacts['redrive'] {
  if (policy === undefined || policy === '') return undefined
  const { deadLetterTargetArn, maxReceiveCount } = JSON.parse(policy) as Record<string, unknown>
  return { deadLetterQueueArn: String(deadLetterTargetArn), maxReceiveCount: Number(maxReceiveCount) }
}
