import type { StoredMessage } from '../sqs/message.js'
import type { Entries, Look, MessageEntry, QueueEntry, RedriveEntry } from './browser/page-state.js'
import { SHOWN_AT_MOST } from './browser/limits.js'
import type { Operations } from './operations.js'
import type { WatchedAccount } from './watched.js'

/** Characters of a body that are shown: enough to know a message by, and a hundred of them are no burden. */
const MAX_BODY_CHARACTERS = 4_000

type Attributes = Readonly<Record<string, string>>

/** The queues, by name. */
export async function readQueues(
  account: WatchedAccount,
  operations: Operations,
): Promise<Entries<QueueEntry>> {
  const urls = await operations.list<string>('sqs', 'ListQueues', {
    items: 'QueueUrls',
    token: 'NextToken',
    input: { MaxResults: SHOWN_AT_MOST.queues },
    limit: SHOWN_AT_MOST.queues,
  })
  const queues: Record<string, QueueEntry> = {}
  const deadLetterArns = new Set<string>()
  for (const url of urls) {
    const { Attributes = {} } = await operations.call<{ Attributes: Attributes }>(
      'sqs',
      'GetQueueAttributes',
      {
        QueueUrl: url,
        AttributeNames: ['All'],
      },
    )
    const queue = queueEntry(url, Attributes, account)
    queues[queue.name] = queue
    if (queue.deadLetterQueue !== undefined) deadLetterArns.add(deadLetterArn(Attributes))
  }
  for (const queue of Object.values(queues)) {
    if (!deadLetterArns.has(queue.arn)) continue
    queues[queue.name] = { ...queue, redrive: await readRedrive(queue.arn, operations) }
  }
  return queues
}

/** What a queue holds, longest there first: nothing is received by it. */
export function readMessages({ services }: WatchedAccount, look: Look): Entries<MessageEntry> {
  if (look.queue === undefined) return {}
  const messages = services.sqs.look(look.queue, SHOWN_AT_MOST.messages)
  return Object.fromEntries(messages.map((message) => [message.id, messageEntry(message, look)]))
}

function queueEntry(url: string, attributes: Attributes, { services }: WatchedAccount): QueueEntry {
  const number = (name: string): number => Number(attributes[name] ?? 0)
  const arn = attributes.QueueArn ?? ''
  const name = nameOf(arn)
  const glance = services.sqs.glance(name)
  const redrive = redrivePolicy(attributes)
  return {
    name,
    url,
    arn,
    isFifo: attributes.FifoQueue === 'true',
    visible: number('ApproximateNumberOfMessages'),
    inFlight: number('ApproximateNumberOfMessagesNotVisible'),
    delayed: number('ApproximateNumberOfMessagesDelayed'),
    oldestEnteredAtMs: glance?.oldestEnteredAtMs,
    ...(glance?.totals ?? { sent: 0, received: 0, deleted: 0 }),
    visibilityTimeoutSeconds: number('VisibilityTimeout'),
    retentionSeconds: number('MessageRetentionPeriod'),
    deadLetterQueue: redrive && nameOf(redrive.deadLetterTargetArn),
    maxReceiveCount: redrive && Number(redrive.maxReceiveCount),
  }
}

async function readRedrive(arn: string, operations: Operations): Promise<RedriveEntry | undefined> {
  const { Results: [latest] = [] } = await operations.call<{
    Results: {
      Status: string
      ApproximateNumberOfMessagesMoved?: number
      ApproximateNumberOfMessagesToMove?: number
      FailureReason?: string
    }[]
  }>('sqs', 'ListMessageMoveTasks', { SourceArn: arn, MaxResults: 1 })
  return (
    latest && {
      status: latest.Status,
      moved: latest.ApproximateNumberOfMessagesMoved ?? 0,
      toMove: latest.ApproximateNumberOfMessagesToMove,
      failure: latest.FailureReason,
    }
  )
}

function messageEntry(message: StoredMessage, { withBodies = false }: Look): MessageEntry {
  const { sent, state, receipt, enteredAtMs, deadLetterSourceArn } = message
  const entry = {
    id: message.id,
    // A look shows none that is gone.
    state: state === 'gone' ? 'visible' : state,
    sentAtMs: sent.sentAtMs,
    enteredAtMs,
    dueAtMs: state === 'visible' ? undefined : message.dueAtMs,
    receiveCount: receipt.receiveCount,
    sizeBytes: sent.sizeBytes,
    groupId: sent.groupId,
    movedFrom: deadLetterSourceArn && nameOf(deadLetterSourceArn),
  } as const
  if (!withBodies) return entry
  const isCut = sent.body.length > MAX_BODY_CHARACTERS
  return { ...entry, body: isCut ? sent.body.slice(0, MAX_BODY_CHARACTERS) : sent.body, isCut }
}

interface RedrivePolicy {
  readonly deadLetterTargetArn: string
  readonly maxReceiveCount: number | string
}

function redrivePolicy({ RedrivePolicy: text }: Attributes): RedrivePolicy | undefined {
  return text === undefined ? undefined : (JSON.parse(text) as RedrivePolicy)
}

function deadLetterArn(attributes: Attributes): string {
  return redrivePolicy(attributes)?.deadLetterTargetArn ?? ''
}

function nameOf(arn: string): string {
  return arn.slice(arn.lastIndexOf(':') + 1)
}
