import { expect, test } from 'vitest'
import { z } from 'zod'
import { OptionsError, createProducer, createWorker, defineQueue } from '../src/index.js'
import { workerConfig } from '../src/options.js'
import { memoryQueue } from '../src/testing/index.js'

const message = z.object({ key: z.string() })

function problemsOf(run: () => unknown): string[] {
  try {
    run()
  } catch (error) {
    if (error instanceof OptionsError) return error.message.split('\n').slice(1)
    throw error
  }
  return []
}

test('the defaults are those that the documentation names', () => {
  expect(workerConfig({})).toMatchObject({
    concurrency: 10,
    prefetch: 15,
    maxPollers: 2,
    waitSeconds: 20,
    visibilityTimeoutMs: undefined,
    handlerTimeoutMs: 900_000,
    abortGraceMs: 10_000,
    retry: { baseMs: 2_000, capMs: 900_000 },
    stopTimeoutMs: 30_000,
    settleLingerMs: 100,
  })
  expect(workerConfig({ concurrency: 1 })).toMatchObject({ prefetch: 1, maxPollers: 1 })
  expect(workerConfig({ concurrency: 500 })).toMatchObject({ prefetch: 20, maxPollers: 10 })
  expect(workerConfig({ handlerTimeout: false }).handlerTimeoutMs).toBe(Infinity)
})

test('an option that is undefined is an option not given', () => {
  expect(workerConfig({ concurrency: undefined, retry: undefined, log: undefined }).concurrency).toBe(10)
})

test('all problems are told at once, each with its place, what is valid, what was found, and the nearest name', () => {
  const options = {
    concurency: 5,
    concurrency: 0,
    handlerTimeout: 30,
    visibilityTimeout: '1500ms',
    waitTime: '25s',
    retry: { bse: '1s' },
    clock: {},
    pollers: 3,
  }
  expect(problemsOf(() => workerConfig(options as never))).toEqual([
    '  concurrency: expected a whole number from 1 to 10000, or adaptive({ max }), got 0',
    "  waitTime: expected a duration of whole seconds, from '1s' to '20s', got \"25s\"",
    "  visibilityTimeout: expected a duration of whole seconds, from '1s' to '12h', got \"1500ms\"",
    "  handlerTimeout: expected a duration with a unit, from '10ms' to '12h', or false, got 30",
    '  retry.bse: expected a known option, got an unknown option; did you mean retry.base?',
    '  clock: expected a clock with now and schedule, got an object',
    '  concurency: expected a known option, got an unknown option; did you mean concurrency?',
    '  pollers: expected a known option, got an unknown option; did you mean maxPollers?',
  ])
})

test('options that contradict each other are refused', () => {
  expect(problemsOf(() => workerConfig({ retry: { base: '1h', cap: '10m' } }))).toEqual([
    '  retry.base: expected at most retry.cap, \'10m\', got "1h"',
  ])
  expect(problemsOf(() => workerConfig({ visibilityTimeout: '3s', settleLinger: '2s' }))).toEqual([
    '  settleLinger: expected at most a third of visibilityTimeout, \'3s\', got "2s"',
  ])
})

test('options that are no object are refused', () => {
  expect(problemsOf(() => workerConfig('fast' as never))).toEqual([
    '  expected an object of options, got "fast"',
  ])
})

test('a queue is defined without its URL, yet no worker and no producer is made on it', () => {
  const queue = defineQueue({ url: undefined, message })
  const expected = [
    '  url: expected the url or the name of the queue (is the variable that should hold it set?), got nothing',
  ]
  expect(problemsOf(() => createWorker(queue, () => {}))).toEqual(expected)
  expect(problemsOf(() => createProducer(queue))).toEqual(expected)
  expect(problemsOf(() => createWorker(queue, () => {}, { port: memoryQueue() }))).toEqual([])
})

test('what a queue cannot be is refused when it is defined', () => {
  const options = { url: 'orders', name: 'or ders', message: {}, endpoint: 4566, queueUrl: 'x' }
  expect(problemsOf(() => defineQueue(options as never))).toEqual([
    '  url: expected a queue URL, such as \'https://sqs.eu-west-1.amazonaws.com/123456789012/orders\', got "orders"',
    '  name: expected a queue name: letters, digits, - and _, at most 80, got "or ders"',
    '  message: expected a schema that speaks Standard Schema (zod, valibot, arktype), got an object',
    "  endpoint: expected a URL, such as 'http://127.0.0.1:4566', got 4566",
    '  queueUrl: expected a known option, got an unknown option; did you mean url?',
  ])
})

test('a queue is labelled by the last part of its URL, or by its name', () => {
  expect(defineQueue({ url: 'https://sqs.eu-west-1.amazonaws.com/1/orders', message }).label).toBe('orders')
  expect(defineQueue({ name: 'orders.fifo', message }).label).toBe('orders.fifo')
})

test('a handler that is no function is refused', () => {
  const queue = defineQueue({ name: 'orders', message })
  expect(problemsOf(() => createWorker(queue, undefined as never, { port: memoryQueue() }))).toEqual([
    '  handler: expected a function, or handleBatch(), got undefined',
  ])
})

test('a producer’s options are checked alike', () => {
  const queue = defineQueue({ name: 'orders', message })
  expect(problemsOf(() => createProducer(queue, { lingerr: '1s', maxPending: 0 } as never))).toEqual([
    '  maxPending: expected a whole number from 1 to 100000, got 0',
    '  lingerr: expected a known option, got an unknown option; did you mean linger?',
  ])
})
