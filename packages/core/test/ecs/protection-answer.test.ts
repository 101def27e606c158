import { expect, test } from 'vitest'
import { readProtectionAnswer } from '../../src/ecs/protection-answer.js'
import { golden } from './agent.js'

const read = ({ status, text }: { status: number; text: string }): unknown =>
  readProtectionAnswer(status, text)

test('a protection is what the body says it is', () => {
  expect(read(golden.protected)).toEqual({ kind: 'set', isProtected: true })
  expect(read(golden.unprotected)).toEqual({ kind: 'set', isProtected: false })
})

// T35
test('HTTP 200 with a failure is no protection', () => {
  expect(read(golden.blocked)).toEqual({ kind: 'blocked', detail: 'DEPLOYMENT_BLOCKED' })
  expect(read(golden.notValid)).toEqual({ kind: 'never', detail: 'TASK_NOT_VALID' })
  const text = '{"failure":{"Arn":"x","Detail":"gone","Reason":"TASK_NOT_FOUND"}}'
  const refused = { kind: 'failed', status: 200, detail: 'TASK_NOT_FOUND: gone', isInDoubt: false }
  expect(read({ status: 200, text })).toEqual(refused)
})

test('an error names its code, and whether the call may have taken effect all the same', () => {
  expect(read(golden.throttled)).toEqual({
    kind: 'failed',
    status: 400,
    detail: 'ThrottlingException: Rate exceeded',
    isInDoubt: false,
  })
  expect(read(golden.timedOut)).toMatchObject({ kind: 'failed', status: 504, isInDoubt: true })
  expect(read(golden.failedInside)).toMatchObject({ kind: 'failed', status: 500, isInDoubt: true })
  expect(read(golden.tooMany)).toMatchObject({ kind: 'failed', status: 429, isInDoubt: false })
})

test('an agent without the endpoint will never have it', () => {
  expect(read(golden.noEndpoint)).toMatchObject({ kind: 'never' })
})

test.each(['', 'null', '[]', '{}', '{"protection":{}}', '{"protection":{"ProtectionEnabled":"true"}}'])(
  'HTTP 200 with the body %j is a failure in doubt',
  (text) => {
    expect(read({ status: 200, text })).toMatchObject({ kind: 'failed', isInDoubt: true })
  },
)
