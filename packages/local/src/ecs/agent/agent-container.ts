import type { Container } from '../container.js'
import type { Task } from '../task.js'

export type ProtectionOperation = 'GetTaskProtection' | 'UpdateTaskProtection'

/** One container as the agent knows it. */
export interface AgentContainer {
  readonly task: Task
  readonly container: Container
  readonly accountId: string
  readonly region: string
  /** Calls an operation of ECS for the task, as the agent does with the task's role. Throws {@link AwsError}. */
  readonly callEcs: (operation: ProtectionOperation, input: object) => unknown
}
