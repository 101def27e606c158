import { retry } from '@longshore/core'
import type { WorkerEvents } from '@longshore/core'
import { describe, expect, it } from 'vitest'

import { pause } from '../contract/endpoint.js'
import { TIMEOUT_MS, ids, until, useWorkerStage } from './worker-stage.js'

const NOTHING = { visible: 0, inFlight: 0, delayed: 0 }

describe('a worker over the real SDK', { timeout: TIMEOUT_MS }, () => {
  const stage = useWorkerStage()

  it('handles each of 500 messages once, leaves the queue empty, and shares its calls', async () => {
    const queue = await stage.queue()
    await queue.send(500)
    const handled: number[] = []
    const worker = queue.worker(
      async ({ id }) => {
        await pause(5)
        handled.push(id)
      },
      { concurrency: 20 },
    )
    await worker.start()
    await until(() => worker.stats().done === 500)
    await worker.stop()

    expect(handled.toSorted((a, b) => a - b)).toEqual(ids(500))
    await queue.countsBecome(NOTHING)
    const { calls } = worker.stats()
    const perMessage = Object.values(calls).reduce((sum, count) => sum + count, 0) / 500
    expect(perMessage).toBeLessThanOrEqual(0.4)
  })

  it('retries what throws, with a receive count that rises', async () => {
    const queue = await stage.queue()
    await queue.send(3)
    const counts = new Map<number, number[]>()
    const worker = queue.worker(
      ({ id }, { receiveCount }) => {
        counts.set(id, [...(counts.get(id) ?? []), receiveCount])
        if (receiveCount < 3) throw new Error('not yet')
      },
      { retry: { base: '1s', cap: '1s' } },
    )
    await worker.start()
    await until(() => worker.stats().done === 3)

    for (const id of ids(3)) expect(counts.get(id)).toEqual([1, 2, 3])
    expect(worker.stats()).toMatchObject({ failed: 6, retried: 6 })
    await worker.stop()
    await queue.countsBecome(NOTHING)
  })

  it('brings a message back after the time that its handler asks for', async () => {
    const queue = await stage.queue()
    await queue.send(1)
    const startedMs: number[] = []
    const worker = queue.worker(() => {
      startedMs.push(performance.now())
      return startedMs.length === 1 ? retry({ after: '3s' }) : undefined
    })
    await worker.start()
    await until(() => worker.stats().done === 1)

    expect((startedMs[1] ?? 0) - (startedMs[0] ?? 0)).toBeGreaterThanOrEqual(2_900)
    await worker.stop()
  })

  it('leaves a poisonous message to SQS’s redrive', async () => {
    const deadLetters = await stage.queue()
    const queue = await stage.queue({
      RedrivePolicy: JSON.stringify({
        deadLetterTargetArn: await stage.endpoint.arnOf(deadLetters.url),
        maxReceiveCount: 2,
      }),
    })
    await queue.send(5)
    const worker = queue.worker(
      ({ id }) => {
        if (id === 3) throw new Error('poison')
      },
      { retry: { base: '1s', cap: '1s' } },
    )
    await worker.start()
    await until(() => worker.stats().done === 4)
    await deadLetters.countsBecome({ visible: 1, inFlight: 0, delayed: 0 })

    expect(worker.stats()).toMatchObject({ done: 4, failed: 2 })
    await worker.stop()
    const [dead] = await stage.endpoint.receive(deadLetters.url)
    expect(dead?.Body).toBe('{"id":3}')
  })

  it('keeps working on others beside a slow message', async () => {
    const queue = await stage.queue()
    await queue.send(200)
    let endSlow = (): void => {}
    const slow = new Promise<void>((resolve) => {
      endSlow = resolve
    })
    const worker = queue.worker(({ id }) => (id === 0 ? slow : pause(5)), { concurrency: 4 })
    await worker.start()
    await until(() => worker.stats().done === 199)

    expect(worker.stats()).toMatchObject({ running: 1 })
    endSlow()
    await until(() => worker.stats().done === 200)
    await worker.stop()
  })

  it('keeps a message for longer than its visibility timeout, as long as its handler runs', async () => {
    // A heartbeat is sent when a third of the timeout is left: it may be late by more than two seconds.
    const queue = await stage.queue({ VisibilityTimeout: '8' })
    await queue.send(12)
    const receiveCounts: number[] = []
    const worker = queue.worker(
      async (_message, { receiveCount }) => {
        receiveCounts.push(receiveCount)
        // Two of them wait for a slot, past their visibility timeout too.
        if (receiveCounts.length <= 10) await pause(10_000)
      },
      { concurrency: 10, prefetch: 10 },
    )
    await worker.start()
    await until(() => worker.stats().done === 12)
    await worker.stop()

    expect(receiveCounts).toEqual(ids(12).map(() => 1))
    expect(worker.stats()).toMatchObject({ lost: 0 })
    await queue.countsBecome(NOTHING)
  })

  it('never deletes a message that fails the schema, and never hands it to the handler', async () => {
    const queue = await stage.queue()
    await stage.endpoint.send(queue.url, '{"id":"seven"}')
    await stage.endpoint.send(queue.url, 'not JSON')
    await queue.send(1)
    const handled: unknown[] = []
    const rejected: WorkerEvents['payload:rejected'][] = []
    const worker = queue.worker((message) => handled.push(message), { retry: { base: '1s', cap: '1s' } })
    worker.on('payload:rejected', (event) => rejected.push(event))
    await worker.start()
    await until(() => worker.stats().done === 1 && rejected.length >= 4)
    await worker.stop()

    expect(handled).toEqual([{ id: 0 }])
    expect(rejected[0]?.error.code).toBe('LONGSHORE_PAYLOAD')
    await queue.handedBack(2)
  })
})
