// What SQS refuses of receivers, of move tasks and of permissions.
import { invalid, missing, row, VALUE } from './row.js'
import type { Refusal, Stage } from './row.js'

const NOT_OF_TYPE = 'The request include parameter that is not valid for this queue type.'

const receive = (parameter: string, value: number, reason: string): Refusal =>
  row(
    'ReceiveMessage',
    `${parameter} of ${value}`,
    ({ standard }: Stage) => ({ QueueUrl: standard, [parameter]: value }),
    [VALUE, invalid(parameter, value, reason)],
  )
const change = (
  what: string,
  handle: keyof Stage['handles'],
  seconds: number,
  refused: [string, Refusal['message']],
): Refusal =>
  row(
    'ChangeMessageVisibility',
    what,
    ({ standard, again, handles }: Stage) => ({
      QueueUrl: handle === 'old' ? again : standard,
      ReceiptHandle: handles[handle],
      VisibilityTimeout: seconds,
    }),
    refused,
  )
export const settleRows: readonly Refusal[] = [
  ...[0, 11].map((value) => receive('MaxNumberOfMessages', value, 'Must be between 1 and 10, if provided.')),
  ...[-1, 21].map((value) => receive('WaitTimeSeconds', value, 'Must be >= 0 and <= 20, if provided.')),
  ...[-1, 43_201].map((value) =>
    receive('VisibilityTimeout', value, 'Must be >= 0 and <= 43200, if provided.'),
  ),
  row(
    'ReceiveMessage',
    'an unknown attribute',
    ({ standard }) => ({ QueueUrl: standard, AttributeNames: ['Colour'] }),
    ['InvalidAttributeName', 'Unknown Attribute Colour.'],
  ),
  row(
    'ReceiveMessage',
    'an attempt id on a standard queue',
    ({ standard }) => ({ QueueUrl: standard, ReceiveRequestAttemptId: 'a' }),
    [VALUE, invalid('ReceiveRequestAttemptId', 'a', NOT_OF_TYPE)],
  ),
  ...['DeleteMessage', 'ChangeMessageVisibility'].map((operation) =>
    row(
      operation,
      'a handle that is none',
      ({ standard }) => ({ QueueUrl: standard, ReceiptHandle: 'h', VisibilityTimeout: 1 }),
      ['ReceiptHandleIsInvalid', 'The input receipt handle "h" is not a valid receipt handle.'],
    ),
  ),
  row('DeleteMessage', 'no handle', ({ standard }) => ({ QueueUrl: standard }), missing('ReceiptHandle')),
  row(
    'DeleteMessage',
    'an expired handle of a FIFO queue',
    ({ fifo, handles }) => ({ QueueUrl: fifo, ReceiptHandle: handles.expired }),
    [VALUE, ({ handles }) => invalid('ReceiptHandle', handles.expired, 'The receipt handle has expired.')],
  ),
  ...[-1, 43_201].map((seconds) =>
    change(`VisibilityTimeout of ${seconds}`, 'held', seconds, [
      VALUE,
      invalid('VisibilityTimeout', seconds, 'Must be >= 0 and <= 43200, if provided.'),
    ]),
  ),
  change('a message that is gone', 'gone', 1, [
    VALUE,
    ({ handles }) =>
      invalid(
        'ReceiptHandle',
        handles.gone,
        'Message does not exist or is not available for visibility timeout change.',
      ),
  ]),
  change('a message that another receive has', 'old', 1, [
    'MessageNotInflight',
    'The message referred to is not in flight.',
  ]),
]

const move = (what: string, more: (stage: Stage) => object, refused: [string, string]): Refusal =>
  row(
    'StartMessageMoveTask',
    what,
    (stage: Stage) => ({ SourceArn: stage.arn('dead'), ...more(stage) }),
    refused,
  )
