import { expect, test } from 'vitest'
import { queueCallError } from '../../src/queue/call-error.js'

const call = {
  operation: 'ReceiveMessage',
  queue: 'https://q/orders',
  endpoint: 'http://127.0.0.1:4566',
} as const

function sdkError(name: string, httpStatusCode: number | undefined, fields: object = {}): Error {
  return Object.assign(new Error('Something is wrong'), { name, $metadata: { httpStatusCode }, ...fields })
}

test.each([
  [sdkError('QueueDoesNotExist', 400), 'notFound'],
  [sdkError('AWS.SimpleQueueService.NonExistentQueue', 400), 'notFound'],
  [sdkError('AccessDeniedException', 400), 'denied'],
  [sdkError('InvalidClientTokenId', 403), 'credentials'],
  [sdkError('CredentialsProviderError', undefined), 'credentials'],
  [sdkError('ExpiredTokenException', 403), 'service'],
  [sdkError('ThrottlingException', 400), 'throttled'],
  [sdkError('Whatever', 429), 'throttled'],
  [sdkError('InternalFailure', 500), 'service'],
  [sdkError('InvalidParameterValue', 400), 'invalid'],
  [Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' }), 'unreachable'],
  [Object.assign(new Error('getaddrinfo ENOTFOUND sqs'), { code: 'ENOTFOUND' }), 'unreachable'],
  [sdkError('TimeoutError', undefined), 'timeout'],
  [sdkError('AbortError', undefined), 'aborted'],
  [new Error('Region is missing'), 'region'],
  ['a string', 'unreachable'],
])('%s is %s', (thrown, reason) => {
  expect(queueCallError(thrown, call).reason).toBe(reason)
})

test('the text names the operation, the queue, the endpoint, AWS’s code, and what to do', () => {
  const error = queueCallError(sdkError('AccessDenied', 403), call)
  expect(error.message).toBe(
    'ReceiveMessage on queue https://q/orders at http://127.0.0.1:4566 failed: AccessDenied: Something is wrong. ' +
      "Allow this action on the queue in the task role's policy.",
  )
  expect(error).toMatchObject({
    code: 'LONGSHORE_QUEUE_CALL',
    awsCode: 'AccessDenied',
    isConfiguration: true,
  })
})

test('an error of several addresses, which has no text of its own, shows the first of theirs', () => {
  const refused = Object.assign(new AggregateError([new Error('connect ECONNREFUSED ::1:1')]), {
    code: 'ECONNREFUSED',
  })
  const error = queueCallError(refused, call)
  expect(error.message).toContain('connect ECONNREFUSED ::1:1.')
  expect(error.cause).toBe(refused)
})
