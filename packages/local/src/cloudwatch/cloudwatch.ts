import { DEFAULTS } from '@longshore/model'
import type { AlarmState, ComparisonOperator, ModelParameters } from '@longshore/model'

import type { AccountContext, Command, Operation, Service } from '../server/service.js'
import type { OnAlarmActions } from './alarm-actions.js'
import type { Alarm } from './alarm.js'
import type { AlarmConfig } from './alarm-config.js'
import { alarmOperations } from './alarm-operations.js'
import { tagOperations } from './alarm-tags.js'
import { Alarms } from './alarms.js'
import { inputOf } from './input.js'
import { metricOperations } from './metric-operations.js'
import { MetricStore } from './metric-store.js'
import type { MetricDatum } from './metric-store.js'
import { readAnyMetricData } from './put-metric-data.js'

export interface CloudWatchOptions {
  /** Called with the actions of alarms, those of one instant together. */
  readonly onAlarmActions: OnAlarmActions
  /** When alarms are evaluated, and how far they look back; default: the model's. */
  readonly parameters?: ModelParameters
}

/** What an alarm says at this moment. */
export interface AlarmReading {
  readonly alarmName: string
  readonly arn: string
  readonly state: AlarmState
  /** The ARNs that its present state sets off; none while its actions are disabled. */
  readonly actions: readonly string[]
  readonly threshold: number
  readonly comparisonOperator: ComparisonOperator
  /** The points of its metric that decided its state, newest first; none when there are none in its range. */
  readonly points: readonly { readonly value: number; readonly timestampMs: number }[]
}

/** Metrics and alarms of one account and region, on its control clock. State is in memory. */
export class CloudWatch implements Service {
  readonly operations: Readonly<Record<string, Operation>>
  readonly commands: Readonly<Record<string, Command>>
  readonly #store: MetricStore
  readonly #alarms: Alarms

  constructor(account: AccountContext, options: CloudWatchOptions) {
    const { onAlarmActions, parameters = DEFAULTS } = options
    const store = new MetricStore(account.controlClock)
    this.#store = store
    this.#alarms = new Alarms({ account, store, parameters, onAlarmActions })
    this.operations = {
      ...metricOperations({ store, clock: account.controlClock, parameters }),
      ...alarmOperations(this.#alarms),
      ...tagOperations(this.#alarms),
    }
    this.commands = {
      // PutMetricData in AWS's own namespaces: what the services report that are not here.
      'inject-metrics': (members) => {
        const datums = readAnyMetricData(inputOf(members), account.controlClock.now())
        for (const datum of datums) store.record(datum)
        return {}
      },
    }
  }

  /** Stores what a service of this account reports of itself, under `AWS/…`. */
  record(datum: MetricDatum): void {
    this.#store.record(datum)
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
    return alarm && readingOf(alarm)
  }

  /** The alarms that have an ARN among their actions, in whichever state, by name. */
  alarmsActingOn(actionArn: string): readonly AlarmReading[] {
    return this.#alarms
      .list()
      .filter(({ config }) => Object.values(config.actions).some((arns) => arns.includes(actionArn)))
      .map(readingOf)
  }

  close(): void {
    this.#alarms.close()
  }
}

function readingOf({ config, arn, state, considered }: Alarm): AlarmReading {
  const { alarmName, threshold, comparisonOperator } = config
  const actions = config.isActionsEnabled ? config.actions[state] : []
  return { alarmName, arn, state, actions, threshold, comparisonOperator, points: considered }
}
