import type { MetricResolution, ModelParameters, ServiceMetric } from '@longshore/model'
import { DEFAULTS, LEAST_CPU_UNITS, SERVICE_METRICS, utilization } from '@longshore/model'
import type { AccountContext } from '../server/service.js'
import type { EcsDatum } from './ecs-datum.js'
import { readGroupUsage } from './process-usage.js'
import type { Service } from './service.js'
import { reservedTaskSize } from './task-size.js'
import type { MeasuredUse, ReadUsage, RunningTask } from './task-usage.js'
import { TaskUsage } from './task-usage.js'
import type { Task } from './task.js'

export interface ServiceMetricsOptions {
  /** Every service that may have tasks. */
  readonly services: () => readonly Service[]
  readonly onDatum: (datum: EcsDatum) => void
  /** Default: from /proc. */
  readonly readUsage?: ReadUsage
  readonly parameters?: ModelParameters
}

const BEAT_MS = 20_000

interface Reading {
  readonly running: RunningTask<Task>
  readonly use: MeasuredUse
}

/**
 * Measures the tasks of services at the end of each minute of the control clock, or every twenty seconds where the
 * service asks for it, and publishes CPUUtilization and MemoryUtilization, late as ECS does.
 */
export class ServiceMetrics {
  readonly #account: AccountContext
  readonly #options: ServiceMetricsOptions
  readonly #parameters: ModelParameters
  readonly #usage: TaskUsage
  readonly #cancels = new Set<() => void>()
  #isClosed = false

  constructor(account: AccountContext, options: ServiceMetricsOptions) {
    this.#account = account
    this.#options = options
    this.#parameters = options.parameters ?? DEFAULTS
    this.#usage = new TaskUsage(account.clock, options.readUsage ?? readGroupUsage)
    this.#scheduleBeat(nextBeatMs(account.controlClock.now()))
  }

  close(): void {
    this.#isClosed = true
    for (const cancel of this.#cancels) cancel()
    this.#cancels.clear()
  }

  #scheduleBeat(endMs: number): void {
    this.#schedule(endMs, () => {
      // Periods that a late timer slept through are gaps, as when nobody looks.
      this.#scheduleBeat(Math.max(endMs + BEAT_MS, nextBeatMs(this.#account.controlClock.now())))
      void this.#collect(endMs)
    })
  }

  /** Collects every metric whose period ends now. Never rejects. */
  async #collect(endMs: number): Promise<void> {
    const due = this.#options
      .services()
      .map((service) => ({ service, metrics: dueMetrics(service, endMs), tasks: service.runningTasks() }))
      .filter(({ metrics, tasks }) => metrics.length > 0 && tasks.length > 0)
    if (due.length === 0) return
    const tasks = due.flatMap((one) => one.tasks)
    const uses = await this.#usage.measure(tasks)
    if (this.#isClosed) return
    const useOf = new Map(tasks.map(({ task }, at) => [task, uses[at]]))
    for (const { service, metrics, tasks: running } of due) {
      const readings = running.flatMap((one): Reading[] => {
        const use = useOf.get(one.task)
        return use === undefined ? [] : [{ running: one, use }]
      })
      for (const metric of metrics) this.#publish(service, metric, { readings, endMs })
    }
  }

  #publish(
    service: Service,
    metric: ServiceMetric,
    period: { readonly readings: readonly Reading[]; readonly endMs: number },
  ): void {
    const resolution = service.settings.metricResolutions[metric]
    const set = utilization(period.readings.map((reading) => taskUse(reading, metric)))
    if (set === undefined) return
    const datum: EcsDatum = {
      namespace: 'AWS/ECS',
      metricName: metric,
      dimensions: [
        { name: 'ClusterName', value: service.cluster.name },
        { name: 'ServiceName', value: service.name },
      ],
      timestampMs: period.endMs - resolution * 1_000,
      set,
      unit: 'Percent',
      resolutionSeconds: resolution === 60 ? 60 : 1,
    }
    this.#schedule(period.endMs + this.#delayMs(resolution), () => this.#options.onDatum(datum))
  }

  #delayMs(resolution: MetricResolution): number {
    const { ecsMetricDelaySeconds, ecsHighResolutionMetricDelaySeconds } = this.#parameters
    return 1_000 * (resolution === 60 ? ecsMetricDelaySeconds : ecsHighResolutionMetricDelaySeconds)
  }

  #schedule(atMs: number, run: () => void): void {
    const { controlClock } = this.#account
    const cancel = controlClock.schedule(Math.max(0, atMs - controlClock.now()), () => {
      this.#cancels.delete(cancel)
      run()
    })
    this.#cancels.add(cancel)
  }
}

function dueMetrics(service: Service, endMs: number): readonly ServiceMetric[] {
  const { metricResolutions } = service.settings
  return SERVICE_METRICS.filter((metric) => endMs % (metricResolutions[metric] * 1_000) === 0)
}

function taskUse({ running, use }: Reading, metric: ServiceMetric): { used: number; reserved: number } {
  const { cpuUnits, memoryMib } = reservedTaskSize(running.task.request.definition)
  return metric === 'CPUUtilization'
    ? { used: use.cpuUnits, reserved: cpuUnits ?? LEAST_CPU_UNITS }
    : { used: use.memoryMib, reserved: memoryMib ?? 0 }
}

function nextBeatMs(nowMs: number): number {
  return (Math.floor(nowMs / BEAT_MS) + 1) * BEAT_MS
}
