import { expect, test } from 'vitest'
import { createWorker, defineQueue, from, OptionsError } from '../../src/index.js'
import { manualClock, memoryQueue } from '../../src/testing/index.js'
import { prometheusText } from '../../src/prometheus.js'
import type { EmfOptions } from '../../src/telemetry/emf.js'
import { publishEmf } from '../../src/telemetry/emf.js'
import { passTime } from '../pass-time.js'
import type { StageOptions } from '../stage.js'
import { scripts, scriptSchema, stage } from '../stage.js'

interface Line extends Record<string, unknown> {
  readonly _aws: {
    readonly Timestamp: number
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string
      readonly Dimensions: readonly string[][]
      readonly Metrics: readonly { readonly Name: string; readonly Unit: string }[]
    }[]
  }
}

function published(options: EmfOptions = {}, stageOptions: StageOptions = {}) {
  const texts: string[] = []
  const scene = stage(stageOptions)
  const end = publishEmf(scene.worker, {
    clock: scene.clock,
    write: (line) => texts.push(line),
    ...options,
  })
  return { ...scene, texts, end, lines: () => texts.map((text) => JSON.parse(text) as Line) }
}

/** What CloudWatch asks of a line: the specification of the format, its limits and those of log drivers. */
function expectValid(line: Line, text: string): void {
  expect(text.indexOf('\n')).toBe(text.length - 1)
  expect(Buffer.byteLength(text)).toBeLessThan(16_384)
  expect(Number.isInteger(line._aws.Timestamp)).toBe(true)
  for (const { Dimensions, Metrics } of line._aws.CloudWatchMetrics) {
    expect(Metrics.length).toBeLessThanOrEqual(100)
    for (const names of Dimensions) for (const name of names) expect(line[name]).toEqual(expect.any(String))
    for (const { Name, Unit } of Metrics) {
      expect(['Count', 'Milliseconds', 'None']).toContain(Unit)
      const values = [line[Name]].flat()
      expect(values.length).toBeGreaterThan(0)
      expect(values.length).toBeLessThanOrEqual(100)
      for (const value of values) expect(value).toEqual(expect.any(Number))
    }
  }
}

test('a line an interval tells what has happened since the last one, and how things stand', async () => {
  const { put, begin, clock, lines, texts } = published({}, { concurrency: 3, prefetch: 2 })
  put(...scripts(3, { takes: '500ms' }), { id: 3, takes: '3m' })
  await begin()
  const startedMs = clock.now()
  await clock.advance(60_000)
  put({ id: 5, ends: 'throw' })
  await clock.advance(60_000)
  for (const [index, line] of lines().entries()) expectValid(line, texts[index] ?? '')
  expect(lines()).toHaveLength(2)
  expect(lines()[0]?._aws).toMatchObject({
    Timestamp: expect.closeTo(startedMs + 60_000, -2),
    CloudWatchMetrics: [{ Namespace: 'Longshore', Dimensions: [['Queue']] }],
  })
  expect(lines()[0]).toMatchObject({
    Queue: 'memory',
    Received: 4,
    Handled: 3,
    Done: 3,
    BusyTime: 1_500,
    BusySlots: 1,
    Held: 1,
    Failed: 0,
    Slots: 3,
    SlotTime: expect.closeTo(3 * 60_000, -3),
    BusySlotTime: expect.closeTo(59_500 + 1_500, -3),
    HandlingMean: 500,
    HandlingSquaredCv: 0,
    HandlingTime: [500, 500, 500],
    WaitTime: [expect.any(Number), expect.any(Number), expect.any(Number), expect.any(Number)],
  })
  const [, second] = lines()
  expect(second).toMatchObject({ Done: 0, Held: 1, WaitTime: [expect.any(Number)] })
  expect(second?.Failed).toBe(second?.Handled)
  expect(second?.Failed).toBeGreaterThan(0)
})

test('its cost is flat: as many lines and values for five thousand messages as for a hundred', async () => {
  const { put, begin, clock, lines, texts } = published({ interval: '5m' }, { concurrency: 100 })
  put(...scripts(5_000, { takes: '1s' }))
  await begin()
  await clock.advance(300_000)
  expect(lines()).toHaveLength(1)
  const [line] = lines()
  if (line !== undefined) expectValid(line, texts[0] ?? '')
  expect(line).toMatchObject({ Done: 5_000, Handled: 5_000, BusyTime: 5_000_000 })
  expect(line?.HandlingTime).toHaveLength(100)
  expect(line?.WaitTime).toHaveLength(100)
  expect(Math.max(...(line?.WaitTime as number[]))).toBeGreaterThan(40_000)
})

