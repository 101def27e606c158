/** What Application Auto Scaling needs of the other services of its account. */
import type { AlarmConfig } from '../cloudwatch/alarm-config.js'
import type { AlarmReading } from '../cloudwatch/cloudwatch.js'

export interface ServiceCounts {
  readonly desired: number
  readonly running: number
  readonly pending: number
  readonly isDeploying: boolean
}

export interface EcsPort {
  /** Undefined when there is no such service. */
  serviceCounts(cluster: string, service: string): ServiceCounts | undefined
  /** Throws when the service cannot be scaled. */
  setDesiredCount(cluster: string, service: string, desired: number): void
}

export interface CloudWatchPort {
  /** Creates or replaces an alarm; answers its ARN. */
  putAlarm(alarm: AlarmConfig): string
  deleteAlarms(alarmNames: readonly string[]): void
  /** Undefined when there is no such alarm. */
  alarmReading(alarmName: string): AlarmReading | undefined
  /** The alarms that have an ARN among their actions, in whichever state, by name. */
  alarmsActingOn(actionArn: string): readonly AlarmReading[]
}
