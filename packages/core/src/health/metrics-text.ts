import type { WorkerStats } from '../stats.js'

/** One metric: its kind, what it means, and its samples by their labels. */
interface Metric {
  readonly name: string
  readonly kind: 'counter' | 'gauge'
  readonly help: string
  readonly samples: readonly { readonly labels?: Readonly<Record<string, string>>; readonly value: number }[]
}

/** A worker's figures in the text format of Prometheus, version 0.0.4. */
export function metricsText(stats: WorkerStats, queue: string): string {
  return metricsOf(stats)
    .map(({ name, kind, help, samples }) => {
      const lines = samples.map(
        ({ labels = {}, value }) => `longshore_${name}${labelled({ queue, ...labels })} ${value}`,
      )
      return [`# HELP longshore_${name} ${help}`, `# TYPE longshore_${name} ${kind}`, ...lines, ''].join('\n')
    })
    .join('')
}

function metricsOf(stats: WorkerStats): Metric[] {
  const { done, retried, deadLettered, released } = stats
  return [
    counter('messages_received_total', 'Messages received.', stats.received),
    counter('receives_empty_total', 'Receives that brought nothing.', stats.emptyReceives),
    counter('handlings_started_total', 'Handlings begun.', stats.started),
    counter('handlings_total', 'Handlings ended, however.', stats.handled),
    counter('handling_seconds_total', 'Time that handlings took, together.', stats.handlingMs / 1_000),
    counter('handlings_failed_total', 'Handlings that threw.', stats.failed),
    counter('handlings_timed_out_total', 'Handlings that ran past their deadline.', stats.timedOut),
    counter('handlings_stuck_total', 'Handlings that ignored their abort.', stats.stuck),
    counter('messages_rejected_total', 'Messages that could not be read.', stats.rejected),
    counter('leases_lost_total', 'Leases that ended before their message was settled.', stats.lost),
    by('outcome', {
      name: 'messages_settled_total',
      kind: 'counter',
      help: 'Messages whose outcome SQS has confirmed.',
      values: { done, retry: retried, deadLetter: deadLettered, release: released },
    }),
    by('operation', {
      name: 'sqs_calls_total',
      kind: 'counter',
      help: 'Calls to SQS, failed ones included.',
      values: stats.calls,
    }),
    gauge('slots', 'Handlings that may run at a time.', stats.concurrency),
    gauge('slots_busy', 'Slots that are taken.', stats.running),
    gauge('messages_waiting', 'Prefetched messages that wait for a slot.', stats.waiting),
    gauge('messages_settling', 'Handled messages whose outcome is not confirmed yet.', stats.settling),
    gauge('messages_held', 'Messages that this worker holds.', stats.leases),
    gauge('receives_open', 'Receives under way.', stats.polling),
    gauge('task_protected', '1 while ECS spares this task from scale-in.', Number(isProtected(stats))),
    by('state', {
      name: 'worker_state',
      kind: 'gauge',
      help: '1 for the state that the worker is in.',
      values: Object.fromEntries(
        ['idle', 'running', 'draining', 'stopped'].map((state) => [state, Number(state === stats.state)]),
      ),
    }),
  ]
}

function isProtected({ protection }: WorkerStats): boolean {
  return protection === 'protected'
}

function counter(name: string, help: string, value: number): Metric {
  return { name, kind: 'counter', help, samples: [{ value }] }
}

function gauge(name: string, help: string, value: number): Metric {
  return { name, kind: 'gauge', help, samples: [{ value }] }
}

function by(
  label: string,
  { values, ...metric }: Omit<Metric, 'samples'> & { values: Readonly<Record<string, number>> },
): Metric {
  return {
    ...metric,
    samples: Object.entries(values).map(([name, value]) => ({ labels: { [label]: name }, value })),
  }
}

function labelled(labels: Readonly<Record<string, string>>): string {
  return `{${Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(',')}}`
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
