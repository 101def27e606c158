// `@longshore/core/emf`: a worker's figures as CloudWatch metrics, by lines in the Embedded Metric Format. Needs no library.
import { z } from 'zod'
import type { Clock } from '../clock.js'
import { systemClock } from '../clock.js'
import type { Duration } from '../duration.js'
import { durationMs } from '../duration.js'
import type { Observed } from '../observed.js'
import { duration, option, parseOptions, withMethods } from '../parse-options.js'
import type { Counts, Levels, QueueStats, WorkerStats } from '../stats.js'
import { Distribution } from './distribution.js'
import type { EmfMetric, Unit } from './emf-line.js'
import { emfLine } from './emf-line.js'

/** Options of `publishEmf`. Every one has a default. */
export interface EmfOptions {
  /** The metrics' namespace; default 'Longshore'. */
  namespace?: string | undefined
  /**
   * Dimensions beside `Queue`, and `Service` where ECS names one. At most 20, 4 KiB together; default none. Each set of
   * values is charged as metrics of its own: what differs from task to task has no place here.
   */
  dimensions?: Readonly<Record<string, string>> | undefined
  /** How often a line is written. 1 s–1 h; default '60s'. */
  interval?: Duration | undefined
  /** Which metrics; default all. */
  metrics?: readonly EmfMetricName[] | undefined
  /** Takes each line; default: standard output. */
  write?: ((line: string) => void) | undefined
  /** Time, for tests: the worker's. Default: the machine's. */
  clock?: Clock | undefined
}

/** The metrics of a queue, and those of the worker. */
export type EmfMetricName = CountName | LevelName | TimeName | WorkerName

type CountName =
  | 'Received'
  | 'Handled'
  | 'BusyTime'
  | 'Done'
  | 'Retried'
  | 'DeadLettered'
  | 'Released'
  | 'Repeated'
  | 'Failed'
  | 'Throttled'
  | 'Rejected'
  | 'TimedOut'
  | 'Stuck'
  | 'LeasesLost'
type LevelName = 'BusySlots' | 'Waiting' | 'Held'
type TimeName = 'HandlingTime' | 'WaitTime'
type WorkerName = 'Slots' | 'SlotTime' | 'BusySlotTime' | 'HandlingMean' | 'HandlingSquaredCv' | 'OldestWait'

// What has happened since the last line.
const COUNTS: Readonly<Record<CountName, keyof Counts>> = {
  Received: 'received',
  Handled: 'handled',
  BusyTime: 'handlingMs',
  Done: 'done',
  Retried: 'retried',
  DeadLettered: 'deadLettered',
  Released: 'released',
  Repeated: 'repeated',
  Failed: 'failed',
  Throttled: 'throttled',
  Rejected: 'rejected',
  TimedOut: 'timedOut',
  Stuck: 'stuck',
  LeasesLost: 'lost',
}

// What is so at the moment of the line.
const LEVELS: Readonly<Record<LevelName, keyof Levels>> = {
  BusySlots: 'running',
  Waiting: 'waiting',
  Held: 'leases',
}

const DISTRIBUTIONS: readonly TimeName[] = ['HandlingTime', 'WaitTime']

// What the worker can do: by its slots and its capacity, not by queue.
const OF_WORKER: readonly (readonly [WorkerName, Unit])[] = [
  ['Slots', 'Count'],
  ['SlotTime', 'Milliseconds'],
  ['BusySlotTime', 'Milliseconds'],
  ['HandlingMean', 'Milliseconds'],
  ['HandlingSquaredCv', 'None'],
  ['OldestWait', 'Milliseconds'],
]

const NAMES: readonly string[] = [
  ...Object.keys(COUNTS),
  ...Object.keys(LEVELS),
  ...DISTRIBUTIONS,
  ...OF_WORKER.map(([name]) => name),
]

// Limits of CloudWatch: 30 dimensions, with names of 250 and values of 1,024 characters. Less here, so that a line stays
// under the 16 KiB at which log drivers cut it:
// docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
const MOST_DIMENSIONS = 20
const MOST_DIMENSION_BYTES = 4_096

