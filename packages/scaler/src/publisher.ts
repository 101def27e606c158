import { HealthServer } from '@longshore/core/health'
import type { OptionProblem } from '@longshore/core/option-problems'
import { systemClock } from '@longshore/core/time'
import type { Clock, Duration } from '@longshore/core/time'
import { batchPublishing } from './actuate/batch.js'
import { emfPublishing } from './actuate/emf.js'
import type { Lease } from './actuate/lease.js'
import type { AwsCall } from './aws/calls.js'
import { connectAws } from './aws/connect.js'
import type { Aws } from './aws/port.js'
import type { BeatResult } from './beat.js'
import type { Service } from './config/service.js'
import { ConfigError } from './errors.js'
import type { NamedEvent } from './events.js'
import { CallTally } from './health/call-tally.js'
import { liveProblem, readyProblem } from './health/judge.js'
import type { Beating } from './health/judge.js'
import { publisherText } from './health/publisher-text.js'
import type { TelemetrySource } from './observe/observe.js'
import { createScaler } from './scaler.js'
import type { Scaler } from './scaler.js'

/** How a {@link Publisher} runs. Every option has a default. */
export interface PublisherOptions {
  /** Time between beats, `1s` to `60s`. Default `10s`. */
  readonly beat?: Duration | undefined
  /** Default: the machine's clock. */
  readonly clock?: Clock | undefined
  /**
   * Where to serve `/live`, `/ready` and `/metrics` from start to stop. Port 0 takes a free one, which
   * {@link Publisher.healthUrl} tells; `host` is `127.0.0.1` by default. Default: nowhere.
   */
  readonly health?: { readonly port: number; readonly host?: string | undefined } | undefined
  /** Takes each beat's metrics as a line in the Embedded Metric Format, in place of PutMetricData. Default: nobody. */
  readonly emf?: ((line: string) => void) | undefined
  /** Where several publishers run: who of them publishes for this service. Default: this one. */
  readonly lease?: ((service: Service) => Lease | undefined) | undefined
  /** What the workers of a service tell of themselves, where somebody hears it. */
  readonly telemetry?: ((service: Service) => TelemetrySource | undefined) | undefined
  /** Makes the connection of a region, which stop() closes; `onCall` counts its calls. Default: `connectAws`. */
  readonly connect?: ((region: string | undefined, onCall: (call: AwsCall) => void) => Aws) | undefined
}

const LOOPBACK = '127.0.0.1'

/**
 * The control loops of several services in one process: a connection for each region, one PutMetricData for those that
 * beat together, and one health server.
 */
export class Publisher {
  readonly scalers: readonly Scaler[]
  readonly #options: PublisherOptions
  readonly #clock: Clock
  readonly #calls = new CallTally()
  readonly #connections = new Map<string | undefined, Aws>()
  #health: HealthServer | undefined

  constructor(services: readonly Service[], options: PublisherOptions = {}) {
    this.#options = options
    this.#clock = options.clock ?? systemClock
    const publishing = new Map<string | undefined, Aws>()
    for (const { region } of services) {
      if (publishing.has(region)) continue
      const size = services.filter((each) => each.region === region).length
      publishing.set(region, this.#publishing(region, size))
    }
    this.scalers = services.map((service) =>
      createScaler(service, {
        aws: publishing.get(service.region),
        clock: this.#clock,
        beat: options.beat,
        lease: options.lease?.(service),
        telemetry: options.telemetry?.(service),
      }),
    )
  }

  /** Where health is served; undefined while it is not. */
  get healthUrl(): string | undefined {
    return this.#health?.url
  }

  /** Calls `listener` for every event of every service. */
  onAny(listener: (event: NamedEvent, service: Service) => void): void {
    for (const scaler of this.scalers) scaler.onAny((event) => listener(event, scaler.service))
  }

  /**
   * Listens where health is asked for, and begins, with a beat at once.
   *
   * @throws ConfigError where it cannot listen; then nothing has begun.
   */
  async start(): Promise<void> {
    const { health } = this.#options
    if (health !== undefined) this.#health ??= await this.#listen(health)
    for (const scaler of this.scalers) scaler.start()
  }

  /** Makes one beat of every service now; `signal` gives it up. Never rejects. */
  beat(signal?: AbortSignal): Promise<BeatResult[]> {
    return Promise.all(this.scalers.map((scaler) => scaler.beat(signal)))
  }

  /** Ends the loops, gives up leases, and closes the health server and the connections; never rejects. */
  async stop(): Promise<void> {
    await Promise.all(this.scalers.map((scaler) => scaler.stop()))
    this.#health?.close()
    this.#health = undefined
    for (const aws of this.#connections.values()) aws.close()
  }

  #publishing(region: string | undefined, size: number): Aws {
    const { connect = connectRegion, emf } = this.#options
    const aws = connect(region, (call) => this.#calls.ended(call))
    this.#connections.set(region, aws)
    return emf === undefined
      ? batchPublishing(aws, { size, clock: this.#clock })
      : emfPublishing(aws, { clock: this.#clock, write: emf })
  }

  #listen({ port, host = LOOPBACK }: NonNullable<PublisherOptions['health']>): Promise<HealthServer> {
    const beating = (): Beating[] =>
      this.scalers.map((scaler) => ({ service: scaler.service, status: scaler.status() }))
    const config = {
      port,
      host,
      refusal: (problem: OptionProblem) => new ConfigError('The publisher', [problem]),
    }
    return HealthServer.listen(config, {
      liveProblem: () => liveProblem(beating(), this.#clock.now()),
      readyProblem: () => readyProblem(beating()),
      metrics: () => publisherText(beating(), this.#calls.counts(), this.#clock.now()),
    })
  }
}

/** Creates a {@link Publisher}. @throws ConfigError when an option is out of range. */
export function createPublisher(
  services: Service | readonly Service[],
  options: PublisherOptions = {},
): Publisher {
  return new Publisher('service' in services ? [services] : services, options)
}

function connectRegion(region: string | undefined, onCall: (call: AwsCall) => void): Aws {
  return connectAws({ region, onCall })
}
