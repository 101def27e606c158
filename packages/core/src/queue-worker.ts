import { Slots } from './admit/slots.js'
import { Attendants } from './attendants.js'
import { blamed } from './blamed.js'
import { instantMs } from './deadline.js'
import { Drain, emptyReport } from './drain.js'
import type { Capacity } from './capacity.js'
import type { Reached } from './channel.js'
import { systemClock } from './clock.js'
import { Channel, reachAll, runningSinceMs } from './channel.js'
import { Meter } from './measure/meter.js'
import type { Duration } from './duration.js'
import { drainBudget } from './ecs/drain-budget.js'
import { onStopSignals } from './ecs/signals.js'
import type { TaskIdentity } from './ecs-task.js'
import { readTaskIdentity } from './ecs/task-identity.js'
import { LifecycleError } from './errors.js'
import type { DrainOptions, DrainReport } from './emptying.js'
import { drainOptions, Emptying } from './emptying.js'
import type { DrainReason, Listener, StopReport, WorkerEventName, WorkerEvents } from './events.js'
import { Events } from './events.js'
import type { Blocked } from './lease-keeper.js'
import { LeaseKeeper } from './lease-keeper.js'
import { logEvents } from './log-events.js'
import { Measures } from './measures.js'
import type { WorkerConfig } from './options.js'
import { parseOptions } from './parse-options.js'
import type { Pipeline } from './pipeline.js'
import type { SourceConfig, WorkerSetup } from './sources.js'
import type { WorkerState, WorkerStats } from './stats.js'
import { summed } from './stats.js'

/**
 * The one life of a worker: idle → running → draining → stopped. Starting is part of running: until the queues have
 * answered there are no pipelines, and a stop gives up asking.
 */
export class QueueWorker {
  readonly #config: WorkerConfig
  readonly #events: Events
  readonly #meter: Meter
  readonly #slots: Slots
  readonly #measures: Measures
  readonly #channels: readonly Channel[]
  readonly #attendants: Attendants
  readonly #stopStarting = new AbortController()
  #keeper: LeaseKeeper | undefined
  readonly #report: Promise<StopReport>
  #resolveReport: (report: StopReport) => void = () => {}
  #state: WorkerState = 'idle'
  #starting: Promise<void> | undefined
  #hasOpened = false
  #drain: Drain | undefined
  #failure: Error | undefined
  #identity: Promise<TaskIdentity | undefined> = Promise.resolve(undefined)
  #task: TaskIdentity | undefined

