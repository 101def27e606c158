import type { Service } from '@longshore/scaler'
import { durationMs } from '@longshore/core/time'
import { Duration } from 'aws-cdk-lib/core'
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch'
import * as sqs from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import type { WorkerSettings } from './worker-props.js'

/** The queues of a configuration, by its names for them. */
export interface WorkerQueues {
  readonly queues: Readonly<Record<string, sqs.IQueue>>
  /** Those that are known: of queues that were made here, or that were made with one. */
  readonly deadLetterQueues: Readonly<Record<string, sqs.IQueue>>
}

// SQS's most: longer than messages live in the queue itself, as the age of a message counts on.
const DEAD_LETTERS_KEPT_DAYS = 14

/** The queues that are given, and those that have to be made. */
export function queuesOf(scope: Construct, config: Service, settings: WorkerSettings): WorkerQueues {
  const found = config.queues.map(({ name }) => {
    const queue = settings.queues?.[name] ?? makeQueue(scope, name, settings)
    return { name, queue, deadLetterQueue: deadLetterQueueOf(queue) }
  })
  return {
    queues: Object.fromEntries(found.map(({ name, queue }) => [name, queue])),
    deadLetterQueues: Object.fromEntries(
      found.flatMap(({ name, deadLetterQueue }) =>
        deadLetterQueue === undefined ? [] : [[name, deadLetterQueue]],
      ),
    ),
  }
}

function makeQueue(
  scope: Construct,
  name: string,
  { maxReceiveCount, visibilityTimeout }: WorkerSettings,
): sqs.Queue {
  const room = new Construct(scope, name)
  const isFifo = name.endsWith('.fifo')
  const base = isFifo ? name.slice(0, -'.fifo'.length) : name
  const kind = {
    encryption: sqs.QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    ...(isFifo ? { fifo: true } : {}),
  }
  const queue = new sqs.Queue(room, 'DeadLetters', {
    ...kind,
    queueName: `${base}-dead${isFifo ? '.fifo' : ''}`,
    retentionPeriod: Duration.days(DEAD_LETTERS_KEPT_DAYS),
  })
  return new sqs.Queue(room, 'Queue', {
    ...kind,
    queueName: name,
    visibilityTimeout: Duration.millis(durationMs(visibilityTimeout)),
    deadLetterQueue: { queue, maxReceiveCount },
    // A limit for each message group, not for the queue as a whole.
    ...(isFifo
      ? {
          deduplicationScope: sqs.DeduplicationScope.MESSAGE_GROUP,
          fifoThroughputLimit: sqs.FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
        }
      : {}),
  })
}

function deadLetterQueueOf(queue: sqs.IQueue): sqs.IQueue | undefined {
  return queue instanceof sqs.Queue ? queue.deadLetterQueue?.queue : undefined
}

/** An alarm for each dead-letter queue, on any message in it. */
export function deadLetterAlarms(scope: Construct, { deadLetterQueues }: WorkerQueues): Alarm[] {
  return Object.entries(deadLetterQueues).map(
    ([name, queue]) =>
      new Alarm(scope, `${name}-dead-letters`, {
        alarmDescription: `Longshore: messages of ${name} could not be handled. \`longshore redrive\` sends them back.`,
        metric: queue.metricApproximateNumberOfMessagesVisible({
          period: Duration.minutes(1),
          statistic: 'Maximum',
        }),
        threshold: 1,
        evaluationPeriods: 1,
      }),
  )
}
