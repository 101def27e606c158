import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import type { Clock } from '../src/clock.js'
import { createWorker, defineQueue } from '../src/index.js'
import { checkLoop } from '../src/doctor/loop-checks.js'
import { LoopWatch } from '../src/loop-watch.js'
import { manualClock, memoryQueue } from '../src/testing/index.js'

test('a loop that turns is not told of; one that stood still is, with how long', async () => {
  const manual = manualClock()
  let blockedMs = 0
  // Timers run when the loop turns again, and only then does anyone look at the clock.
  const clock: Clock = {
    ...manual,
    now: () => manual.now() + blockedMs,
    schedule: (...given) => manual.schedule(...given),
  }
  const told: number[] = []
  const watch = new LoopWatch({ clock, onBlocked: (ms) => told.push(ms) })
  watch.start()
  await manual.advance(10_000)
  expect(told).toEqual([])
  expect(watch.worstMs).toBe(0)
  blockedMs = 4_000
  await manual.advance(500)
  blockedMs += 300
  await manual.advance(500)
  expect(told).toEqual([4_000])
  expect(watch.worstMs).toBe(4_000)
  await manual.advance(70_000)
  expect(watch.worstMs).toBe(0)
  watch.stop()
  expect(manual.pending).toBe(0)
})

test('what blocks for a third of the visibility timeout is a problem, with the name of the handler', () => {
  const standstill = { handler: 'resize', visibilityTimeoutMs: 30_000 }
  expect(checkLoop({ ...standstill, blockedMs: 9_900 })).toEqual([])
  expect(checkLoop({ ...standstill, blockedMs: 12_000 })).toMatchObject([
    {
      code: 'loop-blocked',
      severity: 'problem',
      found: 'that the handler resize kept the event loop for 12 s',
    },
  ])
})

test('the doctor and the metrics tell of a handler that blocks, by its queue', async () => {
  const queue = memoryQueue({ name: 'thumbnails' })
  const resize = (): void => {
    const untilMs = performance.now() + 1_700
    while (performance.now() < untilMs);
  }
  const worker = createWorker(defineQueue({ message: z.number() }), resize, {
    port: queue,
    log: false,
    visibilityTimeout: '2s',
    settleLinger: '10ms',
  })
  onTestFinished(async () => void (await worker.stop({ deadline: '0s' })))
  const found = new Promise((resolve) => {
    worker.on('doctor:found', (finding) => {
      if (finding.code === 'loop-blocked') resolve(finding)
    })
  })
  await worker.start()
  queue.put(1)
  expect(await found).toMatchObject({
    queue: 'thumbnails',
    severity: 'problem',
    found: expect.stringContaining('resize') as string,
  })
  expect(worker.stats().loopLagMs).toBeGreaterThan(900)
})