test('a worker that stops has a last line, and a worker that never ran has none', async () => {
  const { put, begin, clock, lines, stop } = published()
  expect(clock.pending).toBe(0)
  put({ id: 1 })
  await begin()
  await clock.advance(1_000)
  expect(lines()).toHaveLength(0)
  await stop()
  expect(lines()).toMatchObject([{ Done: 1, Held: 0 }])
  expect(clock.pending).toBe(0)

  const idle = published()
  await idle.stop()
  expect(idle.lines()).toEqual([])
})

test('one that is attached to a running worker begins then, and ends when told', async () => {
  const scene = stage()
  await scene.begin()
  const texts: string[] = []
  const end = publishEmf(scene.worker, {
    clock: scene.clock,
    interval: '1s',
    write: (line) => texts.push(line),
  })
  await scene.clock.advance(2_500)
  expect(texts).toHaveLength(2)
  end()
  end()
  await scene.clock.advance(5_000)
  expect(texts).toHaveLength(3)
})

test('a worker of several queues has a line for each, and one of its own', async () => {
  const clock = manualClock()
  const texts: string[] = []
  const definition = defineQueue({ message: scriptSchema })
  const ports = ['orders', 'mails'].map((name) => memoryQueue({ name, clock }))
  const sources = ports.map((port) => from(definition, () => {}, { port }))
  const worker = createWorker(sources, { clock, log: false, doctor: false, concurrency: 4 })
  publishEmf(worker, {
    clock,
    interval: '10s',
    write: (line) => texts.push(line),
    dimensions: { App: 'shop' },
  })
  ports[0]?.put({ id: 1 })
  await passTime(clock, worker.start())
  await clock.advance(10_000)
  const lines = texts.map((text) => JSON.parse(text) as Line)
  expect(lines.map((line) => line._aws.CloudWatchMetrics[0]?.Dimensions)).toEqual([
    [['Queue', 'App']],
    [['Queue', 'App']],
    [['App']],
  ])
  expect(lines).toMatchObject([{ Queue: 'orders', Done: 1 }, { Queue: 'mails', Done: 0 }, { Slots: 4 }])
  expect(lines[0]).not.toHaveProperty('Slots')
  await passTime(clock, worker.stop())
})

test('dimensions, namespace and metrics are the user’s', async () => {
  const { begin, clock, lines } = published({
    namespace: 'Media/Workers',
    dimensions: { Environment: 'live' },
    metrics: ['Done', 'WaitTime'],
    interval: '10s',
  })
  await begin()
  await clock.advance(10_000)
  expect(lines()[0]?._aws.CloudWatchMetrics).toEqual([
    {
      Namespace: 'Media/Workers',
      Dimensions: [['Queue', 'Environment']],
      Metrics: [{ Name: 'Done', Unit: 'Count' }],
    },
  ])
  expect(lines()[0]).toMatchObject({ Environment: 'live', Queue: 'memory', Done: 0 })
})

test('dimensions that CloudWatch would refuse, and lines that a log driver would cut, are refused', () => {
  const worker = createWorker(defineQueue({ message: scriptSchema }), () => {}, { port: memoryQueue() })
  const refused: EmfOptions[] = [
    { dimensions: { Queue: 'mine' } },
    { dimensions: { Done: 'mine' } },
    { dimensions: { ':name': 'x' } },
    { dimensions: { Name: ' ' } },
    { dimensions: { Name: 'ä' } },
    { dimensions: { Name: 'x'.repeat(1_025) } },
    { dimensions: Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`d${index}`, 'x'])) },
    {
      dimensions: Object.fromEntries(
        Array.from({ length: 5 }, (_, index) => [`d${index}`, 'x'.repeat(1_000)]),
      ),
    },
    { namespace: 'AWS/SQS' },
    { interval: '10ms' },
    { metrics: ['Dome' as never] },
  ]
  for (const options of refused)
    expect(() => publishEmf(worker, options), JSON.stringify(options)).toThrow(OptionsError)
})

test('Prometheus’s text can be had without the health server', async () => {
  const { worker, put, begin, clock } = stage()
  put({ id: 1 })
  await begin()
  await clock.advance(1_000)
  expect(prometheusText(worker.stats())).toContain(
    'longshore_messages_settled_total{queue="memory",outcome="done"} 1\n',
  )
})
