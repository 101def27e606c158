// Several queues and batches in one worker, over the real SDK.
import { createWorker, from, handleBatch } from '@longshore/core'
import { describe, expect, it, onTestFinished } from 'vitest'

import { ids, TIMEOUT_MS, until, useWorkerStage } from './worker-stage.js'

const GONE = { visible: 0, inFlight: 0, delayed: 0 }

describe('a worker of several queues', { timeout: TIMEOUT_MS }, () => {
  const stage = useWorkerStage()

  it('empties all of them, one in batches, and ends', async () => {
    const [orders, rows, alarms] = await Promise.all([stage.queue(), stage.queue(), stage.queue()])
    await Promise.all([orders.send(30), rows.send(50), alarms.send(5)])
    const handled: number[] = []
    const inserted: number[][] = []
    const raised: number[] = []
    const worker = createWorker(
      [
        from(orders.definition, ({ id }) => void handled.push(id), { weight: 2 }),
        from(
          rows.definition,
          handleBatch((batch) => void inserted.push(batch.map(({ message }) => message.id)), {
            size: 25,
            maxWait: '20s',
          }),
        ),
        from(alarms.definition, ({ id }) => void raised.push(id), { priority: 1 }),
      ],
      { concurrency: 4, waitTime: '1s', log: false },
    )
    onTestFinished(() => worker.stop({ deadline: '0s' }).then(() => undefined))

    const report = await worker.drain({ emptyReceives: 1 })

    expect(report).toMatchObject({ isEmpty: true, done: 85, leftBehind: 0, unsettled: 0 })
    const sorted = (list: readonly number[]): number[] => list.toSorted((a, b) => a - b)
    expect(sorted(handled)).toEqual(ids(30))
    expect(sorted(inserted.flat())).toEqual(ids(50))
    expect(sorted(raised)).toEqual(ids(5))
    expect(inserted.map(({ length }) => length)).toEqual([25, 25])
    for (const queue of [orders, rows, alarms]) await queue.countsBecome(GONE)
  })

  it('hands back what waits in each of them when it stops', async () => {
    const [one, two] = await Promise.all([stage.queue(), stage.queue()])
    await Promise.all([one.send(10), two.send(10)])
    const ends: (() => void)[] = []
    const wait = (): Promise<void> => new Promise((resolve) => ends.push(resolve))
    const worker = createWorker([from(one.definition, wait), from(two.definition, wait)], {
      concurrency: 2,
      log: false,
    })
    onTestFinished(() => worker.stop({ deadline: '0s' }).then(() => undefined))
    await worker.start()
    await until(() => ends.length === 2 && worker.stats().queues.every(({ waiting }) => waiting > 0))

    const stopping = worker.stop()
    for (const end of ends) end()

    const { finished, released } = await stopping
    expect(finished).toBe(2)
    expect(released).toBeGreaterThan(0)
    const [first, second] = worker.stats().queues
    await one.handedBack(10 - (first?.done ?? 0))
    await two.handedBack(10 - (second?.done ?? 0))
  })
})
