import type { Capacity } from './capacity.js'
import { checkLoop } from './doctor/loop-checks.js'
import { drainBudget } from './ecs/drain-budget.js'
import { TaskProtection } from './ecs/protection.js'
import type { ProtectionState } from './ecs-task.js'
import { DoctorError, OptionsError } from './errors.js'
import type { Events, WorkerEvents } from './events.js'
import { HealthServer } from './health/health-server.js'
import { Liveness } from './health/liveness.js'
import { metricsText } from './health/metrics-text.js'
import { unreadiness } from './health/readiness.js'
import { examineProcess, examineQueue } from './inspect.js'
import type { OptionProblem } from './option-problems.js'
import type { WorkerConfig } from './options.js'
import type { Channel } from './channel.js'
import type { QueueFacts } from './queue/port.js'
import type { WorkerStats } from './stats.js'

// What a stop that has nothing else to do waits for the agent's last answer.
const MOST_FAREWELL_MS = 1_000

/** What the attendants are given by the worker. */
export interface AttendantsParts {
  readonly config: WorkerConfig
  readonly events: Events
  readonly channels: readonly Channel[]
  readonly stats: () => WorkerStats
  readonly capacity: () => Capacity
  /** Since when the oldest message that runs is here. */
  readonly runningSinceMs: () => number | undefined
  /** More may be taken than before. */
  readonly onFreed: () => void
}

/** What attends a worker and never stands in a message's way: task protection, the health server, the doctor. */
export class Attendants {
  readonly #parts: AttendantsParts
  readonly #stopExamining = new AbortController()
  /** How often receiving has failed in a row, by queue. */
  readonly #failures = new Map<string, number>()
  /** How long a message of each queue is hidden without a heartbeat. */
  readonly #visibilityMs = new Map<string, number>()
  #hasStarted = false
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
    const { config, events, channels, stats, capacity } = this.#parts
    if (config.health === undefined) return
    const waitMs = Math.max(...channels.map((channel) => channel.config.waitSeconds)) * 1_000
    const liveness = new Liveness({ clock: config.clock, waitMs, stats })
    const refusal = (problem: OptionProblem): Error => new OptionsError('createWorker', [problem])
    this.#health = await HealthServer.listen(
      { ...config.health, refusal },
      {
        liveProblem: () => liveness.problem(),
        readyProblem: () => unreadiness(stats(), { hasStarted: this.#hasStarted, failures: this.#failures }),
        metrics: () => metricsText(stats(), capacity()),
      },
    )
    events.on('receive:completed', ({ queue }) => void this.#failures.delete(queue))
    events.on('receive:failed', ({ queue, failures }) => void this.#failures.set(queue, failures))
    events.emit('health:listening', { url: this.#health.url })
  }

  /**
   * Lets the doctor look at each queue, and at the process: before the worker starts where a problem must keep it from that, else beside it.
   *
   * @throws DoctorError for problems, with `doctor: 'fail'`.
   */
  async examine(facts: readonly QueueFacts[]): Promise<void> {
    const { config } = this.#parts
    if (config.doctor === false) return
    this.#examineStandstills(facts)
    const looking = this.#look(facts)
    if (config.doctor === 'fail') refuse(await looking)
    else looking.catch((error: unknown) => config.log.error({ err: error }, 'The doctor failed'))
  }

  /** What blocks the event loop is found while the worker runs: once for each queue. */
  #examineStandstills(facts: readonly QueueFacts[]): void {
    const { config, events, channels } = this.#parts
    if (config.hasLeaseThread) return
    for (const [index, channel] of channels.entries()) {
      const visibilityMs = channel.config.visibilityTimeoutMs ?? facts[index]?.visibilityTimeoutMs
      if (visibilityMs !== undefined) this.#visibilityMs.set(channel.name, visibilityMs)
    }
    events.on('loop:blocked', ({ blockedMs, queue, handler }) => {
      const visibilityTimeoutMs = this.#visibilityMs.get(queue ?? '')
      if (queue === undefined || visibilityTimeoutMs === undefined) return
      for (const finding of checkLoop({ blockedMs, handler, visibilityTimeoutMs })) {
        this.#visibilityMs.delete(queue)
        events.emit('doctor:found', { ...finding, queue })
      }
    })
  }

  async #look(facts: readonly QueueFacts[]): Promise<Found[]> {
    const { config, events, channels } = this.#parts
    const stop = this.#stopExamining.signal
    const queues = channels.map(async ({ name: queue, config: own, port }, index): Promise<Found[]> => {
      const known = facts[index]
      const findings =
        known === undefined ? [] : await examineQueue({ config: own, port, facts: known, stop })
      return findings.map((finding) => Object.assign(finding, { queue }))
    })
    const ours = examineProcess(config).then((list) =>
      list.map((each) => Object.assign(each, { queue: undefined })),
    )
    const found = (await Promise.all<Found[]>([...queues, ours])).flat()
    for (const finding of found) events.emit('doctor:found', finding)
    return found
  }

  /** The worker begins to receive. */
  begin(): void {
    const { config, events, runningSinceMs } = this.#parts
    this.#hasStarted = true
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

type Found = WorkerEvents['doctor:found']

function refuse(found: readonly Found[]): void {
  const problems = found.filter(({ severity }) => severity === 'problem')
  const queues = new Set(problems.map(({ queue }) => queue ?? 'this process'))
  if (problems.length > 0) throw new DoctorError([...queues].join(', '), problems)
}
