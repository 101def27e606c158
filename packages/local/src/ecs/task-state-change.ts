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
export interface TaskStateChangeEvent {
  /** Of the envelope; the task's own is in `detail`. */
  readonly version: '0'
  readonly id: string
  readonly 'detail-type': 'ECS Task State Change'
  readonly source: 'aws.ecs'
  readonly account: string
  /** To the second. */
  readonly time: string
  readonly region: string
  readonly resources: readonly string[]
  readonly detail: TaskState
}
