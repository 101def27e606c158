import { scaledClock } from '@longshore/core/time'

import { openAccount } from './account.js'
import type { Account } from './account.js'
import { TaskAgent } from './ecs/agent/task-agent.js'
import { readOptions } from './options.js'
import type { LocalAwsConfig, LocalAwsOptions } from './options.js'
import { stopping } from './server/aws-error.js'
import type { Caller } from './server/caller.js'
import { serveCommand } from './server/commands.js'
import { portError } from './server/local-aws-error.js'
import { HOST, LocalServer } from './server/local-server.js'
import { seededRandom, seedFor } from './server/seeded-random.js'

export type { ContainerState, TaskState, TaskStateChangeEvent } from './ecs/task-state-change.js'
export type { LocalAwsOptions, LocalCall, TaskOutput } from './options.js'
export { LocalAwsError } from './server/local-aws-error.js'
export type { LocalAwsProblem } from './server/local-aws-error.js'

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
  readonly #accounts = new Map<string, Account>()
  readonly #server: LocalServer
  readonly #agent: TaskAgent
  #port = 0
  #closed: Promise<void> | undefined

  constructor(config: LocalAwsConfig) {
    this.#config = config
    this.#originMs = config.clock.now()
    this.#agent = new TaskAgent({ clock: config.clock, endpoint: () => this.endpoint })
    this.#server = new LocalServer({
      fallback: { accountId: config.accountId, region: config.region },
      service: (caller, name) => this.#account(caller).services[name],
      onCall: config.onCall,
      health: () => ({ name: '@longshore/local', status: 'running', timeScale: config.timeScale }),
      servePath: (request) =>
        this.#agent.serve(request) ?? serveCommand(request, (caller) => this.#account(caller).services),
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
    this.#account(caller).services.ecs.interruptSpot(cluster, task)
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
    const ends = await Promise.allSettled(Array.from(this.#accounts.values(), (account) => account.close()))
    await this.#server.close()
    const failed = ends.filter((end) => end.status === 'rejected').map((end) => end.reason as unknown)
    if (failed.length > 0) throw new AggregateError(failed, 'Some services did not stop cleanly.')
  }

  #account(caller: Caller): Account {
    const name = `${caller.accountId}/${caller.region}`
    const existing = this.#accounts.get(name)
    if (existing !== undefined) return existing
    if (this.#closed !== undefined) throw stopping()
    const { clock, timeScale, seed } = this.#config
    const account = openAccount(
      {
        accountId: caller.accountId,
        region: caller.region,
        clock,
        controlClock: scaledClock({ timeScale, originMs: this.#originMs, base: clock }),
        random: seededRandom(seedFor(seed, name)),
      },
      { ...this.#config, taskEnvironment: () => this.#environmentOf(caller), agent: this.#agent },
    )
    this.#accounts.set(name, account)
    return account
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
