import type { Slots } from './admit/slots.js'
import type { Meter } from './measure/meter.js'
import { OptionsError } from './errors.js'
import type { Events } from './events.js'
import type { Middleware } from './handler.js'
import type { KeptQueue, LeaseKeeper } from './lease-keeper.js'
import type { WorkerConfig } from './options.js'
import { Payloads } from './payloads.js'
import { Pipeline } from './pipeline.js'
import { GuardedPort } from './queue/guarded-port.js'
import { openQueue } from './queue/open-queue.js'
import type { QueueFacts } from './queue/port.js'
import { reachQueue } from './queue/reach-queue.js'
import type { SourceConfig } from './sources.js'
import type { QueueStats } from './stats.js'
import { newCounts, NO_LEVELS } from './stats.js'

/** What a channel is given by the worker. */
export interface ChannelParts {
  readonly source: SourceConfig
  readonly slots: Slots
  readonly meter: Meter
  readonly events: Events
  /** The worker cannot go on. */
  readonly onFatal: (error: Error) => void
  /** True while nothing more may be taken. */
  readonly isBlocked: () => boolean
  /** The ECS task that this is, as soon as that is known. */
  readonly taskArn: () => Promise<string | undefined>
}

/** What the queue answered when it was reached. */
export interface Reached {
  readonly facts: QueueFacts
  /** How long that took. */
  readonly roundTripMs: number
}

/** One queue of a worker: its port, and from the moment that it was reached its pipeline. */
export class Channel {
  readonly name: string
  readonly config: WorkerConfig
  readonly port: GuardedPort
  readonly #parts: ChannelParts
  readonly #payloads: Payloads<unknown>
  #pipeline: Pipeline<unknown> | undefined

  constructor(parts: ChannelParts) {
    const { name, queue, config } = parts.source
    this.name = name
    this.config = config
    this.#parts = parts
    const { clock, random } = config
    this.#payloads = new Payloads(queue, { name, clock, random, events: parts.events })
    this.port = new GuardedPort(config.port ?? openQueue(queue, { maxReceives: config.maxPollers }), {
      clock,
      onLateMessages: (messages) => this.#pipeline?.refuse(messages),
    })
  }

  /** Undefined until {@link open}. */
  get pipeline(): Pipeline<unknown> | undefined {
    return this.#pipeline
  }

  stats(): QueueStats {
    return {
      queue: this.name,
      ...this.#parts.source.standing,
      breaker: this.#pipeline?.breaker ?? 'off',
      ...(this.#pipeline?.tally.counts ?? newCounts()),
      ...(this.#pipeline?.levels() ?? NO_LEVELS),
      calls: { ...this.port.calls },
    }
  }

  /**
   * Asks the queue for what must be known.
   *
   * @throws QueueCallError when it cannot be reached.
   */
  async reach(stop: AbortSignal): Promise<Reached> {
    const { clock, random, log } = this.config
    let askedMs = clock.now()
    const facts = await reachQueue({
      clock,
      random,
      stop,
      describe: (signal) => {
        askedMs = clock.now()
        return this.port.describe(signal)
      },
      onRetry: (error, retryInMs) =>
        log.warn({ queue: this.name, err: error, retryInMs }, 'The queue cannot be reached yet'),
    })
    return { facts, roundTripMs: clock.now() - askedMs }
  }

  /**
   * What a lease keeper must know to extend this queue's leases; undefined where it cannot: a client or a port of yours
   * is of this thread.
   */
  kept({ facts }: Reached): KeptQueue | undefined {
    const { queue } = this.#parts.source
    if (queue.client !== undefined || this.config.port !== undefined) return undefined
    const { region, endpoint } = queue
    const visibilitySeconds = checkedVisibilityMs(this.config, facts) / 1_000
    return { name: this.name, location: { url: facts.url, region, endpoint }, visibilitySeconds }
  }

  /** The name of its handler's function, if it has one. */
  get handlerName(): string | undefined {
    const { handler } = this.#parts.source
    return typeof handler === 'function' && handler.name !== '' ? handler.name : undefined
  }

  /**
   * Makes the pipeline. Receives nothing yet.
   *
   * @throws OptionsError when neither the queue nor the options hide a message that was received.
   */
  open(
    { facts, roundTripMs }: Reached,
    keeper?: LeaseKeeper,
  ): { queue: string; url: string; visibilityTimeoutMs: number } {
    const { source, slots, meter, events, onFatal, isBlocked, taskArn } = this.#parts
    const visibilityTimeoutMs = checkedVisibilityMs(this.config, facts)
    this.#pipeline = new Pipeline({
      name: this.name,
      config: this.config,
      port: this.port,
      slots,
      meter,
      standing: source.standing,
      facts,
      visibilitySeconds: visibilityTimeoutMs / 1_000,
      roundTripMs,
      payloads: this.#payloads,
      handler: source.handler,
      use: keeper === undefined ? source.use : [...source.use, watched(keeper)],
      events,
      keeper: keeper?.forQueue(this.name),
      onFatal,
      isBlocked,
      taskArn,
    })
    return { queue: this.name, url: facts.url, visibilityTimeoutMs }
  }

  /** Resolves when no receive is under way, those given up included. */
  async receivesClosed(): Promise<void> {
    await this.#pipeline?.receivesClosed()
    await this.port.receivesClosed()
  }

  close(): void {
    this.port.close()
    this.#payloads.close()
  }
}

/** Innermost: what a handler does before it first gives way is known to be its own. */
function watched(keeper: LeaseKeeper): Middleware {
  return (_message, { delivery }, next) => keeper.watch(delivery, next)
}

function checkedVisibilityMs(config: WorkerConfig, facts: QueueFacts): number {
  const visibilityMs = config.visibilityTimeoutMs ?? facts.visibilityTimeoutMs
  if (visibilityMs >= 1_000) return visibilityMs
  const expected =
    "at least '1s', because the queue's own is 0 s: a message would be handed out again at once"
  throw new OptionsError('createWorker', [{ path: 'visibilityTimeout', expected, got: 'nothing' }])
}

/** Reaches every queue; where one cannot be, the others are asked no longer. */
export async function reachAll(channels: readonly Channel[], stopStarting: AbortSignal): Promise<Reached[]> {
  const giveUp = new AbortController()
  const stop = AbortSignal.any([stopStarting, giveUp.signal])
  const asked = channels.map((channel) => channel.reach(stop))
  try {
    return await Promise.all(asked)
  } finally {
    giveUp.abort()
    await Promise.allSettled(asked)
  }
}

/** Since when handlings run that are worth protecting, on any queue; undefined while none do. */
export function runningSinceMs(channels: readonly Channel[]): number | undefined {
  const since = channels.flatMap(({ pipeline }) => pipeline?.runningSinceMs ?? [])
  return since.length === 0 ? undefined : Math.min(...since)
}
