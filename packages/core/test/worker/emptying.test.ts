import { expect, test } from 'vitest'
import { exitCodeOf, OptionsError } from '../../src/index.js'
import type { DrainOptions, DrainReport } from '../../src/index.js'
import { passTime } from '../pass-time.js'
import { scripts, stage } from '../stage.js'
import type { Stage } from '../stage.js'

const drained = ({ clock, worker }: Stage, options?: DrainOptions): Promise<DrainReport> =>
  passTime(clock, worker.drain(options))

test('drain handles everything, then ends with a report and exit code 0', async () => {
  const staged = stage({ concurrency: 5, waitTime: '5s' })
  staged.put(...scripts(57, { takes: '300ms' }))
  const report = await drained(staged)
  expect(report).toMatchObject({
    reason: 'empty',
    isEmpty: true,
    handled: 57,
    done: 57,
    leftBehind: 0,
    released: 0,
    unsettled: 0,
  })
  expect(exitCodeOf(report)).toBe(0)
  expect(staged.worker.state).toBe('stopped')
  expect(staged.queue.messages()).toEqual([])
})

test('a queue that is empty from the start takes as many receives as were asked for', async () => {
  for (const emptyReceives of [1, 3]) {
    const staged = stage({ waitTime: '5s', doctor: false })
    expect(await drained(staged, { emptyReceives })).toMatchObject({ isEmpty: true, handled: 0 })
    expect(staged.callsOf('ReceiveMessage')).toBeGreaterThanOrEqual(emptyReceives)
    expect(staged.callsOf('ReceiveMessage')).toBeLessThanOrEqual(emptyReceives + 1)
  }
})

test('it waits for a handling that takes longer than many empty receives', async () => {
  const staged = stage({ waitTime: '1s' })
  staged.put(...scripts(1, { takes: '90s' }))
  expect(await drained(staged)).toMatchObject({ isEmpty: true, done: 1, finished: 0, aborted: 0 })
})

test('a message that fails and then succeeds is not left behind, one that is to be retried later is', async () => {
  const staged = stage({ waitTime: '5s', retry: { base: '1s', cap: '1s' } })
  let fails = true
  staged.worker.on('handler:failed', ({ delivery }) => {
    if (delivery.receiveCount >= 3) fails = false
  })
  staged.put(...scripts(3), { id: 3, ends: 'retry' })
  const report = await drained(staged)
  expect(fails).toBe(true)
  // Its retry is due after 45 s, past the empty receives.
  expect(report).toMatchObject({ isEmpty: true, done: 3, leftBehind: 1 })
  expect(exitCodeOf(report)).toBe(2)
})

test('a retry that falls due while it waits is handled, and dead letters are not left behind', async () => {
  const staged = stage({ waitTime: '20s', queue: { maxReceiveCount: 5 } })
  staged.put({ id: 0, ends: 'deadLetter' }, { id: 1, ends: 'throw' })
  const report = await drained(staged)
  expect(report.deadLettered).toBe(1)
  // Its fifth receive is its last: SQS moves it at the next, which brings nothing.
  expect(staged.queue.messages().length + staged.deadLetters.messages().length).toBe(2)
  expect(report.leftBehind).toBe(1)
})

test('what SQS still counts as visible prolongs it by further receives', async () => {
  const staged = stage({ waitTime: '1s', doctor: false })
  const describe = staged.queue.describe.bind(staged.queue)
  let stale = 3
  staged.queue.describe = async (signal) => {
    const facts = await describe(signal)
    stale -= 1
    return { ...facts, visible: stale > 0 ? 7 : 0 }
  }
  expect(await drained(staged, { emptyReceives: 2 })).toMatchObject({ isEmpty: true })
  // The start, and two rounds of two empty receives.
  expect(stale).toBe(0)
  expect(staged.callsOf('ReceiveMessage')).toBeGreaterThanOrEqual(4)
})

test('stopped before the queue is empty it says so', async () => {
  const staged = stage({ concurrency: 1, prefetch: 0 })
  staged.put(...scripts(10, { takes: '10s' }))
  const draining = staged.worker.drain()
  await staged.clock.advance(15_000)
  await staged.stop()
  const report = await draining
  expect(report).toMatchObject({ reason: 'stop', isEmpty: false, handled: 2, done: 2 })
  expect(exitCodeOf(report)).toBe(3)
})

test('a worker that cannot start rejects, and wrong options are told', async () => {
  const staged = stage()
  await expect(staged.worker.drain({ emptyReceives: 0 })).rejects.toThrow(OptionsError)
  staged.queue.intercept(() => ({ kind: 'fail', reason: 'denied' }))
  await expect(drained(staged)).rejects.toMatchObject({ reason: 'denied' })
})
