import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { LocalAwsError, startLocalAws } from '../../src/index.js'
import type { FaultOptions, LocalAws } from '../../src/index.js'

let aws: LocalAws
beforeAll(async () => {
  aws = await startLocalAws()
})
afterAll(() => aws.close())

function wrong(options: unknown): LocalAwsError {
  try {
    aws.faults.add(options as FaultOptions).remove()
  } catch (error) {
    if (error instanceof LocalAwsError) return error
    throw error
  }
  throw new Error('The fault was accepted.')
}

describe('a fault’s options', () => {
  it('are all judged at once', () => {
    const error = wrong({
      effect: 'trottling',
      service: 's3',
      operation: '',
      queue: 7,
      accountId: '12',
      probability: 0,
      count: 1.5,
      seed: 'x',
      status: 404,
      delay: 100,
      bytesPerSecond: -1,
      of: 'visible',
      age: '1',
      quue: 'q',
    })
    expect(error.code).toBe('LONGSHORE_FAULT')
    expect(error.message).toMatch(/^fault: 14 problems\n/)
    expect(error.message).toContain(
      'effect: expected one of throttling, server-error, lost-request, lost-answer, half-open, slow, duplicate, stale-counts, got "trottling"',
    )
    expect(error.message).toContain('probability: expected a number above 0, at most 1, got 0')
    expect(error.message).toContain(
      'quue: expected a known option, got an unknown option; did you mean queue?',
    )
  })

  it.each([
    [
      { effect: 'throttling', delay: '1s' },
      "delay: expected nothing with effect 'throttling': it belongs to 'slow'",
    ],
    [{ effect: 'slow' }, "delay: expected this, or bytesPerSecond, with effect 'slow'"],
    [{ effect: 'stale-counts' }, 'age: expected a duration'],
    [
      { effect: 'duplicate', operation: 'SendMessage' },
      "operation: expected 'ReceiveMessage' with effect 'duplicate', got \"SendMessage\"",
    ],
    [{ effect: 'duplicate', service: 'ecs' }, "service: expected 'sqs' with effect 'duplicate'"],
    [{ effect: 'duplicate', queue: 'a.fifo' }, 'queue: expected a standard queue'],
    [{ effect: 'throttling', service: 'ecs', queue: 'q' }, "service: expected 'sqs' with a queue"],
    [
      { effect: 'throttling', operation: 'RecieveMessage' },
      'operation: expected an operation that is here, got "RecieveMessage"; did you mean ReceiveMessage?',
    ],
    [
      { effect: 'throttling', service: 'ecs', operation: 'ReceiveMessage' },
      "operation: expected an operation of 'ecs' that is here",
    ],
    [undefined, 'fault: 1 problem\n  expected an object of options, got nothing'],
    [['throttling'], 'fault: 1 problem\n  expected an object of options, got an array'],
  ])('are refused with what is expected: %j', (options, message) => {
    expect(wrong(options).message).toContain(message)
  })

  it('that are undefined are not given', () => {
    const options = { effect: 'throttling', delay: undefined, queue: undefined } as unknown as FaultOptions
    const fault = aws.faults.add(options)
    expect(fault.options).toEqual({ effect: 'throttling' })
    expect(Object.keys(fault.options)).toEqual(['effect'])
    fault.remove()
  })

  it.each<FaultOptions>([
    { effect: 'throttling', service: 'cloudwatch', operation: 'PutMetricData' },
    { effect: 'throttling', operation: 'GetCallerIdentity' },
    { effect: 'slow', bytesPerSecond: 10 },
    { effect: 'duplicate', service: 'sqs', operation: 'ReceiveMessage', queue: 'q', of: 'deleted' },
    { effect: 'stale-counts', age: '60s', probability: 1, count: 3, seed: -5 },
  ])('are accepted: %j', (options) => {
    const fault = aws.faults.add(options)
    expect(fault.options).toEqual(options)
    fault.remove()
  })
})
