/** What the account says of a service's queues and tasks. What could not be read is undefined. */
export interface Facts {
  readonly queues: readonly { readonly name: string; readonly visibilityTimeoutSeconds: number }[]
  readonly task: TaskFacts | undefined
  /** Whether the cluster has Container Insights, which metric math divides by. */
  readonly containerInsights?: boolean | undefined
  /** How many vCPUs the account may run at a time (Service Quotas), if somebody said. */
  readonly vcpuQuota: number | undefined
}

/** A service's task definition, as far as it bears on scaling. */
export interface TaskFacts {
  /** 1,024 are one vCPU; undefined where the task definition has none. */
  readonly cpuUnits: number | undefined
  /** The shortest of its essential containers: what ECS leaves between SIGTERM and SIGKILL. */
  readonly stopTimeoutSeconds: number
}

export const NO_FACTS: Facts = { queues: [], task: undefined, vcpuQuota: undefined }
