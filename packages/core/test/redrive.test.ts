import { expect, it } from 'vitest'
import type { MessageAttribute, RedriveOptions, RedriveReport } from '../src/index.js'
import { redrive } from '../src/index.js'
import type { ManualClock, MemoryQueue } from '../src/testing/index.js'
import { manualClock, memoryQueue } from '../src/testing/index.js'
import { passTime } from './pass-time.js'

interface Queues {
  readonly clock: ManualClock
  readonly source: MemoryQueue
  readonly deadLetters: MemoryQueue
  readonly go: (options?: RedriveOptions) => Promise<RedriveReport>
}

function queues({ fifo = false } = {}): Queues {
  const clock = manualClock()
  const suffix = fifo ? '.fifo' : ''
  const deadLetters = memoryQueue({ clock, fifo, name: `dead${suffix}` })
  const redrivePolicy = { to: deadLetters, maxReceiveCount: 3 }
  const source = memoryQueue({ clock, fifo, name: `orders${suffix}`, redrive: redrivePolicy })
  return {
    clock,
    source,
    deadLetters,
    go: async (options = {}) => {
      await clock.advance(1)
      return passTime(clock, redrive({ name: 'orders' }, { port: source, clock, ...options }))
    },
  }
}

const text = (value: string): MessageAttribute => ({ type: 'String', value })
const bodies = (queue: MemoryQueue): string[] => queue.messages().map(({ body }) => body)

it('sends every dead letter back as it was sent, without what a worker noted', async () => {
  const { source, deadLetters, go } = queues()
  deadLetters.put('a', { attributes: { tenant: text('blue'), 'longshore.reason': text('no such bucket') } })
  for (let index = 0; index < 24; index += 1) deadLetters.put(`b${index}`)

  const report = await go()

  expect(report).toMatchObject({
    endedBy: 'empty',
    looked: 25,
    matched: 25,
    moved: 25,
    kept: 0,
    hidden: 0,
    doubled: 0,
  })
  expect(report.failed).toEqual([])
  expect(deadLetters.messages()).toEqual([])
  expect(source.messages()).toHaveLength(25)
  expect(source.messages().find(({ body }) => body === 'a')?.attributes).toEqual({ tenant: text('blue') })
})

it('knows the reason also where the worker had room for one attribute', async () => {
  const { source, deadLetters, go } = queues()
  const note = { reason: 'no such bucket', receiveCount: '3' }
  deadLetters.put('a', { attributes: { 'longshore.failure': text(JSON.stringify(note)) } })
  deadLetters.put('b', { attributes: { 'longshore.failure': text('null') } })
  await go({ filter: ({ reason }) => reason === 'no such bucket' })
  expect(bodies(source)).toEqual(['a'])
  expect(source.messages()[0]?.attributes).toEqual({})
})

it('moves what the filter takes, and hands the rest back at once', async () => {
  const { source, deadLetters, go } = queues()
  for (let index = 0; index < 30; index += 1) {
    deadLetters.put(`${index}`, {
      attributes: { 'longshore.reason': text(index % 3 === 0 ? 'timeout' : 'bug') },
    })
  }
  const report = await go({ filter: ({ reason }) => reason === 'timeout' })
  expect(report).toMatchObject({ looked: 30, matched: 10, moved: 10, kept: 20 })
  expect(source.counts().visible).toBe(10)
  expect(deadLetters.counts()).toEqual({ visible: 20, inFlight: 0, delayed: 0 })
})

it('moves nothing in a dry run, and says what it would', async () => {
  const { source, deadLetters, go } = queues()
  for (const body of ['a', 'b', 'c']) deadLetters.put(body)
  const shown: string[] = []
  const report = await go({
    dryRun: true,
    filter: ({ body }) => body !== 'b',
    onMatch: ({ body }) => shown.push(body),
  })
  expect(report).toMatchObject({ looked: 3, matched: 2, moved: 0, kept: 3 })
  expect(shown).toEqual(['a', 'c'])
  expect(source.messages()).toEqual([])
  expect(deadLetters.counts().visible).toBe(3)
})

it('moves no more than the limit, and no faster than the rate', async () => {
  const { clock, source, deadLetters, go } = queues()
  for (let index = 0; index < 60; index += 1) deadLetters.put(`${index}`)
  const report = await go({ limit: 45, rate: 10 })
  expect(report).toMatchObject({ endedBy: 'limit', moved: 45, matched: 45 })
  expect(report.elapsedMs).toBeGreaterThanOrEqual(4_000)
  expect(report.elapsedMs).toBeLessThan(6_000)
  expect(source.counts().visible).toBe(45)
  expect(deadLetters.counts().visible).toBe(15)
  await clock.advance(0)
})

