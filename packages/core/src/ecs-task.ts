/** Which task this process is in, from the task metadata endpoint, version 4. */
export interface TaskIdentity {
  readonly cluster: string
  readonly taskArn: string
  readonly family: string
  readonly revision: string
  /** Absent for a task that no service runs. */
  readonly service?: string | undefined
  readonly availabilityZone?: string | undefined
  /** What the task's containers may use together, where the task definition says it; on Fargate always. */
  readonly limits?:
    { readonly cpus?: number | undefined; readonly memoryBytes?: number | undefined } | undefined
}

/**
 * Whether ECS may stop this task to scale in or to deploy. `off`: not asked for, or this task cannot be protected.
 * `blocked`: more tasks would be protected than are desired, so that nothing more is taken.
 */
export type ProtectionState = 'off' | 'unprotected' | 'protected' | 'blocked'
