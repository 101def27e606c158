import { Slots } from './admit/slots.js'
import { Attendants } from './attendants.js'
import { Drain } from './drain.js'
import type { Duration } from './duration.js'
import { DURATION_EXPECTED, durationMs, isDuration } from './duration.js'
import { drainBudget } from './ecs/drain-budget.js'
import { onStopSignals } from './ecs/signals.js'
import type { TaskIdentity } from './ecs-task.js'
import { readTaskIdentity } from './ecs/task-identity.js'
import { LifecycleError, OptionsError } from './errors.js'
import type { DrainOptions, DrainReport } from './emptying.js'
import { drainOptions, Emptying } from './emptying.js'
import type { DrainReason, Listener, StopReport, WorkerEventName, WorkerEvents } from './events.js'
import { Events } from './events.js'
import type { Handler } from './handler.js'
import { logEvents } from './log-events.js'
import type { WorkerConfig } from './options.js'
import { parseOptions } from './parse-options.js'
import { Payloads } from './payloads.js'
import type { Levels } from './pipeline.js'
import { Pipeline } from './pipeline.js'
import type { Queue } from './queue/definition.js'
import { GuardedPort } from './queue/guarded-port.js'
import { openQueue } from './queue/open-queue.js'
import type { QueueFacts } from './queue/port.js'
import { reachQueue } from './queue/reach-queue.js'
import type { WorkerState, WorkerStats } from './stats.js'
import { newCounts } from './stats.js'

const NO_LEVELS: Levels = { running: 0, stillStuck: 0, waiting: 0, settling: 0, leases: 0, polling: 0 }

/**
 * The one life of a worker: idle → running → draining → stopped. Starting is part of running: until the queue has
 * answered there is no pipeline, and a stop gives up asking.
 */
export class QueueWorker<Input, Output> {
  readonly #payloads: Payloads<Output>
  readonly #handler: Handler<Output>
  readonly #config: WorkerConfig
  readonly #events: Events
  readonly #port: GuardedPort
  readonly #slots: Slots
  readonly #attendants: Attendants
  readonly #stopStarting = new AbortController()
  readonly #report: Promise<StopReport>
  #resolveReport: (report: StopReport) => void = () => {}
  #state: WorkerState = 'idle'
  #starting: Promise<void> | undefined
  #pipeline: Pipeline<Output> | undefined
  #drain: Drain | undefined
  #failure: Error | undefined
  #task: TaskIdentity | undefined

