import type { LocalAws } from '@longshore/local'
import { FailedError } from './exit.js'

/** A queue's name and its URL. */
export type QueueUrls = Readonly<Record<string, string>>

/**
 * Creates queues in a local AWS, over its own door: SQS's JSON protocol, unsigned, which means the default account.
 *
 * @throws FailedError with SQS's message when one is refused.
 */
export async function createQueues(
  aws: Pick<LocalAws, 'endpoint'>,
  names: readonly string[],
): Promise<QueueUrls> {
  const urls: [string, string][] = []
  for (const name of names) urls.push([name, await createQueue(aws, name)])
  return Object.fromEntries(urls)
}

async function createQueue({ endpoint }: Pick<LocalAws, 'endpoint'>, name: string): Promise<string> {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AmazonSQS.CreateQueue' },
    body: JSON.stringify({
      QueueName: name,
      ...(name.endsWith('.fifo') ? { Attributes: { FifoQueue: 'true' } } : {}),
    }),
  })
  const answer = (await response.json()) as { QueueUrl?: string; message?: string }
  if (answer.QueueUrl !== undefined) return answer.QueueUrl
  throw new FailedError(`--queues: could not create ${name}: ${answer.message ?? `HTTP ${response.status}`}`)
}
