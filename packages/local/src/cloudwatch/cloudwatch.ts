import { DEFAULTS } from '@longshore/model'
import type { AlarmState, ModelParameters } from '@longshore/model'

import type { AccountContext, Operation, Service } from '../server/service.js'
import type { AlarmConfig } from './alarm-config.js'
import { alarmOperations } from './alarm-operations.js'
import { tagOperations } from './alarm-tags.js'
import { Alarms } from './alarms.js'
import type { AlarmNotice } from './alarms.js'
import { metricOperations } from './metric-operations.js'
import { MetricStore } from './metric-store.js'
import type { MetricDatum } from './metric-store.js'

export interface CloudWatchOptions {
  /** Called for each action of each alarm. */
  readonly onAlarmAction: (notice: AlarmNotice) => void
  /** When alarms are evaluated, and how far they look back; default: the model's. */
  readonly parameters?: ModelParameters
}

/** What an alarm says at this moment. */
export interface AlarmReading {
  readonly state: AlarmState
  /** The newest point of its metric that it has seen; undefined when there is none in its range. */
  readonly metric: { readonly value: number; readonly timestampMs: number } | undefined
}

/** Metrics and alarms of one account and region, on its control clock. State is in memory. */
export class CloudWatch implements Service {
  readonly operations: Readonly<Record<string, Operation>>
  readonly #account: AccountContext
  readonly #store = new MetricStore()
  readonly #alarms: Alarms

  constructor(account: AccountContext, options: CloudWatchOptions) {
    const { onAlarmAction, parameters = DEFAULTS } = options
    this.#account = account
    this.#alarms = new Alarms({ account, store: this.#store, parameters, onAlarmAction })
    this.operations = {
      ...metricOperations(this.#store, account.controlClock),
      ...alarmOperations(this.#alarms),
      ...tagOperations(this.#alarms),
    }
  }

  /** Stores what a service of this account reports of itself, under `AWS/…`. */
  record(datum: MetricDatum): void {
    this.#store.record(datum, this.#account.controlClock.now())
  }

  /** Creates or replaces an alarm for a service of this account; answers its ARN. */
  putAlarm(config: AlarmConfig): string {
    return this.#alarms.put(config).arn
  }

  deleteAlarms(alarmNames: readonly string[]): void {
    this.#alarms.delete(alarmNames)
  }

  /** Undefined when there is no such alarm. */
  alarmReading(alarmName: string): AlarmReading | undefined {
    const alarm = this.#alarms.get(alarmName)
    return alarm && { state: alarm.state, metric: alarm.newest }
  }

  close(): void {
    this.#alarms.close()
  }
}
