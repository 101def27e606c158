import { DEFAULTS, launchLimits } from '@longshore/model'
import type { ModelParameters } from '@longshore/model'
import type { TaskOutput } from '../options.js'
import type { AccountContext, Command, Operation, Service as AwsService } from '../server/service.js'
import type { TaskAgent } from './agent/task-agent.js'
import { capacityProviderOperations } from './capacity/capacity-provider-operations.js'
import { CapacityProviders } from './capacity/capacity-providers.js'
import {
  containerInstanceOperations,
  registerContainerInstance,
} from './capacity/container-instance-operations.js'
import { ContainerInstances } from './capacity/container-instances.js'
import { Launcher } from './capacity/launcher.js'
import { ReservationMetrics } from './capacity/reservation-metrics.js'
import { clusterOperations } from './cluster-operations.js'
import { Clusters } from './clusters.js'
import { invalidParameter } from './errors.js'
import { inputOf } from './input.js'
import type { EcsDatum } from './ecs-datum.js'
import type { Deliver } from './event-delivery.js'
import { EventDelivery } from './event-delivery.js'
import { OrphanGuard } from './orphan-guard.js'
import type { OutputLine } from './output.js'
import { RunTask } from './run-task.js'
import { ServiceMetrics } from './service-metrics.js'
import { serviceOperations } from './service-operations.js'
import type { ServiceEvent } from './service-state-change.js'
import { serviceEvent } from './service-state-change.js'
import type { Service } from './service.js'
import { Services } from './services.js'
import type { EcsState } from './state.js'
import { tagOperations } from './tag-operations.js'
import { taskDefinitionOperations } from './task-definition-operations.js'
import { TaskDefinitions } from './task-definitions.js'
import { taskStateChange } from './task-state-change.js'
import type { TaskStateChangeEvent } from './task-state-change.js'
import { taskOperations } from './task-operations.js'
import { taskProtectionOperations } from './task-protection-operations.js'
import { Tasks } from './tasks.js'

export interface EcsOptions {
  /** From a task's launch to RUNNING, in milliseconds of control time. On AWS 23 s for a small image on Fargate. */
  readonly launchDelayMs: number
  /** Where tasks run; a container's `workingDirectory` is resolved against it. */
  readonly workingDirectory: string
  /** Asked at each launch: variables for every container, which the container's own definition overrides. */
  readonly taskEnvironment: () => Record<string, string>
  /** Serves containers their metadata and protection. */
  readonly agent: TaskAgent
  /** Told each line that a container writes. */
  readonly onTaskOutput?: (output: TaskOutput) => void
  /** Takes the tasks' state changes, as EventBridge hands them on. */
  readonly onTaskStateChange?: Deliver<TaskStateChangeEvent> | undefined
  /** The same for services and their deployments. */
  readonly onServiceEvent?: Deliver<ServiceEvent> | undefined
  /** Takes the metrics of services and capacity providers, when they can be read. Default: nothing is measured. */
  readonly onDatum?: (datum: EcsDatum) => void
  /** The rules that AWS does not publish; default: the model's. */
  readonly parameters?: ModelParameters
}

/** What auto scaling asks of a service. */
export interface ServiceCounts {
  readonly desired: number
  readonly running: number
  readonly pending: number
  /** A deployment is in progress: auto scaling must not scale in. */
  readonly isDeploying: boolean
}

// At close nobody waits for a drain: what a worker can hand back in two seconds of real time, it hands back.
const CLOSE_GRACE_MS = 2_000

/**
 * Amazon ECS in one account and region, where a container is a process of this machine, run from its definition's
 * entry point and command; images are named and never pulled. Needs a POSIX system.
 */
export class Ecs implements AwsService {
  readonly operations: Readonly<Record<string, Operation>>
  readonly commands: Readonly<Record<string, Command>>
  readonly #state: EcsState
  readonly #orphanGuard = new OrphanGuard()
  readonly #metrics: ServiceMetrics | undefined
  readonly #reservations: ReservationMetrics | undefined
  readonly #taskEvents: EventDelivery<TaskStateChangeEvent> | undefined
  readonly #serviceEvents: EventDelivery<ServiceEvent> | undefined

