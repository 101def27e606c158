import { DEFAULTS, isQueueReporting, queueActivity, queueDatapoints } from '@longshore/model'
import type { ModelParameters, QueueActivity, QueueReading } from '@longshore/model'

import type { AccountContext } from '../server/service.js'
import type { MetricDatum } from './metric-store.js'

export interface SqsMetricsOptions {
  /** What SQS knows of each queue now; counters are since the reading before. */
  readonly takeReadings: () => readonly QueueReading[]
  /** Where datapoints appear. */
  readonly cloudWatch: { record(datum: MetricDatum): void }
  /** When queues report, and how late; default: the model's. */
  readonly parameters?: ModelParameters
}

const MINUTE_MS = 60_000

/** Reads the queues at the end of each minute of the control clock, and publishes AWS/SQS for that minute, late. */
export class SqsMetrics {
  readonly #account: AccountContext
  readonly #options: SqsMetricsOptions
  readonly #parameters: ModelParameters
  readonly #cancels = new Set<() => void>()
  #activities: ReadonlyMap<string, QueueActivity> = new Map()

  constructor(account: AccountContext, options: SqsMetricsOptions) {
    this.#account = account
    this.#options = options
    this.#parameters = options.parameters ?? DEFAULTS
    this.#scheduleReading(this.#minuteAfter(account.controlClock.now()))
  }

  close(): void {
    for (const cancel of this.#cancels) cancel()
    this.#cancels.clear()
  }

  #scheduleReading(endMs: number): void {
    this.#schedule(endMs, () => {
      // Minutes that a late timer slept through have no readings: a gap, as when nobody looks.
      this.#scheduleReading(Math.max(endMs + MINUTE_MS, this.#minuteAfter(this.#account.controlClock.now())))
      this.#read(endMs)
    })
  }

  #read(endMs: number): void {
    const readings = this.#options.takeReadings()
    const activities = readings.map((reading): [string, QueueActivity] => [
      reading.queueName,
      queueActivity(
        reading,
        { before: this.#activities.get(reading.queueName), nowMs: endMs },
        this.#parameters,
      ),
    ])
    this.#activities = new Map(activities)
    const reporting = readings.filter((reading) => {
      const activity = this.#activities.get(reading.queueName)
      return activity !== undefined && isQueueReporting(activity, endMs, this.#parameters)
    })
    const publish = (): void => {
      for (const reading of reporting) this.#publish(reading, endMs - MINUTE_MS)
    }
    const delayMs = this.#parameters.sqsMetricDelaySeconds * 1_000
    if (delayMs <= 0) publish()
    else if (reporting.length > 0) this.#schedule(endMs + delayMs, publish)
  }

  #publish(reading: QueueReading, minuteMs: number): void {
    for (const { metricName, unit, set } of queueDatapoints(reading)) {
      this.#options.cloudWatch.record({
        namespace: 'AWS/SQS',
        metricName,
        dimensions: [{ name: 'QueueName', value: reading.queueName }],
        timestampMs: minuteMs,
        set,
        unit,
        resolutionSeconds: 60,
      })
    }
  }

  #minuteAfter(nowMs: number): number {
    return (Math.floor(nowMs / MINUTE_MS) + 1) * MINUTE_MS
  }

  #schedule(atMs: number, run: () => void): void {
    const { controlClock } = this.#account
    const cancel = controlClock.schedule(atMs - controlClock.now(), () => {
      this.#cancels.delete(cancel)
      run()
    })
    this.#cancels.add(cancel)
  }
}
