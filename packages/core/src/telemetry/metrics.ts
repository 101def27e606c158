import type { Meter, ObservableResult } from '@opentelemetry/api'
import type { Observed } from '../observed.js'
import type { QueueStats } from '../stats.js'
import type { Operation } from './conventions.js'
import { DURATION_BOUNDS, errorType, operationAttributes } from './conventions.js'

/** The instruments of one meter; a meter gives the same ones to whoever asks again. */
export interface Instruments {
  /** A call, or a send, took so long. */
  operated(operation: Operation, queue: string, took: { elapsedMs: number; error?: unknown }): void
  /** Counts a message that was sent, or was tried to be. */
  sent(queue: string, error: unknown): void
  /** Measures what the worker does from now on. The returned function ends that. */
  measure(worker: Observed): () => void
}

export function createInstruments(meter: Meter): Instruments {
  const advice = { explicitBucketBoundaries: DURATION_BOUNDS }
  const operationDuration = meter.createHistogram('messaging.client.operation.duration', {
    unit: 's',
    description: 'Duration of a call about messages.',
    advice,
  })
  const processDuration = meter.createHistogram('messaging.process.duration', {
    unit: 's',
    description: 'Duration of a handling.',
    advice,
  })
  const consumed = meter.createCounter('messaging.client.consumed.messages', {
    unit: '{message}',
    description: 'Messages that were received.',
  })
  const sentMessages = meter.createCounter('messaging.client.sent.messages', {
    unit: '{message}',
    description: 'Messages that were sent, or were tried to be.',
  })
  const operated: Instruments['operated'] = (operation, queue, { elapsedMs, error }) =>
    operationDuration.record(elapsedMs / 1_000, {
      ...operationAttributes(operation, queue),
      ...failed(error),
    })

  return {
    operated,
    sent: (queue, error) => sentMessages.add(1, { ...operationAttributes('send', queue), ...failed(error) }),
    measure(worker) {
      const ends = [
        worker.on('receive:completed', ({ queue, received, elapsedMs }) => {
          operated('receive', queue, { elapsedMs })
          if (received > 0) consumed.add(received, operationAttributes('receive', queue))
        }),
        worker.on('receive:failed', ({ queue, ...took }) => operated('receive', queue, took)),
        worker.on('settle:completed', ({ queue, purpose, ...took }) => operated(purpose, queue, took)),
        worker.on('settle:failed', ({ queue, purpose, ...took }) => {
          // A call that was answered, and refused some of its entries, has been told as completed.
          if (took.error instanceof Error) operated(purpose, queue, took)
        }),
        worker.on('delivery:handled', ({ queue, outcome, elapsedMs }) =>
          processDuration.record(elapsedMs / 1_000, {
            ...operationAttributes('process', queue),
            'longshore.outcome': outcome.kind,
            ...failed(outcome.kind === 'retry' ? outcome.error : undefined),
          }),
        ),
        ...observeFigures(meter, worker),
      ]
      return () => {
        for (const end of ends) end()
      }
    },
  }
}

function failed(error: unknown): { 'error.type'?: string } {
  return error === undefined ? {} : { 'error.type': errorType(error) }
}

/** A figure of a queue, read whenever metrics are collected: it costs a message nothing. */
interface Figure {
  readonly name: string
  readonly kind: 'counter' | 'gauge'
  readonly unit: string
  readonly description: string
  readonly of: (queue: QueueStats) => number | Readonly<Record<string, number>>
}

