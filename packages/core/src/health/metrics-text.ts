import type { Capacity } from '../capacity.js'
import type { QueueStats, WorkerStats } from '../stats.js'
import { exposition, samplesBy } from './exposition.js'
import type { Labels, Metric } from './exposition.js'

type Values = Readonly<Record<string, number>>

/**
 * A worker's figures in the text format of Prometheus, version 0.0.4. Those of a queue carry its name; so do the worker's
 * own while it has but one.
 */
export function metricsText(stats: WorkerStats, capacity?: Capacity): string {
  const ofCapacity = capacity === undefined ? [] : capacityMetrics(capacity, ownLabels(stats))
  return exposition([...queueMetrics(stats.queues), ...workerMetrics(stats), ...ofCapacity])
}

function queueMetrics(queues: readonly QueueStats[]): Metric[] {
  const each = (kind: Metric['kind']) => {
    return (name: string, help: string, valueOf: (queue: QueueStats) => number): Metric => ({
      name,
      kind,
      help,
      samples: queues.map((queue) => ({ labels: { queue: queue.queue }, value: valueOf(queue) })),
    })
  }
  const by = (
    label: string,
    metric: Omit<Metric, 'kind' | 'samples'>,
    of: (queue: QueueStats) => Values,
  ): Metric => ({
    ...metric,
    kind: 'counter',
    samples: queues.flatMap((queue) => samplesBy(label, of(queue), { queue: queue.queue })),
  })
  const counter = each('counter')
  const gauge = each('gauge')
  return [
    counter('messages_received_total', 'Messages received.', ({ received }) => received),
    counter('receives_empty_total', 'Receives that brought nothing.', ({ emptyReceives }) => emptyReceives),
    counter('handlings_started_total', 'Handlings begun.', ({ started }) => started),
    counter('handlings_total', 'Handlings ended, however.', ({ handled }) => handled),
    counter(
      'handling_seconds_total',
      'Time that handlings took, together.',
      ({ handlingMs }) => handlingMs / 1_000,
    ),
    counter(
      'handlings_throttled_total',
      'Handlings that ended because what they call refuses more.',
      ({ throttled }) => throttled,
    ),
    counter('handlings_failed_total', 'Handlings that threw.', ({ failed }) => failed),
    counter(
      'handlings_timed_out_total',
      'Handlings that ran past their deadline.',
      ({ timedOut }) => timedOut,
    ),
    counter('handlings_stuck_total', 'Handlings that ignored their abort.', ({ stuck }) => stuck),
    counter('messages_rejected_total', 'Messages that could not be read.', ({ rejected }) => rejected),
    counter('leases_lost_total', 'Leases that ended before their message was settled.', ({ lost }) => lost),
    by(
      'outcome',
      { name: 'messages_settled_total', help: 'Messages whose outcome SQS has confirmed.' },
      ({ done, retried, deadLettered, released }) => ({
        done,
        retry: retried,
        deadLetter: deadLettered,
        release: released,
      }),
    ),
    by(
      'operation',
      { name: 'sqs_calls_total', help: 'Calls to SQS, failed ones included.' },
      ({ calls }) => calls,
    ),
    gauge('slots_busy', 'Slots that are taken.', ({ running }) => running),
    gauge('messages_waiting', 'Prefetched messages that wait for a slot.', ({ waiting }) => waiting),
    gauge(
      'messages_settling',
      'Handled messages whose outcome is not confirmed yet.',
      ({ settling }) => settling,
    ),
    gauge('messages_held', 'Messages that this worker holds.', ({ leases }) => leases),
    gauge('breaker_open', '1 while the circuit breaker takes no messages.', ({ breaker }) =>
      Number(breaker === 'open'),
    ),
    gauge('receives_open', 'Receives under way.', ({ polling }) => polling),
  ]
}

function workerMetrics(stats: WorkerStats): Metric[] {
  const own = ownLabels(stats)
  const { counter, gauge } = ofWorker(own)
  const states = ['idle', 'running', 'draining', 'stopped'].map((state) => [
    state,
    Number(state === stats.state),
  ])
  return [
    gauge('slots', 'Handlings that may run at a time.', stats.concurrency),
    gauge('event_loop_lag_seconds', 'How late timers were, at worst, of late.', stats.loopLagMs / 1_000),
    counter('slot_seconds_total', 'Slots × time.', stats.slotMs / 1_000),
    counter('slots_busy_seconds_total', 'Slots that were taken × time.', stats.busySlotMs / 1_000),
    gauge('task_protected', '1 while ECS spares this task from scale-in.', Number(isProtected(stats))),
    {
      name: 'worker_state',
      kind: 'gauge',
      help: '1 for the state that the worker is in.',
      samples: samplesBy('state', Object.fromEntries(states) as Values, own),
    },
  ]
}

function capacityMetrics(capacity: Capacity, own: Labels): Metric[] {
  const { gauge } = ofWorker(own)
  const { mostSlots, handlingMeanSeconds, handlingSquaredCv, oldestWaitSeconds } = capacity
  const { completions, taskSeconds, blockedTasks } = capacity
  return [
    gauge('slots_most', 'Handlings that may ever run at a time.', mostSlots),
    gauge('handling_mean_seconds', 'The mean time of a handling, fading.', handlingMeanSeconds),
    gauge('handling_squared_cv', 'The variance of that time ÷ its mean squared.', handlingSquaredCv),
    gauge('wait_oldest_seconds', 'The longest wait for a handling in the window.', oldestWaitSeconds),
    gauge('completions_in_window', 'Messages handled for good in the window.', completions),
    gauge('window_seconds', 'The length of the window.', taskSeconds),
    gauge('task_blocked', '1 while a deployment blocks protection, and no more is taken.', blockedTasks),
  ]
}

type Make = (name: string, help: string, value: number) => Metric

function ofWorker(own: Labels): { counter: Make; gauge: Make } {
  const make = (kind: Metric['kind']): Make => {
    return (name, help, value) => ({ name, kind, help, samples: [{ labels: own, value }] })
  }
  return { counter: make('counter'), gauge: make('gauge') }
}

function ownLabels({ queues }: WorkerStats): Labels {
  const [first, ...others] = queues
  return first === undefined || others.length > 0 ? {} : { queue: first.queue }
}

function isProtected({ protection }: WorkerStats): boolean {
  return protection === 'protected'
}