  constructor({ config, sources }: WorkerSetup) {
    this.#config = config
    this.#events = new Events((error, name) =>
      config.log.error({ err: error, event: name }, 'A listener threw'),
    )
    logEvents(this.#events, config.log, config.clock)
    const { clock, adaptive, concurrency } = config
    const slots = adaptive?.min ?? concurrency
    this.#meter = new Meter(clock.now(), slots)
    this.#slots = new Slots(clock, slots, this.#meter)
    this.#measures = new Measures({
      config,
      meter: this.#meter,
      events: this.#events,
      slots: this.#slots,
      stats: () => this.stats(),
      // Where there is a keeper, it tells.
      onBlocked: (blockedMs) => {
        if (this.#keeper === undefined) this.#blocked({ blockedMs, queue: undefined, messageId: undefined })
      },
    })
    this.#channels = sources.map((source) => this.#newChannel(source))
    this.#attendants = new Attendants({
      config,
      events: this.#events,
      channels: this.#channels,
      stats: () => this.stats(),
      capacity: () => this.capacity(),
      runningSinceMs: () => runningSinceMs(this.#channels),
      onFreed: () => {
        for (const pipeline of this.#pipelines) pipeline.pump()
      },
    })
    this.#report = new Promise((resolve) => {
      this.#resolveReport = resolve
    })
  }

  get state(): WorkerState {
    return this.#state
  }

  on<Name extends WorkerEventName>(name: Name, listener: Listener<WorkerEvents[Name]>): () => void {
    const leave = this.#events.on(name, listener)
    if (name === 'capacity:sampled') this.#measures.listen()
    return leave
  }

  capacity(): Capacity {
    return this.#measures.capacity()
  }

  stats(): WorkerStats {
    const queues = this.#channels.map((channel) => channel.stats())
    const { slotMs, busyMs: busySlotMs } = this.#meter.totals(this.#config.clock.now())
    return {
      state: this.#state,
      concurrency: this.#slots.limit,
      loopLagMs: this.#measures.loopLagMs,
      slotMs,
      busySlotMs,
      ...summed(queues),
      protection: this.#attendants.protection,
      task: this.#task,
      queues,
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
      queues: new Map(
        this.#channels.map(({ name, port }) => [name, () => port.describe(this.#stopStarting.signal)]),
      ),
      onEmpty: () => void this.#stop('empty', undefined),
    })
    try {
      return emptying.report(await (signals ? this.runUntilSignal() : this.run()))
    } finally {
      emptying.close()
    }
  }

  async stop({ deadline }: { deadline?: Duration | Date | undefined } = {}): Promise<StopReport> {
    return await this.#stop('stop', instantMs(deadline, this.#config.clock.now()))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  get #pipelines(): Pipeline<unknown>[] {
    return this.#channels.flatMap(({ pipeline }) => pipeline ?? [])
  }

  #newChannel(source: SourceConfig): Channel {
    return new Channel({
      source,
      slots: this.#slots,
      meter: this.#meter,
      events: this.#events,
      onFatal: (error) => this.#fail(error),
      isBlocked: () => this.#attendants.isBlocked,
      taskArn: async () => (await this.#identity)?.taskArn,
    })
  }

  async #start(): Promise<void> {
    this.#state = 'running'
    const { signal } = this.#stopStarting
    try {
      await this.#attendants.open()
      const reached = await reachAll(this.#channels, signal)
      await this.#attendants.examine(reached.map(({ facts }) => facts))
      this.#keeper = this.#newKeeper(reached)
      await this.#keeper?.whenReady()
      this.#open(reached)
    } catch (error) {
      const report = emptyReport(signal.aborted ? (signal.reason as DrainReason) : 'failure')
      await this.#attendants.close()
      await this.#keeper?.close()
      this.#end(report)
      if (!signal.aborted) throw error
      throw new LifecycleError('The worker was stopped before it had started.', { cause: error })
    }
  }

  #open(reached: readonly Reached[]): void {
    if (this.#stopStarting.signal.aborted) throw new LifecycleError('Stopped while starting.')
    const queues = reached.flatMap((each, index) => this.#channels[index]?.open(each, this.#keeper) ?? [])
    this.#hasOpened = true
    this.#identity = readTaskIdentity(process.env)
    this.#attendants.begin()
    for (const pipeline of this.#pipelines) pipeline.start()
    this.#measures.start()
    this.#events.emit('worker:started', { concurrency: this.#slots.limit, queues })
    void this.#identity.then((task) => {
      this.#task = task
    })
  }

  /** Virtual time passes on this thread only. */
  #newKeeper(reached: readonly Reached[]): LeaseKeeper | undefined {
    const { clock, hasLeaseThread } = this.#config
    if (!hasLeaseThread || clock !== systemClock) return undefined
    const queues = reached.flatMap((each, index) => this.#channels[index]?.kept(each) ?? [])
    if (queues.length === 0) return undefined
    return new LeaseKeeper({
      clock,
      queues,
      onBlocked: (blocked) => this.#blocked(blocked),
      onFailed: (error) => this.#events.emit('keeper:failed', { error }),
    })
  }

  #blocked(blocked: Blocked): void {
    this.#events.emit('loop:blocked', blamed(blocked, this.#channels))
  }

  #stop(reason: DrainReason, deadlineMs: number | undefined): Promise<StopReport> {
    if (this.#state === 'idle') this.#end(emptyReport(reason))
    else if (this.#drain !== undefined) {
      if (deadlineMs !== undefined) this.#drain.hasten(deadlineMs)
    } else if (!this.#hasOpened) this.#stopStarting.abort(reason)
    else void this.#drainOut(reason, deadlineMs)
    return this.#report
  }

  #fail(error: Error): void {
    if (this.#failure !== undefined) return
    this.#failure = error
    this.#events.emit('worker:failed', { error })
    void this.#stop('failure', undefined)
  }

  async #drainOut(reason: DrainReason, givenMs: number | undefined): Promise<void> {
    const { clock, stopTimeoutMs } = this.#config
    const budget = drainBudget(stopTimeoutMs)
    const deadlineMs = givenMs ?? clock.now() + budget.finishMs
    this.#state = 'draining'
    this.#measures.drain()
    this.#attendants.drain()
    this.#drain = new Drain({
      clock,
      pipelines: this.#pipelines,
      budget,
      reason,
      deadlineMs,
      receivesClosed: () => Promise.all(this.#channels.map((channel) => channel.receivesClosed())),
    })
    const { running, waiting: unstarted } = this.stats()
    this.#events.emit('worker:draining', { reason, running, unstarted, deadlineMs })
    const report = await this.#drain.run()
    await this.#attendants.close()
    await this.#keeper?.close()
    this.#end(report)
  }

  #end(report: StopReport): void {
    this.#state = 'stopped'
    this.#measures.stop()
    this.#slots.close()
    for (const channel of this.#channels) channel.close()
    this.#events.emit('worker:stopped', report)
    this.#resolveReport(report)
  }
}
