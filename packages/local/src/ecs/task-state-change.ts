import type { AccountContext } from '../server/service.js'
import type { EventEnvelope } from './event-envelope.js'
import { envelopeOf } from './event-envelope.js'
import { describeTask } from './task-description.js'
import type { Task } from './task.js'

/** One container in a {@link TaskStateChangeEvent}. */
export interface ContainerState {
  readonly containerArn: string
  readonly name: string
  readonly lastStatus: string
  /** Once it has ended. */
  readonly exitCode?: number
  /** Why it could not start. */
  readonly reason?: string
  readonly [member: string]: unknown
}

/** The task, as DescribeTasks has it; instants are ISO strings in events. */
export interface TaskState {
  readonly taskArn: string
  readonly clusterArn: string
  readonly taskDefinitionArn: string
  /** `service:NAME` or `family:NAME`. */
  readonly group: string
  readonly lastStatus: string
  readonly desiredStatus: 'RUNNING' | 'STOPPED'
  /** Counts the changes of the task: an event that comes again has the same. */
  readonly version: number
  readonly launchType: string
  readonly containers: readonly ContainerState[]
  readonly createdAt: string
  readonly updatedAt: string
  readonly startedAt?: string
  readonly stoppedAt?: string
  readonly stopCode?: string
  readonly stoppedReason?: string
  readonly [member: string]: unknown
}

/** "ECS Task State Change", as EventBridge hands it on. */
export interface TaskStateChangeEvent extends EventEnvelope {
  readonly 'detail-type': 'ECS Task State Change'
  readonly detail: TaskState
}

/** The task as it is now. */
export function taskStateChange(task: Task, account: AccountContext): TaskStateChangeEvent {
  const { tags: _tags, ...state } = describeTask(task, {
    withTags: false,
    region: account.region,
    instant: (ms) => new Date(ms).toISOString(),
  })
  const updatedAt = new Date(account.controlClock.now()).toISOString()
  return {
    ...envelopeOf(account, task.arn),
    'detail-type': 'ECS Task State Change',
    detail: { ...state, updatedAt } as unknown as TaskState,
  }
}