it('ends by the signal, with what it holds handed back', async () => {
  const { deadLetters, go } = queues()
  for (let index = 0; index < 50; index += 1) deadLetters.put(`${index}`)
  const stop = new AbortController()
  const report = await go({
    signal: stop.signal,
    rate: 10,
    filter: ({ body }) => Number(body) % 2 === 0,
    onProgress: ({ looked }) => {
      if (looked >= 20) stop.abort()
    },
  })
  expect(report.endedBy).toBe('signal')
  expect(report.moved).toBeLessThan(25)
  expect(deadLetters.counts()).toEqual({ visible: 50 - report.moved, inFlight: 0, delayed: 0 })
})

it('is not held up by messages that die again while it runs', async () => {
  const { source, deadLetters, go } = queues()
  for (let index = 0; index < 20; index += 1) deadLetters.put(`${index}`)
  let rounds = 0
  const report = await go({
    onProgress: () => {
      rounds += 1
      deadLetters.put(`died again ${rounds}`)
    },
  })
  expect(report).toMatchObject({ endedBy: 'empty', moved: 20 })
  expect(source.messages()).toHaveLength(20)
  expect(deadLetters.messages()).toHaveLength(rounds)
})

it('deletes a dead letter only when its source has it', async () => {
  const { source, deadLetters, go } = queues()
  for (const body of ['a', 'b', 'c']) deadLetters.put(body)
  source.intercept(({ operation }) =>
    operation === 'SendMessageBatch'
      ? { kind: 'failEntries', indexes: [1], code: 'InvalidMessageContents' }
      : undefined,
  )
  const report = await go()
  expect(report).toMatchObject({ matched: 3, moved: 2, kept: 1 })
  expect(report.failed).toMatchObject([{ why: expect.stringContaining('InvalidMessageContents') as string }])
  expect(bodies(source)).toEqual(['a', 'c'])
  expect(bodies(deadLetters)).toEqual(['b'])
  expect(deadLetters.counts().visible).toBe(1)
})

it('keeps the order inside a FIFO group, and what stands behind a refused message', async () => {
  const { source, deadLetters, go } = queues({ fifo: true })
  for (const body of ['a1', 'a2', 'a3']) deadLetters.put(body, { group: 'a' })
  for (const body of ['b1', 'b2']) deadLetters.put(body, { group: 'b' })
  let isRefusing = true
  source.intercept(({ operation, entries }) => {
    if (operation !== 'SendMessageBatch' || !isRefusing) return undefined
    isRefusing = false
    return { kind: 'failEntries', indexes: [entries - 1], code: 'InvalidMessageContents' }
  })
  const report = await go()
  expect(report.failed).toHaveLength(1)
  expect(bodies(source)).toEqual(['a1', 'a2', 'a3'])
  expect(bodies(deadLetters)).toEqual(['b1', 'b2'])

  expect(await go()).toMatchObject({ moved: 2 })
  expect(bodies(source)).toEqual(['a1', 'a2', 'a3', 'b1', 'b2'])
})

it('hands back what it holds when a filter throws, and rethrows', async () => {
  const { deadLetters, go } = queues()
  for (const body of ['a', 'b']) deadLetters.put(body)
  const filter = (): boolean => {
    throw new TypeError('No such field')
  }
  await expect(go({ filter })).rejects.toThrow('No such field')
  expect(deadLetters.counts()).toEqual({ visible: 2, inFlight: 0, delayed: 0 })
})

it('says so when a sent message could not be deleted here', async () => {
  const { source, deadLetters, go } = queues()
  deadLetters.put('a')
  deadLetters.intercept(({ operation }) =>
    operation === 'DeleteMessageBatch' ? { kind: 'fail', reason: 'throttled' } : undefined,
  )
  const report = await go()
  expect(report).toMatchObject({ moved: 1, doubled: 1, kept: 0 })
  expect(source.messages()).toHaveLength(1)
})

it('refuses a queue without a dead-letter queue, and options that are wrong', async () => {
  const clock = manualClock()
  const port = memoryQueue({ clock })
  await expect(passTime(clock, redrive({ name: 'memory' }, { port, clock }))).rejects.toThrow(
    'expected a queue with a RedrivePolicy, which names its dead-letter queue',
  )
  await expect(redrive({ name: 'memory' }, { rate: 0, limits: 3 } as RedriveOptions)).rejects.toThrow(
    /rate: expected a whole number from 1 to 10000, got 0[\s\S]*limits: .*did you mean limit/,
  )
})