const schema: z.ZodType<EmfOptions> = z.strictObject({
  namespace: option<string>(
    'a namespace: 1 to 255 letters, digits and . - _ / # :, not beginning with AWS/',
    (value) => /^(?!AWS\/)[\w.\-/#:]{1,255}$/.test(String(value)),
  ),
  dimensions: option<Readonly<Record<string, string>>>(
    `at most ${MOST_DIMENSIONS} dimensions of ASCII text, ${MOST_DIMENSION_BYTES} bytes together, none named Queue, Service or as a metric`,
    areDimensions,
  ),
  interval: duration('1s', '1h'),
  metrics: option<readonly EmfMetricName[]>(`a list of some of ${NAMES.join(', ')}`, areMetrics),
  write: option<(line: string) => void>('a function of a line', (value) => typeof value === 'function'),
  clock: withMethods<Clock>('a clock with now and schedule', ['now', 'schedule']),
})

/**
 * Writes a line for each queue of the worker, and one for the worker if it has several, every minute and at its end, that CloudWatch Logs makes metrics of: on ECS,
 * with the `awslogs` driver or FireLens, nothing else is needed. The cost is that of the metrics, whatever the traffic.
 *
 * The returned function ends it with a last line; a worker that stops does so by itself.
 *
 * @throws OptionsError listing every problem.
 */
export function publishEmf(worker: Observed, options: EmfOptions = {}): () => void {
  const publisher = new Publisher(worker, parseOptions('publishEmf', schema, options))
  return () => publisher.end()
}

interface Times {
  readonly HandlingTime: Distribution
  readonly WaitTime: Distribution
}

class Publisher {
  readonly #worker: Observed
  readonly #options: EmfOptions
  readonly #clock: Clock
  readonly #unlisten: (() => void)[]
  readonly #times = new Map<string, Times>()
  /** By queue, as of the last line. */
  #before = new Map<string, QueueStats>()
  #slotsBefore = { slotMs: 0, busySlotMs: 0 }
  #cancelTimer: (() => void) | undefined
  #isOver = false

  constructor(worker: Observed, options: EmfOptions) {
    this.#worker = worker
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#unlisten = [
      worker.on('worker:started', () => this.#begin()),
      worker.on('worker:stopped', () => this.end()),
      worker.on('delivery:handled', ({ queue, elapsedMs }) =>
        this.#timesOf(queue).HandlingTime.add(elapsedMs),
      ),
      worker.on('delivery:started', ({ queue, delivery }) => {
        // Only the first time: later it has waited for its backoff as well.
        if (delivery.receiveCount > 1) return
        this.#timesOf(queue).WaitTime.add(Math.max(0, this.#clock.now() - delivery.message.sentAtMs))
      }),
    ]
    if (worker.stats().state === 'running') this.#begin()
  }

  end(): void {
    if (this.#isOver) return
    this.#isOver = true
    for (const unlisten of this.#unlisten) unlisten()
    if (this.#cancelTimer === undefined) return
    this.#cancelTimer()
    this.#publish()
  }

  #begin(): void {
    if (this.#isOver || this.#cancelTimer !== undefined) return
    const { interval = '60s' } = this.#options
    const next = (): void => {
      this.#cancelTimer = this.#clock.schedule(durationMs(interval), () => {
        next()
        this.#publish()
      })
    }
    next()
  }

  #publish(): void {
    const stats = this.#worker.stats()
    const { queues } = stats
    const ofWorker = this.#workerMetrics(stats)
    for (const queue of queues) {
      const metrics = this.#queueMetrics(queue)
      this.#write({ Queue: queue.queue }, queues.length === 1 ? metrics.concat(ofWorker) : metrics, stats)
    }
    if (queues.length > 1) this.#write({}, ofWorker, stats)
    this.#before = new Map(queues.map((queue) => [queue.queue, queue]))
    this.#slotsBefore = stats
    for (const times of this.#times.values()) for (const name of DISTRIBUTIONS) times[name].clear()
  }

  #write(queue: { Queue?: string }, metrics: readonly EmfMetric[], { task }: WorkerStats): void {
    const { namespace = 'Longshore', dimensions, write = toStdout } = this.#options
    const wanted: readonly string[] = this.#options.metrics ?? NAMES
    const told = metrics.filter(({ name }) => wanted.includes(name))
    if (told.length === 0) return
    const service = task?.service === undefined ? {} : { Service: task.service }
    const line = emfLine({
      namespace,
      timestampMs: this.#clock.now(),
      dimensions: { ...service, ...queue, ...dimensions },
      metrics: told,
      properties: { TaskArn: task?.taskArn },
    })
    write(line)
  }

  #workerMetrics({ concurrency, slotMs, busySlotMs }: WorkerStats): EmfMetric[] {
    const before = this.#slotsBefore
    const { handlingMeanSeconds, handlingSquaredCv, oldestWaitSeconds } = this.#worker.capacity()
    const values: Readonly<Record<WorkerName, number>> = {
      Slots: concurrency,
      SlotTime: slotMs - before.slotMs,
      BusySlotTime: busySlotMs - before.busySlotMs,
      HandlingMean: handlingMeanSeconds * 1_000,
      HandlingSquaredCv: handlingSquaredCv,
      OldestWait: oldestWaitSeconds * 1_000,
    }
    return OF_WORKER.map(([name, unit]) => ({ name, unit, value: values[name] }))
  }

  #queueMetrics(queue: QueueStats): EmfMetric[] {
    const before = this.#before.get(queue.queue)
    const counts = Object.entries(COUNTS).map(([name, key]): EmfMetric => {
      const unit = key === 'handlingMs' ? 'Milliseconds' : 'Count'
      return { name, unit, value: queue[key] - (before?.[key] ?? 0) }
    })
    const levels = Object.entries(LEVELS).map(([name, key]): EmfMetric => ({
      name,
      unit: 'Count',
      value: queue[key],
    }))
    const times = DISTRIBUTIONS.map((name): EmfMetric => {
      return { name, unit: 'Milliseconds', value: this.#timesOf(queue.queue)[name].values() }
    }).filter(({ value }) => typeof value !== 'number' && value.length > 0)
    return [...counts, ...levels, ...times]
  }

  #timesOf(queue: string): Times {
    const known = this.#times.get(queue)
    if (known !== undefined) return known
    const times = { HandlingTime: new Distribution(), WaitTime: new Distribution() }
    this.#times.set(queue, times)
    return times
  }
}

function toStdout(line: string): void {
  process.stdout.write(line)
}

function areDimensions(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const entries: [string, unknown][] = Object.entries(value)
  const isTaken = (name: string): boolean => ['_aws', 'TaskArn', 'Queue', 'Service', ...NAMES].includes(name)
  const areTexts = entries.every(
    ([name, text]) =>
      /^(?!:)[\x20-\x7e]{1,250}$/.test(name) &&
      !isTaken(name) &&
      typeof text === 'string' &&
      /^(?=.*\S)[\x20-\x7e]{1,1024}$/.test(text),
  )
  return (
    areTexts && entries.length <= MOST_DIMENSIONS && entries.flat().join('').length <= MOST_DIMENSION_BYTES
  )
}

function areMetrics(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every((name) => NAMES.includes(String(name)))
}
