// What SQS refuses of sends, alone and in batches, and of every batch.
import { invalid, missing, row, VALUE } from './row.js'
import type { Refusal, Stage } from './row.js'

const CHARACTERS =
  'Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF'
const ENTRY_ID =
  'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.'
const NO_DEDUPLICATION =
  'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly'
const NOT_OF_TYPE = 'The request include parameter that is not valid for this queue type.'
const MIB = 1_048_576

const send = (
  what: string,
  more: object,
  refused: [string, Refusal['message']],
  to: 'standard' | 'fifo' = 'standard',
): Refusal =>
  row('SendMessage', what, (stage: Stage) => ({ QueueUrl: stage[to], MessageBody: 'x', ...more }), refused)
const attribute = (what: string, attributes: object, message: string): Refusal =>
  send(what, { MessageAttributes: attributes }, [VALUE, message])
const text = { DataType: 'String', StringValue: 'v' }
const ordered = { MessageGroupId: 'g', MessageDeduplicationId: 'd' }
const NAME_CHARACTERS =
  'Message (user) attributes name can only contain upper and lower score characters, digits, periods, hyphens and underscores. '
const NAME_RESERVED =
  "You can't use message attribute names beginning with 'AWS.' or 'Amazon.'. These strings are reserved for internal use. Additionally, they cannot start or end with '.'."
const token = (name: string): string =>
  `${name} can only include alphanumeric and punctuation characters. 1 to 128 in length.`

export const sendRows: readonly Refusal[] = [
  send('an empty body', { MessageBody: '' }, missing('MessageBody')),
  send('a forbidden character', { MessageBody: 'a\u0001' }, ['InvalidMessageContents', CHARACTERS]),
  send('1 MiB and a byte', { MessageBody: 'x'.repeat(MIB + 1) }, [
    VALUE,
    `One or more parameters are invalid. Reason: Message must be shorter than ${MIB} bytes.`,
  ]),
  ...[-1, 901].map((seconds) =>
    send(`a delay of ${seconds}`, { DelaySeconds: seconds }, [
      VALUE,
      invalid('DelaySeconds', seconds, 'DelaySeconds must be >= 0 and <= 900.'),
    ]),
  ),
  send('a deduplication id on a standard queue', { MessageDeduplicationId: 'd' }, [
    VALUE,
    invalid(
      'MessageDeduplicationId',
      'd',
      'The request includes a parameter that is not valid for this queue type.',
    ),
  ]),
  send('a group id of 129', { MessageGroupId: 'g'.repeat(129) }, [
    VALUE,
    invalid('MessageGroupId', 'g'.repeat(129), token('MessageGroupId')),
  ]),
  send('no group', { MessageDeduplicationId: 'd' }, missing('MessageGroupId'), 'fifo'),
  send('no deduplication id', { MessageGroupId: 'g' }, [VALUE, NO_DEDUPLICATION], 'fifo'),
  send(
    'a delay on a FIFO queue',
    { ...ordered, DelaySeconds: 2 },
    [VALUE, invalid('DelaySeconds', 2, NOT_OF_TYPE)],
    'fifo',
  ),
  send(
    'a deduplication id with a space',
    { ...ordered, MessageDeduplicationId: 'a b' },
    [VALUE, invalid('MessageDeduplicationId', 'a b', token('MessageDeduplicationId'))],
    'fifo',
  ),
  attribute(
    'eleven attributes',
    Object.fromEntries(Array.from({ length: 11 }, (_, at) => [`a${at}`, text])),
    'Number of message attributes [11] exceeds the allowed maximum [10].',
  ),
  attribute(
    'an attribute without a type',
    { a: { StringValue: 'v' } },
    "The message attribute 'a' must contain a non-empty message attribute type.",
  ),
  attribute(
    'an attribute of another type',
    { a: { DataType: 'Date', StringValue: 'v' } },
    "The type of message (user) attribute 'a' is invalid. You must use only the following supported type prefixes: Binary, Number, String.",
  ),
  attribute(
    'an attribute without a value',
    { a: { DataType: 'String', StringValue: '' } },
    "Message (user) attribute 'a' must contain a non-empty value of type 'String'.",
  ),
  attribute(
    'a number that is none',
    { a: { DataType: 'Number', StringValue: 'ten' } },
    "Can't cast the value of message (user) attribute 'a' to a number.",
  ),
  attribute(
    'a name of 257',
    { ['a'.repeat(257)]: text },
    'Message (user) attribute names must be shorter than 256 Bytes',
  ),
  attribute('a name with a space', { 'a b': text }, NAME_CHARACTERS),
  attribute('a name of AWS’s own', { 'AWS.x': text }, NAME_RESERVED),
  attribute('a name that ends in a period', { 'x.': text }, NAME_RESERVED),
  attribute(
    'a name with two periods',
    { 'x..y': text },
    'Message (user) attribute name can not have successive periods. ',
  ),
  send('a system attribute that is none', { MessageSystemAttributes: { Colour: text } }, [
    VALUE,
    "Message system attribute name 'Colour' is invalid.",
  ]),
]

const BATCHES = ['SendMessageBatch', 'DeleteMessageBatch', 'ChangeMessageVisibilityBatch']
const entries = (count: number, more: object = {}): object[] =>
  Array.from({ length: count }, (_, at) => ({
    Id: String(at),
    MessageBody: 'x',
    ReceiptHandle: 'h',
    VisibilityTimeout: 1,
    ...more,
  }))
const batch = (
  operation: string,
  what: string,
  Entries: object[],
  refused: [string, string],
  to: 'standard' | 'fifo' = 'standard',
): Refusal => row(operation, what, (stage: Stage) => ({ QueueUrl: stage[to], Entries }), refused)

export const batchRows: readonly Refusal[] = [
  ...BATCHES.flatMap((operation) => [
    batch(
      operation,
      'a batch of none',
      [],
      ['EmptyBatchRequest', `There should be at least one ${operation}RequestEntry in the request.`],
    ),
    batch(operation, 'a batch of eleven', entries(11), [
      'TooManyEntriesInBatchRequest',
      'Maximum number of entries per request are 10. You have sent 11.',
    ]),
    batch(operation, 'an id twice', entries(2, { Id: 'a' }), ['BatchEntryIdsNotDistinct', 'Id a repeated.']),
  ]),
  ...BATCHES.flatMap((operation) =>
    ['a b', 'x'.repeat(81), ''].map((Id) =>
      batch(operation, `the id '${Id.slice(0, 3)}'`, entries(1, { Id }), ['InvalidBatchEntryId', ENTRY_ID]),
    ),
  ),
  batch('SendMessageBatch', '1 MiB and a byte in all', entries(2, { MessageBody: 'x'.repeat(MIB / 2 + 1) }), [
    'BatchRequestTooLong',
    `Batch requests cannot be longer than ${MIB} bytes. You have sent ${MIB + 2} bytes.`,
  ]),
  batch(
    'SendMessageBatch',
    'an entry without a group',
    entries(1, { MessageDeduplicationId: 'd' }),
    [VALUE, 'The request must contain the parameter MessageGroupId.'],
    'fifo',
  ),
  batch(
    'SendMessageBatch',
    'an entry without a deduplication id',
    entries(1, { MessageGroupId: 'g' }),
    [VALUE, NO_DEDUPLICATION],
    'fifo',
  ),
]
