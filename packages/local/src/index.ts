import { scaledClock } from '@longshore/core/time'

import { Accounts } from './accounts.js'
import { TaskAgent } from './ecs/agent/task-agent.js'
import { serveFaults } from './faults/fault-commands.js'
import { FaultBook } from './faults/faults.js'
import type { Faults } from './faults/faults.js'
import { readOptions } from './options.js'
import type { LocalAwsConfig, LocalAwsOptions } from './options.js'
import { servePage } from './page/page.js'
import type { PageHost } from './page/watched.js'
import { plainAnswer } from './server/answer.js'
import type { Answer } from './server/answer.js'
import type { Caller } from './server/caller.js'
import { serveCommand } from './server/commands.js'
import { portError } from './server/local-aws-error.js'
import { HOST, LocalServer } from './server/local-server.js'
import type { PathRequest } from './server/path-request.js'
import type { ServiceName } from './server/protocols/aws-services.js'

export type { OptionProblem } from '@longshore/core/option-problems'
export type {
  DeploymentStateChangeEvent,
  ServiceActionEvent,
  ServiceEvent,
} from './ecs/service-state-change.js'
export type { ContainerState, TaskState, TaskStateChangeEvent } from './ecs/task-state-change.js'
export type { Fault } from './faults/active-fault.js'
export type { FaultEffect, FaultOptions, FaultScope } from './faults/fault-options.js'
export type { Faults } from './faults/faults.js'
export type { LocalAwsOptions, LocalCall, TaskOutput } from './options.js'
export { LocalAwsError } from './server/local-aws-error.js'
export type { ServiceName } from './server/protocols/aws-services.js'

