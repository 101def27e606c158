// What SQS refuses of queues: names, attributes, policies.
import { invalid, missing, row, VALUE } from './row.js'
import type { Refusal, Stage } from './row.js'

const MIB = 1_048_576

const RANGES: readonly [name: string, below: number, above: number][] = [
  ['VisibilityTimeout', -1, 43_201],
  ['MaximumMessageSize', 1_023, MIB + 1],
  ['MessageRetentionPeriod', 59, 1_209_601],
  ['DelaySeconds', -1, 901],
  ['ReceiveMessageWaitTimeSeconds', -1, 21],
  ['KmsDataKeyReusePeriodSeconds', 59, 86_401],
]

export const queueRows: readonly Refusal[] = [
  ...RANGES.flatMap(([name, ...values]) =>
    values.map((value) =>
      row('CreateQueue', `${name} of ${value}`, { QueueName: 'n', Attributes: { [name]: String(value) } }, [
        'InvalidAttributeValue',
        `Invalid value for the parameter ${name}.`,
      ]),
    ),
  ),
  ...['a'.repeat(81), 'a b', 'a.b'].map((QueueName) =>
    row('CreateQueue', `the name ${QueueName.slice(0, 9)}`, { QueueName }, [
      VALUE,
      'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length',
    ]),
  ),
  row(
    'CreateQueue',
    'a FIFO queue without its ending',
    { QueueName: 'n', Attributes: { FifoQueue: 'true' } },
    [
      VALUE,
      'The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo suffix and be 1 to 80 in length',
    ],
  ),
  row('CreateQueue', 'no name', {}, missing('QueueName')),
  row('CreateQueue', 'an unknown attribute', { QueueName: 'n', Attributes: { Colour: 'red' } }, [
    'InvalidAttributeName',
    'Unknown Attribute Colour.',
  ]),
  row('CreateQueue', 'another value than before', { QueueName: 'dead', Attributes: { DelaySeconds: '1' } }, [
    'QueueNameExists',
    'A queue already exists with the same name and a different value for attribute DelaySeconds',
  ]),
  row('CreateQueue', 'a name that was deleted just now', { QueueName: 'deleted' }, [
    'QueueDeletedRecently',
    'You must wait 60 seconds after deleting a queue before you can create another with the same name.',
  ]),
  row(
    'CreateQueue',
    'more than fifty tags',
    { QueueName: 'n', tags: Object.fromEntries(Array.from({ length: 51 }, (_, at) => [`t${at}`, 'v'])) },
    [VALUE, 'Too many tags added for queue n.'],
  ),
  row(
    'CreateQueue',
    'high throughput on a standard queue',
    { QueueName: 'n', Attributes: { DeduplicationScope: 'queue' } },
    ['InvalidAttributeName', 'You can specify the DeduplicationScope only when FifoQueue is set to true.'],
  ),
  row(
    'SetQueueAttributes',
    'another type',
    ({ fifo }) => ({ QueueUrl: fifo, Attributes: { FifoQueue: 'false' } }),
    [
      'InvalidAttributeValue',
      'Invalid value for the parameter FifoQueue. Reason: Modifying queue type is not supported.',
    ],
  ),
  row(
    'SetQueueAttributes',
    'a type',
    ({ standard }) => ({ QueueUrl: standard, Attributes: { FifoQueue: 'true' } }),
    ['InvalidAttributeName', 'Unknown Attribute FifoQueue.'],
  ),
  row(
    'SetQueueAttributes',
    'both encryptions',
    ({ standard }) => ({
      QueueUrl: standard,
      Attributes: { KmsMasterKeyId: 'k', SqsManagedSseEnabled: 'true' },
    }),
    [
      'InvalidAttributeName',
      'You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE.',
    ],
  ),
  row(
    'GetQueueAttributes',
    'an unknown name',
    ({ standard }) => ({ QueueUrl: standard, AttributeNames: ['Colour'] }),
    ['InvalidAttributeName', 'Unknown Attribute Colour.'],
  ),
  row('PurgeQueue', 'a second time in a minute', ({ url }) => ({ QueueUrl: url('purged') }), [
    'PurgeQueueInProgress',
    'Only one PurgeQueue operation on purged is allowed every 60 seconds.',
  ]),
  ...[0, 1_001].map((MaxResults) =>
    row('ListQueues', `MaxResults of ${MaxResults}`, { MaxResults }, [
      VALUE,
      invalid('MaxResults', MaxResults, 'MaxResults must be an integer between 1 and 1000.'),
    ]),
  ),
  row('PurgeQueue', 'what is no QueueUrl', { QueueUrl: 'http://127.0.0.1/queue' }, [
    'InvalidAddress',
    'The address http://127.0.0.1/queue is not valid for this endpoint.',
  ]),
  ...['GetQueueUrl', 'SendMessage', 'ReceiveMessage', 'DeleteQueue', 'ListDeadLetterSourceQueues'].map(
    (operation) =>
      row(
        operation,
        'a queue that is not there',
        ({ url }: Stage) => ({ QueueUrl: url('not'), QueueName: 'not' }),
        [
          'QueueDoesNotExist',
          'The specified queue does not exist.',
          'The specified queue does not exist for this wsdl version.',
        ],
      ),
  ),
]

