import type { Slots } from './admit/slots.js'
import { OptionsError } from './errors.js'
import type { Events } from './events.js'
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
   * Makes the pipeline. Receives nothing yet.
   *
   * @throws OptionsError when neither the queue nor the options hide a message that was received.
   */
  open({ facts, roundTripMs }: Reached): { queue: string; url: string; visibilityTimeoutMs: number } {
    const { source, slots, events, onFatal, isBlocked, taskArn } = this.#parts
    const visibilityTimeoutMs = checkedVisibilityMs(this.config, facts)
    this.#pipeline = new Pipeline({
      name: this.name,
      config: this.config,
      port: this.port,
      slots,
      standing: source.standing,
      facts,
      visibilitySeconds: visibilityTimeoutMs / 1_000,
      roundTripMs,
      payloads: this.#payloads,
      handler: source.handler,
      use: source.use,
      events,
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

function checkedVisibilityMs(config: WorkerConfig, facts: QueueFacts): number {
  const visibilityMs = config.visibilityTimeoutMs ?? facts.visibilityTimeoutMs
  if (visibilityMs >= 1_000) return visibilityMs
  const expected =
    "at least '1s', because the queue's own is 0 s: a message would be handed out again at once"
  throw new OptionsError('createWorker', [{ path: 'visibilityTimeout', expected, got: 'nothing' }])
}
