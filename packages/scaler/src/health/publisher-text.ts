import { exposition, samplesBy } from '@longshore/core/health'
import type { Labels, Metric, MetricValue } from '@longshore/core/health'
import type { PublishDecision } from '../decide/decide.js'
import type { CallCount } from './call-tally.js'
import type { Beating } from './judge.js'

/** A publisher's figures in the text format of Prometheus: its beats and calls, and the services as it saw them last. */
export function publisherText(
  all: readonly Beating[],
  calls: ReadonlyMap<string, CallCount>,
  nowMs: number,
): string {
  return exposition([...beatMetrics(all, nowMs), ...serviceMetrics(all), ...callMetrics(calls)])
}

function beatMetrics(all: readonly Beating[], nowMs: number): Metric[] {
  const each = (samplesOf: (beating: Beating, labels: Labels) => readonly MetricValue[]): MetricValue[] =>
    all.flatMap((beating) => samplesOf(beating, labelsOf(beating)))
  return [
    {
      name: 'publisher_beats_total',
      kind: 'counter',
      help: 'Beats, by how they ended.',
      samples: each(({ status: { counts } }, labels) => {
        const { published, held, failed, following } = counts
        return samplesBy('outcome', { published, held, failed, following }, labels)
      }),
    },
    {
      name: 'publisher_holds_total',
      kind: 'counter',
      help: 'Beats held, by the reading that was missing and why.',
      samples: each(({ status }, labels) => samplesByTwo(['reading', 'code'], status.counts.holds, labels)),
    },
    {
      name: 'publisher_failures_total',
      kind: 'counter',
      help: 'What could not be done, by what and why.',
      samples: each(({ status }, labels) =>
        samplesByTwo(['operation', 'code'], status.counts.failures, labels),
      ),
    },
    {
      name: 'publisher_success_age_seconds',
      kind: 'gauge',
      help: 'Time since the last beat that succeeded, or since the start.',
      samples: each(({ status: { lastSuccessAtMs, startedAtMs } }, labels) => {
        const sinceMs = lastSuccessAtMs ?? startedAtMs
        return sinceMs === undefined ? [] : [{ labels, value: (nowMs - sinceMs) / 1_000 }]
      }),
    },
    {
      name: 'publisher_leading',
      kind: 'gauge',
      help: '1 where this publisher publishes, 0 where another one holds the lease.',
      samples: each(({ status: { lastResult } }, labels) =>
        lastResult === undefined ? [] : [{ labels, value: Number(lastResult.outcome !== 'following') }],
      ),
    },
  ]
}

/** Of services whose last beat held there is nothing to tell: what was read before is not what is. */
function serviceMetrics(all: readonly Beating[]): Metric[] {
  const gauge = (
    name: string,
    help: string,
    valueOf: (decision: PublishDecision) => number | undefined,
  ): Metric => {
    const samples = all.flatMap((beating) => {
      const decision = beating.status.lastDecision
      const value = decision?.kind === 'publish' ? valueOf(decision) : undefined
      return value === undefined ? [] : [{ labels: labelsOf(beating), value }]
    })
    return { name: `service_${name}`, kind: 'gauge', help, samples }
  }
  return [
    gauge('backlog_per_task', 'Messages waiting for each task, as published.', (each) => each.backlogPerTask),
    gauge('backlog_per_task_target', 'What is acceptable of them.', ({ target }) => target),
    gauge('messages_visible', 'Messages that wait.', ({ queue }) => queue.visible),
    gauge('messages_in_flight', 'Messages that somebody has received.', ({ queue }) => queue.inFlight),
    gauge('tasks_required', 'Tasks that the objective needs.', ({ requiredTasks }) => requiredTasks),
    gauge('tasks_desired', 'Tasks that ECS is to run.', ({ service }) => service.desired),
    gauge('tasks_running', 'Tasks that run.', ({ service }) => service.running),
    gauge('task_deficit', 'Required tasks that are missing.', ({ deficit }) => deficit),
    gauge('task_surplus', 'Tasks that may go.', ({ surplus }) => surplus),
    gauge(
      'wait_estimate_seconds',
      'How long a message sent now waits; nothing while no task runs.',
      ({ waitEstimateMs }) => waitEstimateMs && waitEstimateMs / 1_000,
    ),
    gauge(
      'slot_utilization_percent',
      'Slots that handle a message; nothing while no task runs.',
      ({ slotUtilization }) => slotUtilization,
    ),
  ]
}

function callMetrics(calls: ReadonlyMap<string, CallCount>): Metric[] {
  const counter = (
    name: string,
    help: string,
    samplesOf: (action: string, count: CallCount) => readonly MetricValue[],
  ): Metric => ({
    name: `publisher_${name}`,
    kind: 'counter',
    help,
    samples: Array.from(calls, ([action, count]) => samplesOf(action, count)).flat(),
  })
  return [
    counter('calls_total', 'Calls to AWS, failed ones included.', (action, { count }) => [
      { labels: { action }, value: count },
    ]),
    counter('calls_failed_total', 'Calls to AWS that failed.', (action, { failed }) =>
      samplesBy('code', failed, { action }),
    ),
    counter('call_seconds_total', 'Time that calls to AWS took, together.', (action, { tookMs }) => [
      { labels: { action }, value: tookMs / 1_000 },
    ]),
  ]
}

function labelsOf({ service: { cluster, service } }: Beating): Labels {
  return { cluster, service }
}

/** Values whose names are two: `queue:ACCESS_DENIED`. */
function samplesByTwo(
  [first, second]: readonly [string, string],
  values: Readonly<Record<string, number>>,
  labels: Labels,
): MetricValue[] {
  return Object.entries(values).map(([name, value]) => {
    const [what = '', why = ''] = name.split(':')
    return { labels: { ...labels, [first]: what, [second]: why }, value }
  })
}