const noResource = (parameter: string): [string, string] => [
  'ResourceNotFoundException',
  `The resource that you specified for the ${parameter} parameter doesn't exist.`,
]
const noArn = (parameter: string): [string, string] => [
  VALUE,
  `You must use this format to specify the ${parameter}: arn:<partition>:<service>:<region>:<account-id>:<resource-id>`,
]
const ofRange = (parameter: string, maximum: number): [string, string] => [
  VALUE,
  `Value for parameter ${parameter} is invalid. Reason: You must enter a number that's between 1 and ${maximum}.`,
]
export const moveRows: readonly Refusal[] = [
  move('a source that is not there', ({ arn }) => ({ SourceArn: arn('not') }), noResource('SourceArn')),
  move('a source that is no ARN', () => ({ SourceArn: 'dead' }), noArn('SourceArn')),
  move('a source that is nobody’s dead-letter queue', ({ arn }) => ({ SourceArn: arn('source') }), [
    VALUE,
    'Source queue must be configured as a Dead Letter Queue.',
  ]),
  move(
    'a destination that is not there',
    ({ arn }) => ({ DestinationArn: arn('not') }),
    noResource('DestinationArn'),
  ),
  move('its source for a destination', ({ arn }) => ({ DestinationArn: arn('dead') }), [
    VALUE,
    'Source queue arn and destination queue arn cannot be the same.',
  ]),
  move('a destination of another type', ({ arn }) => ({ DestinationArn: arn('orders.fifo') }), [
    VALUE,
    'The source queue and destination queue must be of the same queue type.',
  ]),
  ...[0, 501].map((rate) =>
    move(
      `a rate of ${rate}`,
      () => ({ MaxNumberOfMessagesPerSecond: rate }),
      ofRange('MaxNumberOfMessagesPerSecond', 500),
    ),
  ),
  row('StartMessageMoveTask', 'no source', {}, missing('SourceArn')),
  ...[0, 11].map((MaxResults) =>
    row(
      'ListMessageMoveTasks',
      `MaxResults of ${MaxResults}`,
      ({ arn }) => ({ SourceArn: arn('dead'), MaxResults }),
      ofRange('MaxResults', 10),
    ),
  ),
  row('CancelMessageMoveTask', 'a handle that is none', { TaskHandle: 'h' }, [
    VALUE,
    'Value for parameter TaskHandle is invalid.',
  ]),
]

const permission = (what: string, more: object, refused: [string, string]): Refusal =>
  row(
    'AddPermission',
    what,
    ({ standard }: Stage) => ({
      QueueUrl: standard,
      Label: 'new',
      AWSAccountIds: ['111122223333'],
      Actions: ['SendMessage'],
      ...more,
    }),
    refused,
  )
export const permissionRows: readonly Refusal[] = [
  permission('a label twice', { Label: 'taken' }, [VALUE, invalid('Label', 'taken', 'Already exists.')]),
  permission('a label with a space', { Label: 'a b' }, [
    VALUE,
    invalid(
      'Label',
      'a b',
      'Label can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length.',
    ),
  ]),
  permission('an account that is none', { AWSAccountIds: ['1'] }, [
    VALUE,
    invalid('PrincipalId', '[1]', 'Unable to verify.'),
  ]),
  permission('an action that there is not', { Actions: ['ReadMind'] }, [
    VALUE,
    invalid(
      'ActionName',
      'SQS:ReadMind',
      'Please refer to the appropriate WSDL for a list of valid actions. ',
    ),
  ]),
  permission('an action of the owner', { Actions: ['DeleteQueue'] }, [
    VALUE,
    invalid('ActionName', 'SQS:DeleteQueue', 'Only the queue owner is allowed to invoke this action.'),
  ]),
  permission('eight actions', { Actions: Array.from({ length: 8 }, () => '*') }, [
    'OverLimit',
    '8 Actions were found, maximum allowed is 7.',
  ]),
  row(
    'RemovePermission',
    'a label that is not there',
    ({ standard }) => ({ QueueUrl: standard, Label: 'none' }),
    [VALUE, invalid('Label', 'none', "can't find label on existing policy.")],
  ),
]
