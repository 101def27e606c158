import type { AlarmState } from '@longshore/model'

import type { AlarmConfig } from './alarm-config.js'
import type { AlarmWatch } from './alarm-watch.js'
import type { MetricPoint } from './metric-points.js'

/** An alarm as it stands. Times are epoch milliseconds. */
export interface Alarm {
  config: AlarmConfig
  watch: AlarmWatch
  readonly arn: string
  configuredAtMs: number
  state: AlarmState
  stateReason: string
  stateReasonData: string | undefined
  stateUpdatedAtMs: number
  transitionedAtMs: number
  /** When its Auto Scaling actions last ran in this state. */
  actedAtMs: number
  /** When it is evaluated next. */
  dueMs: number
  readonly tags: Map<string, string>
  /** The points that its state was last decided by, newest first. */
  considered: readonly Pick<MetricPoint, 'timestampMs' | 'value'>[]
}

/** An alarm that has not been evaluated. */
export function newAlarm(
  config: AlarmConfig,
  { watch, arn, nowMs }: { readonly watch: AlarmWatch; readonly arn: string; readonly nowMs: number },
): Alarm {
  return {
    config,
    watch,
    arn,
    configuredAtMs: nowMs,
    state: 'INSUFFICIENT_DATA',
    stateReason: 'Unchecked: Initial alarm creation',
    stateReasonData: undefined,
    stateUpdatedAtMs: nowMs,
    transitionedAtMs: nowMs,
    actedAtMs: -Infinity,
    dueMs: nowMs,
    tags: new Map(),
    considered: [],
  }
}
