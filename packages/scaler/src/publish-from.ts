import type { Worker } from '@longshore/core'
import { problemAt } from '@longshore/core/option-problems'
import { systemClock } from '@longshore/core/time'
import type { Clock } from '@longshore/core/time'
import type { Lease } from './actuate/lease.js'
import { taskLease } from './actuate/task-lease.js'
import { connectAws } from './aws/connect.js'
import type { Aws } from './aws/port.js'
import { DEFAULT_BEAT_SECONDS } from './config/limits.js'
import type { Service } from './config/service.js'
import { ConfigError } from './errors.js'
import { eventRecord } from './events.js'
import { createScaler } from './scaler.js'
import type { Scaler } from './scaler.js'

/** Options of {@link publishFrom}. Every one has a default. */
export interface PublishFromOptions {
  /**
   * Who of the tasks publishes. Default: {@link taskLease}, the task that has run longest; outside of ECS everybody. A
   * lease that expires, such as `dynamoDbLease`, also replaces a leader that hangs.
   */
  readonly lease?: Lease | undefined
  /** Takes each event of the leader as a line of JSON, without a line feed; false: nobody. Default: standard output. */
  readonly log?: ((line: string) => void) | false | undefined
  /** Default: a connection of its own. One that is given stays open. */
  readonly aws?: Aws | undefined
  /** Default: the machine's clock. */
  readonly clock?: Clock | undefined
}

/** What publishing needs of a worker. */
export type PublishingWorker = Pick<Worker, 'on' | 'stats'>

const ELECTION_MS = DEFAULT_BEAT_SECONDS * 1_000

/**
 * Publishes for a service from within its own tasks: one of them leads, the others ask now and then whether it still does.
 * It begins when the worker starts and ends when the worker drains, so that another task takes over meanwhile. The
 * returned function ends it earlier; it resolves when all is quiet.
 *
 * Where no task runs, nobody publishes: a service with `tasks.min` 0 is woken by its fallback alarm, after some minutes.
 *
 * @throws ConfigError for a service that nothing would wake: `tasks.min` 0 and no fallback.
 */
export function publishFrom(
  worker: PublishingWorker,
  service: Service,
  options: PublishFromOptions = {},
): () => Promise<void> {
  if (service.tasks.min === 0 && !service.fallback) {
    const expected = 'true: at zero tasks nobody publishes, and nothing else would wake the service'
    throw new ConfigError(`Publishing from the workers of ${service.service}`, [
      problemAt({ fallback: false }, ['fallback'], expected),
    ])
  }
  const publisher = new WorkerPublisher(worker, service, options)
  return () => publisher.stop()
}

class WorkerPublisher {
  readonly #worker: PublishingWorker
  readonly #service: Service
  readonly #options: PublishFromOptions
  readonly #clock: Clock
  readonly #aws: Aws
  readonly #unlisten: (() => void)[]
  readonly #abort = new AbortController()
  #lease: Lease | undefined
  #scaler: Scaler | undefined
  #election: Promise<void> | undefined
  #cancelNext: () => void = () => {}

  constructor(worker: PublishingWorker, service: Service, options: PublishFromOptions) {
    this.#worker = worker
    this.#service = service
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#aws = options.aws ?? connectAws({ region: service.region })
    this.#unlisten = [
      worker.on('worker:started', () => this.#begin()),
      worker.on('worker:draining', () => void this.stop()),
      worker.on('worker:stopped', () => void this.stop()),
    ]
    if (worker.stats().state === 'running') this.#begin()
  }

  async stop(): Promise<void> {
    for (const unlisten of this.#unlisten.splice(0)) unlisten()
    this.#cancelNext()
    const isFirst = !this.#abort.signal.aborted
    this.#abort.abort()
    await this.#election
    await this.#scaler?.stop()
    if (!isFirst) return
    await this.#lease?.release().catch(() => undefined)
    if (this.#options.aws === undefined) this.#aws.close()
  }

  #begin(): void {
    if (this.#lease !== undefined) return
    this.#lease = this.#options.lease ?? this.#ownLease()
    this.#elect(this.#lease)
  }

  #ownLease(): Lease {
    const { task } = this.#worker.stats()
    if (task === undefined) return { hold: () => Promise.resolve(true), release: () => Promise.resolve() }
    return taskLease({ aws: this.#aws, service: this.#service, taskArn: task.taskArn, clock: this.#clock })
  }

  #elect(lease: Lease): void {
    this.#election = this.#lead(lease).then(() => {
      if (this.#abort.signal.aborted) return
      this.#cancelNext = this.#clock.schedule(ELECTION_MS, () => this.#elect(lease))
    })
  }

  async #lead(lease: Lease): Promise<void> {
    const { signal } = this.#abort
    const isLeading = (await lease.hold(signal).catch(() => false)) && !signal.aborted
    if (isLeading === (this.#scaler !== undefined)) return
    await this.#scaler?.stop()
    this.#scaler = isLeading ? this.#create() : undefined
    this.#scaler?.start()
  }

  #create(): Scaler {
    const { log = (line: string) => process.stdout.write(`${line}\n`) } = this.#options
    const scaler = createScaler(this.#service, { aws: this.#aws, clock: this.#clock })
    if (log !== false) scaler.onAny((event) => log(JSON.stringify(eventRecord(this.#service, event))))
    return scaler
  }
}
