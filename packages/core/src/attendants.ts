import { drainBudget } from './ecs/drain-budget.js'
import { TaskProtection } from './ecs/protection.js'
import type { ProtectionState } from './ecs-task.js'
import { DoctorError } from './errors.js'
import type { Events } from './events.js'
import type { Finding } from './finding.js'
import { HealthServer } from './health/health-server.js'
import { Liveness } from './health/liveness.js'
import { metricsText } from './health/metrics-text.js'
import { unreadiness } from './health/readiness.js'
import { examine } from './inspect.js'
import type { WorkerConfig } from './options.js'
import type { GuardedPort } from './queue/guarded-port.js'
import type { QueueFacts } from './queue/port.js'
import type { WorkerStats } from './stats.js'

// What a stop that has nothing else to do waits for the agent's last answer.
const MOST_FAREWELL_MS = 1_000

/** What the attendants are given by the worker. */
export interface AttendantsParts {
  readonly config: WorkerConfig
  readonly events: Events
  readonly port: GuardedPort
  readonly stats: () => WorkerStats
  /** Since when the oldest message that runs is here. */
  readonly runningSinceMs: () => number | undefined
  /** More may be taken than before. */
  readonly onFreed: () => void
}

/** What attends a worker and never stands in a message's way: task protection, the health server, the doctor. */
export class Attendants {
  readonly #parts: AttendantsParts
  readonly #stopExamining = new AbortController()
  readonly #receiving = { hasStarted: false, failures: 0 }
  #protection: TaskProtection | undefined
  #health: HealthServer | undefined
  #farewellByMs = 0

  constructor(parts: AttendantsParts) {
    this.#parts = parts
  }

  get protection(): ProtectionState {
    return this.#protection?.state ?? 'off'
  }

  /** Nothing more may be taken: what is taken now could not be protected. */
  get isBlocked(): boolean {
    return this.protection === 'blocked'
  }

  /**
   * Listens, before the queue is asked for anything.
   *
   * @throws OptionsError when that cannot be.
   */
  async open(): Promise<void> {
    const { config, events, port, stats } = this.#parts
    if (config.health === undefined) return
    const liveness = new Liveness({ clock: config.clock, waitMs: config.waitSeconds * 1_000, stats })
    this.#health = await HealthServer.listen(config.health, {
      liveProblem: () => liveness.problem(),
      readyProblem: () => unreadiness(stats(), this.#receiving),
      metrics: () => metricsText(stats(), port.name),
    })
    events.on('receive:completed', () => {
      this.#receiving.failures = 0
    })
    events.on('receive:failed', ({ failures }) => {
      this.#receiving.failures = failures
    })
    events.emit('health:listening', { url: this.#health.url })
  }

  /**
   * Lets the doctor look: before the worker starts where a problem must keep it from that, else beside it.
   *
   * @throws DoctorError for problems, with `doctor: 'fail'`.
   */
  async examine(facts: QueueFacts): Promise<void> {
    const { config, events, port } = this.#parts
    if (config.doctor === false) return
    const looking = examine({ config, port, facts, stop: this.#stopExamining.signal }).then((findings) => {
      for (const finding of findings) events.emit('doctor:found', finding)
      return findings
    })
    if (config.doctor === 'fail') refuse(port.name, await looking)
    else looking.catch((error: unknown) => config.log.error({ error }, 'The doctor failed'))
  }

  /** The worker begins to receive. */
  begin(): void {
    const { config, events, runningSinceMs } = this.#parts
    this.#receiving.hasStarted = true
    const agentUri = process.env.ECS_AGENT_URI
    if (config.protection === undefined || agentUri === undefined || agentUri === '') return
    const protection = new TaskProtection({
      ...config.protection,
      agentUri,
      clock: config.clock,
      random: config.random,
      runningSinceMs,
      onChanged: (state, detail) => {
        events.emit('protection:changed', { state, detail })
        if (state !== 'blocked') this.#parts.onFreed()
      },
      onFailed: ({ status, detail }, retryInMs) =>
        events.emit('protection:failed', { status, detail, retryInMs }),
    })
    events.on('receive:completed', ({ received }) => {
      if (received > 0) protection.busy()
    })
    this.#protection = protection
  }

  /** The worker takes no more. */
  drain(): void {
    const { clock, stopTimeoutMs } = this.#parts.config
    this.#stopExamining.abort()
    this.#protection?.drain()
    this.#farewellByMs = clock.now() + Math.min(MOST_FAREWELL_MS, drainBudget(stopTimeoutMs).finishMs)
  }

  /** The worker has settled everything. */
  async close(): Promise<void> {
    this.#stopExamining.abort()
    await this.#protection?.close(this.#farewellByMs)
    this.#health?.close()
  }
}

function refuse(queue: string, findings: readonly Finding[]): void {
  const problems = findings.filter(({ severity }) => severity === 'problem')
  if (problems.length > 0) throw new DoctorError(queue, problems)
}
