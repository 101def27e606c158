/** The metrics that AWS emits by itself, minute by minute, each as late as it is there. */
import { isQueueReporting, queueActivity, queueDatapoints, samples, utilization } from '@longshore/model'
import type { ModelParameters, QueueActivity } from '@longshore/model'
import type { Service } from '../../config/service.js'
import { queueMetric, queueNameOf } from '../../plan/metrics.js'
import type { MetricIdentity } from '../../plan/resources.js'
import type { Assumptions } from '../assumptions.js'
import type { Fleet } from '../work/fleet.js'
import type { EcsService } from './ecs-service.js'
import type { Metrics } from './metrics.js'

export interface EmittedOptions {
  readonly service: Service
  readonly fleet: Fleet
  readonly ecs: EcsService
  readonly metrics: Metrics
  readonly parameters: ModelParameters
  readonly assumptions: Assumptions
  readonly startMs: number
}

const MINUTE_MS = 60_000
const SHORT_MS = 20_000
/** AWS/ECS names, and what a policy on the predefined metric of the same meaning follows. */
const CPU = 'CPUUtilization'
const MEMORY = 'MemoryUtilization'
/** Ours: CloudWatch tells the two resolutions apart by the policy that reads them. */
const HIGH_RESOLUTION = 'HighResolution'

/** The metric behind a predefined one of target tracking; undefined for one that is not simulated. */
export function predefinedMetric(
  type: string,
  { cluster, service }: Pick<Service, 'cluster' | 'service'>,
): MetricIdentity | undefined {
  const [, what, resolution = ''] =
    /^ECSServiceAverage(CPU|Memory)Utilization(HighResolution)?$/.exec(type) ?? []
  if (what === undefined) return undefined
  const name = `${what === 'CPU' ? CPU : MEMORY}${resolution}`
  return { namespace: 'AWS/ECS', name, dimensions: { ClusterName: cluster, ServiceName: service } }
}

export class Emitted {
  readonly #options: EmittedOptions
  readonly #activities: (QueueActivity | undefined)[]
  #busyMs: { long: number; short: number } = { long: 0, short: 0 }
  #counted = { arrived: 0, handled: 0 }
  #taskMs: { long: number; short: number } = { long: 0, short: 0 }

  constructor(options: EmittedOptions) {
    this.#options = options
    this.#activities = options.service.queues.map(() => undefined)
  }

  tick(nowMs: number): void {
    if (nowMs % SHORT_MS !== 0 || nowMs === this.#options.startMs) return
    this.#usage(nowMs, 'short')
    if (nowMs % MINUTE_MS !== 0) return
    this.#usage(nowMs, 'long')
    this.#queues(nowMs)
    this.#running(nowMs)
  }

  #queues(nowMs: number): void {
    const { service, fleet, ecs, metrics, parameters } = this.#options
    const { arrived, handled } = fleet.totals
    const counted = {
      sent: Math.round((arrived - this.#counted.arrived) / fleet.depths.length),
      deleted: Math.round((handled - this.#counted.handled) / fleet.depths.length),
      // Workers poll while there are any.
      emptyReceives: ecs.running > 0 ? 1 : 0,
    }
    this.#counted = { arrived, handled }
    for (const [index, { name }] of service.queues.entries()) {
      const { visible, inFlight } = fleet.depths[index] ?? { visible: 0, inFlight: 0 }
      const reading = {
        queueName: queueNameOf(name),
        visible,
        inFlight,
        delayed: 0,
        oldestAgeSeconds: visible === 0 ? undefined : this.#ageSeconds(nowMs),
        ...counted,
        received: counted.deleted,
        sentBytes: undefined,
      }
      const activity = queueActivity(reading, { before: this.#activities[index], nowMs }, parameters)
      this.#activities[index] = activity
      if (!isQueueReporting(activity, nowMs, parameters)) continue
      for (const { metricName, set } of queueDatapoints(reading)) {
        metrics.put(queueMetric(name, metricName), {
          timestampMs: nowMs - MINUTE_MS,
          set,
          showsAtMs: nowMs + parameters.sqsMetricDelaySeconds * 1_000,
        })
      }
    }
  }

  #ageSeconds(nowMs: number): number | undefined {
    const { fleet, startMs } = this.#options
    const arrivedMs = fleet.oldestArrivedMs
    return arrivedMs === Infinity ? undefined : (nowMs - startMs - arrivedMs) / 1_000
  }

  #running(nowMs: number): void {
    const { service, ecs, metrics, assumptions } = this.#options
    const dimensions = { ClusterName: service.cluster, ServiceName: service.service }
    metrics.put(
      { namespace: 'ECS/ContainerInsights', name: 'RunningTaskCount', dimensions },
      {
        timestampMs: nowMs - MINUTE_MS,
        set: samples(ecs.running),
        showsAtMs: nowMs + assumptions.insightsDelaySeconds * 1_000,
      },
    )
  }

  #usage(nowMs: number, length: 'long' | 'short'): void {
    const { fleet, ecs, service, metrics, parameters, assumptions } = this.#options
    const { busyMs, taskMs } = fleet.totals
    const busy =
      (busyMs - this.#busyMs[length]) /
      Math.max(1, (taskMs - this.#taskMs[length]) * service.tasks.concurrency)
    this.#busyMs[length] = busyMs
    this.#taskMs[length] = taskMs
    if (ecs.running === 0) return
    const isLong = length === 'long'
    const lateSeconds = isLong
      ? parameters.ecsMetricDelaySeconds
      : parameters.ecsHighResolutionMetricDelaySeconds
    const used = {
      [CPU]: Math.min(1, busy) * assumptions.cpuPercentWhenBusy,
      [MEMORY]: assumptions.memoryPercent,
    }
    for (const [name, percent] of Object.entries(used)) {
      // All tasks in one: only their average is watched.
      const set = utilization([{ used: percent, reserved: 100 }])
      if (set === undefined) continue
      const dimensions = { ClusterName: service.cluster, ServiceName: service.service }
      metrics.put(
        { namespace: 'AWS/ECS', name: `${name}${isLong ? '' : HIGH_RESOLUTION}`, dimensions },
        { timestampMs: nowMs - (isLong ? MINUTE_MS : SHORT_MS), set, showsAtMs: nowMs + lateSeconds * 1_000 },
      )
    }
  }
}