  constructor(account: AccountContext, options: EcsOptions) {
    const { onTaskStateChange, onServiceEvent } = options
    this.#taskEvents = onTaskStateChange && new EventDelivery(account.controlClock, onTaskStateChange)
    this.#serviceEvents = onServiceEvent && new EventDelivery(account.controlClock, onServiceEvent)
    const tasks = new Tasks({
      account,
      orphanGuard: this.#orphanGuard,
      launchDelayMs: options.launchDelayMs,
      workingDirectory: options.workingDirectory,
      taskEnvironment: options.taskEnvironment,
      onOutput: (task, { container, stream, line }) =>
        options.onTaskOutput?.({ taskArn: task.arn, container, stream, line }),
      onContainerStart: (task, container) =>
        options.agent.admit({
          task,
          container,
          accountId: account.accountId,
          region: account.region,
          callEcs: (operation, input) => protection[operation]({ ...input }),
        }),
      onTaskChange: (task) => {
        if (task.status === 'STOPPED') {
          options.agent.dismiss(task)
          instances.release(task)
        }
        this.#taskEvents?.send(taskStateChange(task, account))
      },
    })
    const { onDatum, parameters = DEFAULTS } = options
    const limits = launchLimits(parameters)
    const instances = new ContainerInstances(account, (cluster) => services.reconsider(cluster))
    const launcher = new Launcher({ clock: account.controlClock, tasks, instances, limits })
    const services = new Services({
      account,
      launch: (request) => launcher.launch(request),
      limits,
      parameters,
      onServiceEvent: (service, what) => this.#serviceEvents?.send(serviceEvent(service, what, account)),
    })
    const state: EcsState = {
      account,
      clusters: new Clusters(account),
      definitions: new TaskDefinitions(account),
      services,
      tasks,
      providers: new CapacityProviders(account),
      instances,
      launcher,
    }
    this.#state = state
    this.#metrics =
      onDatum && new ServiceMetrics(account, { services: () => state.services.all(), onDatum, parameters })
    this.#reservations = onDatum && new ReservationMetrics(account, { ...state, onDatum })
    const protection = taskProtectionOperations(state)
    this.operations = {
      ...clusterOperations(state),
      ...taskDefinitionOperations(state),
      ...serviceOperations(state),
      ...taskOperations(state, new RunTask(state)),
      ...protection,
      ...capacityProviderOperations(state),
      ...containerInstanceOperations(state),
      ...tagOperations(state),
    }
    this.commands = {
      'interrupt-spot': (members) => {
        const input = inputOf(members)
        this.interruptSpot(input.string('cluster'), input.string('task') ?? '')
        return {}
      },
      'register-container-instance': (members) => registerContainerInstance(state, inputOf(members)),
    }
  }

  /** Counts of an active service; undefined when there is none of that name (or ARN) in the cluster (name or ARN). */
  serviceCounts(cluster: string, service: string): ServiceCounts | undefined {
    const found = this.#find(cluster, service)
    return found === undefined
      ? undefined
      : { desired: found.desired, ...found.counts(), isDeploying: found.isDeploying }
  }

  /**
   * Sets the desired count, as UpdateService does.
   *
   * @throws AwsError ClusterNotFoundException, ServiceNotFoundException or ServiceNotActiveException.
   */
  setDesiredCount(cluster: string, service: string, desired: number): void {
    const { clusters, services } = this.#state
    services.active(clusters.active(cluster), service).scale(desired)
  }

  /**
   * Takes the capacity of a task away, as Fargate Spot does: SIGTERM at once, SIGKILL after the container's stopTimeout.
   * Any task can be interrupted here, whatever its capacity provider.
   *
   * @throws AwsError ClusterNotFoundException, or InvalidParameterException for an unknown task.
   */
  interruptSpot(cluster: string | undefined, reference: string): void {
    const { clusters, tasks } = this.#state
    const task = tasks.find(clusters.active(cluster), reference)
    if (task === undefined) throw invalidParameter('The referenced task was not found.')
    task.stop({ code: 'SpotInterruption', reason: 'Your Spot Task was interrupted.' })
  }

  /** The last thousand lines of each container of a task, oldest first; none for an unknown task. */
  taskLog(taskArn: string): readonly OutputLine[] {
    return this.#state.tasks.output(taskArn)
  }

  /** Ends every task, SIGTERM first, and resolves when no process is left. */
  async close(): Promise<void> {
    this.#metrics?.close()
    this.#reservations?.close()
    this.#state.services.close()
    await this.#state.tasks.close(CLOSE_GRACE_MS)
    this.#taskEvents?.close()
    this.#serviceEvents?.close()
    await this.#orphanGuard.close()
  }

  #find(cluster: string, service: string): Service | undefined {
    const { clusters, services } = this.#state
    const home = clusters.find(cluster)
    const found = home === undefined ? undefined : services.find(home, service)
    return found?.status === 'ACTIVE' ? found : undefined
  }
}
