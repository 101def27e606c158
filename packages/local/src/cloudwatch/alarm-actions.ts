import type { AlarmState } from '@longshore/model'

import type { Alarm } from './alarm.js'

/** An action of an alarm: set off by a change of state, and for Auto Scaling once a minute while the state lasts. */
export interface AlarmNotice {
  readonly alarmName: string
  readonly alarmArn: string
  /** Whose ARN was given as action: a scaling policy's, a topic's. */
  readonly actionArn: string
  readonly state: AlarmState
}

/** Told of the actions that run at one instant, together. */
export type OnAlarmActions = (notices: readonly AlarmNotice[]) => void

/** The actions of the alarm's state; only those of Auto Scaling repeat. */
export function noticesOf(alarm: Alarm, { isRepeat }: { readonly isRepeat: boolean }): AlarmNotice[] {
  const { config, arn, state } = alarm
  return config.actions[state]
    .filter((actionArn) => !isRepeat || isScalingAction(actionArn))
    .map((actionArn) => ({ alarmName: config.alarmName, alarmArn: arn, actionArn, state }))
}

export function isScalingAction(actionArn: string): boolean {
  return actionArn.startsWith('arn:aws:autoscaling:')
}