const FIGURES: readonly Figure[] = [
  {
    name: 'longshore.messages.settled',
    kind: 'counter',
    unit: '{message}',
    description: 'Messages whose outcome SQS has confirmed, by longshore.outcome.',
    of: ({ done, retried, deadLettered, released }) => ({
      done,
      retry: retried,
      deadLetter: deadLettered,
      release: released,
    }),
  },
  counter(
    'longshore.messages.repeated',
    '{message}',
    'Deleted without their handler: they were handled before.',
    'repeated',
  ),
  counter('longshore.messages.rejected', '{message}', 'Messages that could not be read.', 'rejected'),
  counter('longshore.handlings.failed', '{handling}', 'Handlings that threw.', 'failed'),
  counter(
    'longshore.handlings.throttled',
    '{handling}',
    'Handlings that ended because what they call refuses more.',
    'throttled',
  ),
  counter(
    'longshore.handlings.timed_out',
    '{handling}',
    'Handlings that ran past their deadline.',
    'timedOut',
  ),
  counter('longshore.handlings.stuck', '{handling}', 'Handlings that ignored their abort.', 'stuck'),
  counter('longshore.leases.lost', '{lease}', 'Leases that ended before their message was settled.', 'lost'),
  gauge('longshore.slots.busy', '{slot}', 'Slots that are taken.', 'running'),
  gauge('longshore.messages.waiting', '{message}', 'Prefetched messages that wait for a slot.', 'waiting'),
  gauge(
    'longshore.messages.settling',
    '{message}',
    'Handled messages whose outcome is not confirmed yet.',
    'settling',
  ),
  gauge('longshore.leases', '{lease}', 'Messages that are held.', 'leases'),
]

type NumberOf = {
  [Name in keyof QueueStats]: QueueStats[Name] extends number ? Name : never
}[keyof QueueStats]

function counter(name: string, unit: string, description: string, of: NumberOf): Figure {
  return { name, kind: 'counter', unit, description, of: (queue) => queue[of] }
}

function gauge(name: string, unit: string, description: string, of: NumberOf): Figure {
  return { name, kind: 'gauge', unit, description, of: (queue) => queue[of] }
}

/** A figure of the worker as a whole. */
interface WorkerFigure {
  readonly name: string
  readonly kind: 'counter' | 'gauge'
  readonly unit: string
  readonly description: string
  readonly of: (worker: Observed) => number
}

const WORKER_FIGURES: readonly WorkerFigure[] = [
  {
    name: 'longshore.slots',
    kind: 'gauge',
    unit: '{slot}',
    description: 'Handlings that may run at a time.',
    of: (worker) => worker.stats().concurrency,
  },
  {
    name: 'longshore.slots.time',
    kind: 'counter',
    unit: 's',
    description: 'Slots × time.',
    of: (worker) => worker.stats().slotMs / 1_000,
  },
  {
    name: 'longshore.slots.busy_time',
    kind: 'counter',
    unit: 's',
    description: 'Slots that were taken × time.',
    of: (worker) => worker.stats().busySlotMs / 1_000,
  },
  {
    name: 'longshore.handlings.mean',
    kind: 'gauge',
    unit: 's',
    description: 'The mean time of a handling, fading.',
    of: (worker) => worker.capacity().handlingMeanSeconds,
  },
  {
    name: 'longshore.handlings.squared_cv',
    kind: 'gauge',
    unit: '1',
    description: 'The variance of that time ÷ its mean squared.',
    of: (worker) => worker.capacity().handlingSquaredCv,
  },
  {
    name: 'longshore.wait.oldest',
    kind: 'gauge',
    unit: 's',
    description: 'The longest wait for a handling in the last minute.',
    of: (worker) => worker.capacity().oldestWaitSeconds,
  },
]

function observeFigures(meter: Meter, worker: Observed): (() => void)[] {
  const observe = (
    { name, kind, unit, description }: Omit<Figure, 'of'>,
    read: (result: ObservableResult) => void,
  ): (() => void) => {
    const options = { unit, description }
    const instrument =
      kind === 'counter'
        ? meter.createObservableCounter(name, options)
        : meter.createObservableGauge(name, options)
    instrument.addCallback(read)
    return () => instrument.removeCallback(read)
  }
  const ofQueues = FIGURES.map((figure) =>
    observe(figure, (result) => {
      for (const queue of worker.stats().queues) observeQueue(result, queue, figure.of(queue))
    }),
  )
  const ofWorker = WORKER_FIGURES.map((figure) =>
    observe(figure, (result) => result.observe(figure.of(worker))),
  )
  return [...ofQueues, ...ofWorker]
}

function observeQueue(
  result: ObservableResult,
  { queue }: QueueStats,
  value: ReturnType<Figure['of']>,
): void {
  const attributes = { 'messaging.destination.name': queue }
  if (typeof value === 'number') return result.observe(value, attributes)
  for (const [outcome, count] of Object.entries(value))
    result.observe(count, { ...attributes, 'longshore.outcome': outcome })
}