/** A running local AWS. */
export interface LocalAws extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`: the endpoint of every service. */
  readonly endpoint: string
  readonly port: number
  /**
   * What a process needs in its environment to reach this AWS instead of the real one, and to run its own beat on the
   * control plane's time. A copy.
   */
  readonly environment: Record<string, string>
  /**
   * Takes a task's capacity away as Fargate Spot does: SIGTERM at once, SIGKILL after its `stopTimeout`, and the stop
   * code `SpotInterruption`. Any task can be interrupted. Also `POST /_longshore/ecs/interrupt-spot`.
   *
   * @throws Error in ECS's words for a cluster or a task that is not there.
   */
  interruptSpot(target: SpotTarget): void
  /** What goes wrong with calls, for tests of what users do about it. Also `POST /_longshore/faults`. */
  readonly faults: Faults
  /**
   * Begins anew in every account: tasks are stopped, queues, metrics, alarms and faults are gone, receives that wait are
   * answered. The endpoint stays, and connections with it. Also `POST /_longshore/reset`.
   */
  reset(): Promise<void>
  /** Stops every task, answers waiting receives, closes every connection. Later calls wait for the first. */
  close(): Promise<void>
}

/** A task to interrupt. */
export interface SpotTarget {
  /** Name or ARN. Default: the cluster `default`. */
  readonly cluster?: string
  /** Id or ARN. */
  readonly task: string
  /** Default: the option `accountId`. */
  readonly accountId?: string
  /** Default: the option `region`. */
  readonly region?: string
}

/**
 * Starts SQS, CloudWatch, Application Auto Scaling and ECS on 127.0.0.1. State is in memory, and apart for each
 * account and region.
 *
 * @throws LocalAwsError for options that cannot work and for a port that is in use.
 */
export async function startLocalAws(options: LocalAwsOptions = {}): Promise<LocalAws> {
  const running = new RunningAws(readOptions(options))
  await running.listen()
  return running
}

class RunningAws implements LocalAws {
  readonly #config: LocalAwsConfig
  readonly #originMs: number
  readonly #accounts: Accounts
  readonly #server: LocalServer
  readonly #agent: TaskAgent
  readonly #faults: FaultBook
  readonly #page: PageHost
  #port = 0
  #closed: Promise<void> | undefined

  constructor(config: LocalAwsConfig) {
    this.#config = config
    this.#originMs = config.clock.now()
    this.#agent = new TaskAgent({
      clock: config.clock,
      endpoint: () => this.endpoint,
      strike: (call) => this.#faults.strike(call),
    })
    this.#accounts = new Accounts({
      config,
      originMs: this.#originMs,
      settings: { agent: this.#agent },
      environmentOf: (caller) => this.#environmentOf(caller),
    })
    this.#faults = new FaultBook({
      clock: config.clock,
      seed: config.seed,
      knownOperations: (service) => this.#operationNames(service),
      queueCounts: () => this.#accounts.queueCounts(),
    })
    this.#page = this.#pageHost()
    this.#server = new LocalServer({
      fallback: { accountId: config.accountId, region: config.region },
      service: (caller, name) => this.#accounts.of(caller).services[name],
      faults: this.#faults,
      onCall: config.onCall,
      health: () => ({ name: '@longshore/local', status: 'running', timeScale: config.timeScale }),
      servePath: (request) => this.#servePath(request),
    })
  }

  get port(): number {
    return this.#port
  }

  get endpoint(): string {
    return `http://${HOST}:${this.#port}`
  }

  get environment(): Record<string, string> {
    return this.#environmentOf(this.#config)
  }

  async listen(): Promise<void> {
    try {
      this.#port = await this.#server.listen(this.#config.port)
    } catch (error) {
      throw portError(this.#config.port, error as NodeJS.ErrnoException)
    }
  }

  interruptSpot({ cluster, task, accountId, region }: SpotTarget): void {
    const caller = {
      accountId: accountId ?? this.#config.accountId,
      region: region ?? this.#config.region,
    }
    this.#accounts.of(caller).services.ecs.interruptSpot(cluster, task)
  }

  get faults(): Faults {
    return this.#faults
  }

  reset(): Promise<void> {
    // Tasks that stop still settle their messages, and nothing strikes them at it.
    this.#faults.clear()
    return this.#accounts.closeAll()
  }

  close(): Promise<void> {
    this.#closed ??= this.#stop()
    return this.#closed
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** Services first: tasks that stop still settle their messages, so the server serves until the last has ended. */
  async #stop(): Promise<void> {
    this.#faults.clear()
    this.#accounts.seal()
    try {
      await this.#accounts.closeAll()
    } finally {
      await this.#server.close()
    }
  }

  #servePath(request: PathRequest): Promise<Answer | undefined> | Answer | undefined {
    return (
      this.#agent.serve(request) ??
      serveFaults(request, this.#faults) ??
      this.#serveReset(request) ??
      serveCommand(request, (caller) => this.#accounts.of(caller).services) ??
      servePage(request, this.#page)
    )
  }

  #serveReset({ method, path }: PathRequest): Promise<Answer> | undefined {
    if (method !== 'POST' || path !== '/_longshore/reset') return undefined
    return this.reset().then(() => plainAnswer(200, {}))
  }

  #operationNames(service?: ServiceName): string[] {
    const { services } = this.#accounts.of(this.#config)
    const chosen = service === undefined ? Object.values(services) : [services[service]]
    return chosen.flatMap(({ operations }) => Object.keys(operations))
  }

  #pageHost(): PageHost {
    const { clock, timeScale, accountId, region } = this.#config
    const originMs = this.#originMs
    return {
      clock,
      controlClock: scaledClock({ timeScale, originMs, base: clock }),
      timeScale,
      originMs,
      fallback: { accountId, region },
      accounts: () => this.#accounts.list(),
      faults: () => this.#faults.list().map(String),
      environmentOf: (caller) => this.#environmentOf(caller),
    }
  }

  #environmentOf({ accountId, region }: Caller): Record<string, string> {
    return {
      AWS_ENDPOINT_URL: this.endpoint,
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      // The access key names the account; signatures are not checked.
      AWS_ACCESS_KEY_ID: accountId,
      AWS_SECRET_ACCESS_KEY: 'local',
      LONGSHORE_TIME_SCALE: String(this.#config.timeScale),
      LONGSHORE_TIME_ORIGIN: String(this.#originMs),
    }
  }
}
