import type { AccountContext, Operation } from '../server/service.js'
import type { CapacityProviders } from './capacity/capacity-providers.js'
import type { ContainerInstances } from './capacity/container-instances.js'
import type { Launcher } from './capacity/launcher.js'
import type { Clusters } from './clusters.js'
import type { Services } from './services.js'
import type { TaskDefinitions } from './task-definitions.js'
import type { Tasks } from './tasks.js'

/** What the operations of ECS work on. */
export interface EcsState {
  readonly account: AccountContext
  readonly clusters: Clusters
  readonly definitions: TaskDefinitions
  readonly services: Services
  readonly tasks: Tasks
  readonly providers: CapacityProviders
  readonly instances: ContainerInstances
  readonly launcher: Launcher
}

export type Operations = Readonly<Record<string, Operation>>

/** One thing that a Describe call asked for and that isn't there. */
export interface Failure {
  readonly arn: string
  readonly reason: 'MISSING'
}