  constructor(queue: Queue<Input, Output>, handler: Handler<Output>, config: WorkerConfig) {
    this.#payloads = new Payloads(queue)
    this.#handler = handler
    this.#config = config
    this.#events = new Events((error, name) => config.log.error({ error, event: name }, 'A listener threw'))
    logEvents(this.#events, config.log)
    const port = config.port ?? openQueue(queue, { maxReceives: config.maxPollers })
    const { clock, concurrency } = config
    this.#slots = new Slots(clock, concurrency)
    this.#port = new GuardedPort(port, {
      clock,
      onLateMessages: (messages) => this.#pipeline?.refuse(messages),
    })
    this.#attendants = new Attendants({
      config,
      events: this.#events,
      port: this.#port,
      stats: () => this.stats(),
      runningSinceMs: () => this.#pipeline?.runningSinceMs,
      onFreed: () => this.#pipeline?.pump(),
    })
    this.#report = new Promise((resolve) => {
      this.#resolveReport = resolve
    })
  }

  get state(): WorkerState {
    return this.#state
  }

  on<Name extends WorkerEventName>(name: Name, listener: Listener<WorkerEvents[Name]>): () => void {
    return this.#events.on(name, listener)
  }

  stats(): WorkerStats {
    const levels = this.#pipeline?.levels() ?? NO_LEVELS
    return {
      state: this.#state,
      concurrency: this.#slots.limit,
      ...(this.#pipeline?.tally.counts ?? newCounts()),
      ...levels,
      calls: { ...this.#port.calls },
      protection: this.#attendants.protection,
      task: this.#task,
    }
  }

  async start(): Promise<void> {
    if (this.#state === 'draining' || this.#state === 'stopped') {
      throw new LifecycleError(`This worker is ${this.#state}; a worker starts once. Create another one.`)
    }
    this.#starting ??= this.#start()
    await this.#starting
  }

  async run(): Promise<StopReport> {
    try {
      await this.start()
    } catch (error) {
      const isStoppedOnPurpose = this.#starting !== undefined && this.#stopStarting.signal.aborted
      if (!isStoppedOnPurpose) throw error
    }
    const report = await this.#report
    if (this.#failure !== undefined) throw this.#failure
    return report
  }

  async runUntilSignal(): Promise<StopReport> {
    const remove = onStopSignals(
      (signal) => {
        this.#config.log.info({ signal }, 'Stopping')
        void this.#stop('signal', undefined)
      },
      () => void this.#stop('signal', this.#config.clock.now()),
    )
    try {
      return await this.run()
    } finally {
      remove()
    }
  }

  async drain(options: DrainOptions = {}): Promise<DrainReport> {
    const { emptyReceives = 2, signals = false } = parseOptions('drain', drainOptions, options)
    const emptying = new Emptying({
      emptyReceives,
      events: this.#events,
      stats: () => this.stats(),
      describe: () => this.#port.describe(this.#stopStarting.signal),
      onEmpty: () => void this.#stop('empty', undefined),
    })
    try {
      return emptying.report(await (signals ? this.runUntilSignal() : this.run()))
    } finally {
      emptying.close()
    }
  }

  async stop({ deadline }: { deadline?: Duration | Date | undefined } = {}): Promise<StopReport> {
    return await this.#stop('stop', deadline === undefined ? undefined : this.#instantMs(deadline))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  #instantMs(deadline: Duration | Date): number {
    if (deadline instanceof Date) return deadline.getTime()
    if (isDuration(deadline)) return this.#config.clock.now() + durationMs(deadline)
    const got = JSON.stringify(deadline)
    throw new OptionsError('stop', [{ path: 'deadline', expected: `a Date, or ${DURATION_EXPECTED}`, got }])
  }

  async #start(): Promise<void> {
    this.#state = 'running'
    const { clock, random, log } = this.#config
    const { signal } = this.#stopStarting
    try {
      await this.#attendants.open()
      let askedMs = clock.now()
      const facts = await reachQueue({
        clock,
        random,
        stop: signal,
        describe: (stop) => {
          askedMs = clock.now()
          return this.#port.describe(stop)
        },
        onRetry: (error, retryInMs) => log.warn({ error, retryInMs }, 'The queue cannot be reached yet'),
      })
      const roundTripMs = clock.now() - askedMs
      await this.#attendants.examine(facts)
      this.#open(facts, roundTripMs)
    } catch (error) {
      const report = emptyReport(signal.aborted ? (signal.reason as DrainReason) : 'failure')
      await this.#attendants.close()
      this.#end(report)
      if (!signal.aborted) throw error
      throw new LifecycleError('The worker was stopped before it had started.', { cause: error })
    }
  }

  #open(facts: QueueFacts, roundTripMs: number): void {
    if (this.#stopStarting.signal.aborted) throw new LifecycleError('Stopped while starting.')
    const visibilityTimeoutMs = checkedVisibilityMs(this.#config, facts)
    this.#pipeline = new Pipeline({
      config: this.#config,
      port: this.#port,
      slots: this.#slots,
      standing: { priority: 0, weight: 1 },
      facts,
      visibilitySeconds: visibilityTimeoutMs / 1_000,
      roundTripMs,
      payloads: this.#payloads,
      handler: this.#handler,
      events: this.#events,
      onFatal: (error) => this.#fail(error),
      isBlocked: () => this.#attendants.isBlocked,
    })
    const started = { queue: facts.url, concurrency: this.#slots.limit, visibilityTimeoutMs }
    this.#attendants.begin()
    this.#pipeline.start()
    this.#events.emit('worker:started', started)
    void readTaskIdentity(process.env).then((task) => {
      this.#task = task
    })
  }

  #stop(reason: DrainReason, deadlineMs: number | undefined): Promise<StopReport> {
    if (this.#state === 'idle') this.#end(emptyReport(reason))
    else if (this.#drain !== undefined) {
      if (deadlineMs !== undefined) this.#drain.hasten(deadlineMs)
    } else if (this.#pipeline === undefined) this.#stopStarting.abort(reason)
    else void this.#drainOut(this.#pipeline, reason, deadlineMs)
    return this.#report
  }

  #fail(error: Error): void {
    if (this.#failure !== undefined) return
    this.#failure = error
    this.#events.emit('worker:failed', { error })
    void this.#stop('failure', undefined)
  }

  async #drainOut(
    pipeline: Pipeline<Output>,
    reason: DrainReason,
    givenMs: number | undefined,
  ): Promise<void> {
    const { clock, stopTimeoutMs } = this.#config
    const budget = drainBudget(stopTimeoutMs)
    const deadlineMs = givenMs ?? clock.now() + budget.finishMs
    this.#state = 'draining'
    this.#attendants.drain()
    this.#drain = new Drain({
      clock,
      pipeline,
      budget,
      reason,
      deadlineMs,
      receivesClosed: async () => {
        await pipeline.receivesClosed()
        await this.#port.receivesClosed()
      },
    })
    const { running, waiting: unstarted } = pipeline.levels()
    this.#events.emit('worker:draining', { reason, running, unstarted, deadlineMs })
    const report = await this.#drain.run()
    await this.#attendants.close()
    this.#end(report)
  }

  #end(report: StopReport): void {
    this.#state = 'stopped'
    this.#slots.close()
    this.#port.close()
    this.#events.emit('worker:stopped', report)
    this.#resolveReport(report)
  }
}

function checkedVisibilityMs(config: WorkerConfig, facts: QueueFacts): number {
  const visibilityMs = config.visibilityTimeoutMs ?? facts.visibilityTimeoutMs
  if (visibilityMs >= 1_000) return visibilityMs
  const expected =
    "at least '1s', because the queue's own is 0 s: a message would be handed out again at once"
  throw new OptionsError('createWorker', [{ path: 'visibilityTimeout', expected, got: 'nothing' }])
}

function emptyReport(reason: DrainReason): StopReport {
  return { reason, finished: 0, aborted: 0, abandoned: 0, released: 0, unsettled: 0, elapsedMs: 0 }
}
