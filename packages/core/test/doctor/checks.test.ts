import { expect, test } from 'vitest'
import { checkProcess, checkRegion } from '../../src/doctor/process-checks.js'
import { checkQueue, checkRetention, checkTimes } from '../../src/doctor/queue-checks.js'
import type { Finding } from '../../src/finding.js'
import type { QueueFacts } from '../../src/queue/port.js'

const TIMES = {
  visibilityTimeoutMs: 30_000,
  handlerTimeoutMs: 20_000,
  abortGraceMs: 10_000,
  stopTimeoutMs: 30_000,
  finishMs: 25_000,
}
const DAY_MS = 86_400_000
const QUEUE: QueueFacts = {
  url: 'https://sqs.eu-west-1.amazonaws.com/123456789012/orders',
  visibilityTimeoutMs: 30_000,
  isFifo: false,
  redrive: { deadLetterQueueArn: 'arn:aws:sqs:eu-west-1:123456789012:dead', maxReceiveCount: 5 },
  retentionMs: 4 * DAY_MS,
}
const IN_ECS = { ECS_CONTAINER_METADATA_URI_V4: 'http://169.254.170.2/v4/abc' }

const brief = (findings: Finding[]): string[] => findings.map(({ code, severity }) => `${severity} ${code}`)

test('what is well is not found', () => {
  expect(checkTimes(TIMES)).toEqual([])
  expect(checkQueue(QUEUE)).toEqual([])
  expect(checkProcess({ env: IN_ECS, parentName: 'docker-init' }, 30_000)).toEqual([])
})

test.each([
  [{ visibilityTimeoutMs: 9_000 }, ['problem visibility-short']],
  [{ visibilityTimeoutMs: 3_600_000 }, ['note visibility-long']],
  [{ handlerTimeoutMs: 43_195_000 }, ['problem deadline-past-lease', 'note stop-timeout-short']],
  [{ handlerTimeoutMs: Infinity }, ['note deadline-past-lease', 'note stop-timeout-short']],
  [{ handlerTimeoutMs: 26_000 }, ['note stop-timeout-short']],
])('times of %j make %j', (times, codes) => {
  expect(brief(checkTimes({ ...TIMES, ...times }))).toEqual(codes)
})

test.each([
  [{ redrive: undefined }, ['problem dead-letters-none']],
  [{ redrive: { deadLetterQueueArn: 'arn', maxReceiveCount: 2 } }, ['problem dead-letters-early']],
  [{ isFifo: true, isHighThroughput: false }, ['note fifo-throughput']],
  [{ isFifo: true, isHighThroughput: true }, []],
  [{ isFifo: true }, []],
])('a queue of %j makes %j', (facts, codes) => {
  expect(brief(checkQueue({ ...QUEUE, ...facts }))).toEqual(codes)
})

test('a finding says what was found, what was expected, and how to mend it', () => {
  const redrive = { deadLetterQueueArn: 'arn', maxReceiveCount: 1 }
  expect(checkQueue({ ...QUEUE, redrive })).toEqual([
    {
      code: 'dead-letters-early',
      severity: 'problem',
      found: 'a maxReceiveCount of 1',
      expected: 'at least 3: SQS may count a delivery that nobody got, and so does a task that is killed',
      fix: 'Raise maxReceiveCount in the RedrivePolicy, to 5 or so.',
    },
  ])
})

test.each([
  [4 * DAY_MS, ['problem dead-letters-short-lived']],
  [14 * DAY_MS, []],
  [undefined, []],
])('dead letters kept for %s ms make %j', (retentionMs, codes) => {
  expect(brief(checkRetention(QUEUE, { ...QUEUE, retentionMs }))).toEqual(codes)
})

test('signals do not pass npm or a shell, which matters in a task alone', () => {
  const swallowed = ['problem signals-swallowed']
  expect(brief(checkProcess({ env: IN_ECS, parentName: 'sh' }, 30_000))).toEqual(swallowed)
  expect(brief(checkProcess({ env: IN_ECS, parentName: 'npm start' }, 30_000))).toEqual(swallowed)
  const env = { ...IN_ECS, npm_lifecycle_event: 'start' }
  expect(brief(checkProcess({ env, parentName: undefined }, 30_000))).toEqual(swallowed)
  expect(checkProcess({ env: { npm_lifecycle_event: 'dev' }, parentName: 'zsh' }, 30_000)).toEqual([])
})

test('a stopTimeout that Fargate refuses is found on Fargate', () => {
  const env = { ...IN_ECS, AWS_EXECUTION_ENV: 'AWS_ECS_FARGATE' }
  const codes = (ms: number): string[] => brief(checkProcess({ env, parentName: undefined }, ms))
  expect(codes(121_000)).toEqual(['problem stop-timeout-refused'])
  expect(codes(1_000)).toEqual(['problem stop-timeout-refused'])
  expect(codes(120_000)).toEqual([])
  const onEc2 = { ...env, AWS_EXECUTION_ENV: 'AWS_ECS_EC2' }
  expect(checkProcess({ env: onEc2, parentName: undefined }, 600_000)).toEqual([])
})

test('a queue of another region is found where both regions are known', () => {
  const arn = 'arn:aws:sqs:eu-west-1:123456789012:orders'
  expect(brief(checkRegion({ AWS_REGION: 'us-east-1' }, arn))).toEqual(['problem region-other'])
  expect(checkRegion({ AWS_REGION: 'eu-west-1' }, arn)).toEqual([])
  expect(checkRegion({}, arn)).toEqual([])
  expect(checkRegion({ AWS_REGION: 'us-east-1' }, undefined)).toEqual([])
})
