import { expect, test } from 'vitest'
import type { MessageAttribute, ReceivedMessage } from '../../src/delivery.js'
import type { Failure } from '../../src/settle/failure-note.js'
import { copyAttributes } from '../../src/settle/failure-note.js'

const failure: Failure = {
  reason: 'no such bucket',
  error: new TypeError('bucket is undefined'),
  sourceArn: 'arn:aws:sqs:eu-west-1:123456789012:orders',
  taskArn: 'arn:aws:ecs:eu-west-1:123456789012:task/media/0123',
}

const traceparent = { type: 'String', value: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' }

function message(
  attributes: Record<string, MessageAttribute>,
  more: Partial<ReceivedMessage> = {},
): ReceivedMessage {
  const times = { receiveCount: 3, sentAtMs: 0, firstReceivedAtMs: 0 }
  return { messageId: 'm', receiptHandle: 'r', body: '{}', ...times, attributes, ...more }
}

const own = (count: number): Record<string, MessageAttribute> =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`a${n}`, { type: 'Number', value: String(n) }]))

test('a copy has every attribute of the message, then why, where and in which trace it failed', () => {
  const attributes = { ...own(3), traceparent }
  const copied = copyAttributes(message(attributes), failure)
  expect(copied).toEqual({
    ...attributes,
    'longshore.reason': { type: 'String', value: 'no such bucket' },
    'longshore.error': { type: 'String', value: 'TypeError: bucket is undefined' },
    'longshore.receiveCount': { type: 'Number', value: '3' },
    'longshore.source': { type: 'String', value: 'arn:aws:sqs:eu-west-1:123456789012:orders' },
    'longshore.taskArn': { type: 'String', value: 'arn:aws:ecs:eu-west-1:123456789012:task/media/0123' },
    'longshore.traceId': { type: 'String', value: '0af7651916cd43dd8448eb211c80319c' },
  })
  expect(Object.keys(copied)).toHaveLength(10)
})

test.each([5, 6, 7, 8, 9])(
  'with %i attributes of its own a message has the whole note in one more',
  (count) => {
    const copied = copyAttributes(
      message(own(count), { traceHeader: 'Root=1-67891233-abcdef;Sampled=1' }),
      failure,
    )
    expect(Object.keys(copied)).toHaveLength(count + 1)
    expect(copied).toMatchObject(own(count))
    expect(JSON.parse(String(copied['longshore.failure']?.value))).toEqual({
      reason: 'no such bucket',
      error: 'TypeError: bucket is undefined',
      receiveCount: '3',
      source: 'arn:aws:sqs:eu-west-1:123456789012:orders',
      taskArn: 'arn:aws:ecs:eu-west-1:123456789012:task/media/0123',
      traceId: '1-67891233-abcdef',
    })
  },
)

test('ten attributes of its own are all there, and nothing else', () => {
  expect(copyAttributes(message(own(10)), failure)).toEqual(own(10))
})

test('what is not known is not said', () => {
  const unknown = { reason: '', error: undefined, sourceArn: undefined, taskArn: undefined }
  expect(copyAttributes(message({}), unknown)).toEqual({
    'longshore.reason': { type: 'String', value: 'none given' },
    'longshore.receiveCount': { type: 'Number', value: '3' },
  })
})

test('a new note takes the place of an earlier one', () => {
  const earlier = {
    'longshore.reason': { type: 'String', value: 'old' },
    'longshore.traceId': { type: 'String', value: 'x' },
  }
  const copied = copyAttributes(message({ ...own(4), ...earlier }), { ...failure, error: undefined })
  expect(copied['longshore.reason']?.value).toBe('no such bucket')
  expect(copied).not.toHaveProperty(['longshore.traceId'])
  expect(copied).toMatchObject(own(4))
})

test('a message of nearly SQS’s limit is copied with as much of the note as fits beside it', () => {
  const bytes = 1_048_576
  const count = (attributes: Readonly<Record<string, MessageAttribute>>): number =>
    Object.entries(attributes).reduce(
      (sum, [name, { type, value }]) => sum + name.length + type.length + value.length,
      0,
    )
  for (const free of [0, 10, 300, 330, 350, 400, 500]) {
    const copied = copyAttributes(message({}, { body: 'x'.repeat(bytes - free) }), failure)
    expect(count(copied)).toBeLessThanOrEqual(free)
    if (free >= 500) expect(copied).toHaveProperty(['longshore.taskArn'])
  }
})

test('reasons and errors are cut, and hold nothing that SQS refuses', () => {
  const reason = `a\u0000b\uD83D\uDE00${'x'.repeat(251)}\uD83D\uDE00`
  const error = { toString: () => `\u001B[31m${'y'.repeat(2_000)}` }
  const copied = copyAttributes(message({}), { ...failure, reason, error })
  expect(copied['longshore.reason']?.value).toBe(`a\uFFFDb\uD83D\uDE00${'x'.repeat(251)}`)
  expect(copied['longshore.error']?.value).toBe(`\uFFFD[31m${'y'.repeat(1_019)}`)
})
