import { resolve } from 'node:path'
import type { AccountContext } from '../server/service.js'
import { containerEnvironment, missingInitialization } from './container-environment.js'
import { ContainerProcess } from './container-process.js'
import type { OrphanGuard } from './orphan-guard.js'
import type { OutputLine } from './output.js'
import { OutputRing } from './output.js'
import type { ContainerDefinition } from './task-definition.js'
import { commandLine } from './task-definition.js'

/** What every container of a server is run with. */
export interface ContainerHost {
  readonly account: AccountContext
  readonly orphanGuard: OrphanGuard
  /** A container's own `workingDirectory` is resolved against it. */
  readonly workingDirectory: string
  readonly taskEnvironment: () => Readonly<Record<string, string>>
}

export interface ContainerOptions {
  readonly definition: ContainerDefinition
  readonly arn: string
  readonly host: ContainerHost
  /** What the agent puts into its environment; asked at its start. */
  readonly agentVariables: () => Readonly<Record<string, string>>
  readonly onLine: (line: OutputLine) => void
  /** It started, could not start, or ended. */
  readonly onChange: () => void
}

const KEPT_LINES = 1_000

// ECS's default on Fargate and the agent's on EC2.
const DEFAULT_STOP_TIMEOUT_SECONDS = 30

/** Instants of a container's life, epoch milliseconds of control time. */
export interface ContainerTimes {
  startedAtMs?: number
  stoppedAtMs?: number
}

/** One container of a task: PENDING → RUNNING → STOPPED, or PENDING → STOPPED with a reason when it cannot start. */
export class Container {
  readonly definition: ContainerDefinition
  readonly arn: string
  readonly #options: ContainerOptions
  readonly #output = new OutputRing(KEPT_LINES)
  readonly #times: ContainerTimes = {}
  #process: ContainerProcess | undefined
  #status: 'PENDING' | 'RUNNING' | 'STOPPED' = 'PENDING'
  #exitCode: number | undefined
  #reason: string | undefined

  constructor(options: ContainerOptions) {
    this.#options = options
    this.definition = options.definition
    this.arn = options.arn
  }

  get status(): 'PENDING' | 'RUNNING' | 'STOPPED' {
    return this.#status
  }

  /** Between being started and having ended; its process may live. */
  get isAlive(): boolean {
    return this.#process !== undefined && this.#status !== 'STOPPED'
  }

  get isStarted(): boolean {
    return this.#process !== undefined
  }

  get exitCode(): number | undefined {
    return this.#exitCode
  }

  /** Why it could not start; undefined for one that did. */
  get reason(): string | undefined {
    return this.#reason
  }

  get times(): Readonly<ContainerTimes> {
    return this.#times
  }

  get pid(): number | undefined {
    return this.#process?.pid
  }

  start(): void {
    const { definition, host } = this.#options
    const environment = containerEnvironment({
      host: process.env,
      task: host.taskEnvironment(),
      container: definition,
      agent: this.#options.agentVariables(),
    })
    this.#process = new ContainerProcess({
      command: commandLine(definition),
      environment,
      workingDirectory: resolve(host.workingDirectory, definition.workingDirectory ?? '.'),
      clock: host.account.clock,
      orphanGuard: host.orphanGuard,
      onStarted: () => this.#become('RUNNING'),
      onStartFailed: (reason) => this.#end({ reason }),
      onExited: (exitCode) => this.#end({ exitCode }),
      onLine: (stream, line) => this.#keep(stream, line),
    })
    const missing = missingInitialization(definition, environment)
    if (missing === undefined) this.#process.start()
    else this.#end({ reason: missing })
  }

  /** SIGTERM, then SIGKILL after `graceMs` of real time; the container's `stopTimeout` by default. */
  stop(graceMs: number = 1_000 * (this.definition.stopTimeoutSeconds ?? DEFAULT_STOP_TIMEOUT_SECONDS)): void {
    this.#process?.stop(graceMs)
  }

  output(): readonly OutputLine[] {
    return this.#output.lines()
  }

  #keep(stream: 'stdout' | 'stderr', line: string): void {
    const entry = {
      container: this.definition.name,
      stream,
      line,
      atMs: this.#options.host.account.clock.now(),
    }
    this.#output.add(entry)
    this.#options.onLine(entry)
  }

  #end(how: { readonly exitCode?: number; readonly reason?: string }): void {
    this.#exitCode = how.exitCode
    this.#reason = how.reason
    this.#become('STOPPED')
  }

  #become(status: 'RUNNING' | 'STOPPED'): void {
    this.#status = status
    this.#times[status === 'RUNNING' ? 'startedAtMs' : 'stoppedAtMs'] =
      this.#options.host.account.controlClock.now()
    this.#options.onChange()
  }
}