const redrive = (what: string, policy: unknown, reason: string): Refusal => {
  const textOf = (stage: Stage): string => {
    const given: unknown =
      typeof policy === 'function' ? (policy as (stage: Stage) => unknown)(stage) : policy
    return typeof given === 'string' ? given : JSON.stringify(given)
  }
  return row(
    'SetQueueAttributes',
    what,
    (stage: Stage) => ({ QueueUrl: stage.standard, Attributes: { RedrivePolicy: textOf(stage) } }),
    [VALUE, (stage) => invalid('RedrivePolicy', textOf(stage), reason)],
  )
}
const redriveAllow = (what: string, policy: object, rule: string): Refusal =>
  row(
    'SetQueueAttributes',
    what,
    ({ standard }: Stage) => ({
      QueueUrl: standard,
      Attributes: { RedriveAllowPolicy: JSON.stringify(policy) },
    }),
    [
      VALUE,
      invalid(
        'RedriveAllowPolicy',
        JSON.stringify(policy),
        `Amazon SQS can't create the redrive allow policy. ${rule}`,
      ),
    ],
  )
const deadLetters =
  (target: string, maxReceiveCount: unknown = 3) =>
  ({ arn }: Stage): object => ({
    deadLetterTargetArn: arn(target),
    maxReceiveCount,
  })

export const redriveRows: readonly Refusal[] = [
  redrive(
    'a RedrivePolicy that is no JSON',
    'x',
    "Amazon SQS can't create the redrive policy, as it's in an unsupported format.",
  ),
  redrive(
    'a RedrivePolicy without a count',
    { deadLetterTargetArn: 'x' },
    'Redrive policy does not contain mandatory attribute: maxReceiveCount.',
  ),
  redrive(
    'a RedrivePolicy without a queue',
    { maxReceiveCount: 3 },
    'Redrive policy does not contain mandatory attribute: deadLetterTargetArn.',
  ),
  redrive(
    'a RedrivePolicy of another ARN',
    { deadLetterTargetArn: 'dummy', maxReceiveCount: 42 },
    'Invalid value for deadLetterTargetArn.',
  ),
  redrive(
    'a RedrivePolicy of more',
    { deadLetterTargetArn: 'x', maxReceiveCount: 1, colour: 'red' },
    'Only following attributes are supported: [deadLetterTargetArn, maxReceiveCount].',
  ),
  ...[0, 1_001].map((count) =>
    redrive(
      `a maxReceiveCount of ${count}`,
      deadLetters('dead', count),
      `Invalid value for maxReceiveCount: ${count}, valid values are from 1 to 1000 both inclusive.`,
    ),
  ),
  redrive('a RedrivePolicy of a missing queue', deadLetters('not'), 'Dead letter target does not exist.'),
  redrive(
    'a RedrivePolicy of another type',
    deadLetters('orders.fifo'),
    'Dead-letter queue must be same type of queue as the source..',
  ),
  redrive(
    'a RedrivePolicy that its target does not allow',
    deadLetters('closed'),
    "The dead-letter queue's redrive allow policy does not allow this queue.",
  ),
  redriveAllow(
    'byQueue without sources',
    { redrivePermission: 'byQueue' },
    'When you specify the byQueue permission type, you must also specify one or more sourceQueueArns values.',
  ),
  redriveAllow(
    'sources without byQueue',
    { redrivePermission: 'denyAll', sourceQueueArns: ['a'] },
    'To specify one or more source queue ARNs, you must set redrivePermission to byQueue.',
  ),
  redriveAllow(
    'eleven sources',
    { redrivePermission: 'byQueue', sourceQueueArns: Array.from({ length: 11 }, String) },
    'The maximum number of source queue ARNs you can specify is 10.',
  ),
]
