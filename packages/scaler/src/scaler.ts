import { problemAt } from '@longshore/core/option-problems'
import { durationMs, isDuration, systemClock } from '@longshore/core/time'
import type { Clock, Duration } from '@longshore/core/time'
import { control } from './actuate/control.js'
import type { Lease } from './actuate/lease.js'
import { publish } from './actuate/publish.js'
import { connectAws } from './aws/connect.js'
import type { Aws } from './aws/port.js'
import type { BeatResult } from './beat.js'
import { DEFAULT_BEAT_SECONDS, METRIC_PERIOD_SECONDS } from './config/limits.js'
import type { Service } from './config/service.js'
import type { CapacityDecision } from './decide/capacity.js'
import { decideNext } from './decide/decide.js'
import type { Decision, HoldDecision, PublishDecision } from './decide/decide.js'
import { ConfigError } from './errors.js'
import { createEmitter } from './events.js'
import type { Emitter, Listener, NamedEvent, ScalerEvents } from './events.js'
import { NO_MEMORY } from './decide/memory.js'
import type { Memory } from './decide/memory.js'
import { measuredHandling } from './observe/measured.js'
import { observe } from './observe/observe.js'
import type { TelemetrySource } from './observe/observe.js'
import { BeatTally } from './tally.js'
import type { BeatFigures } from './tally.js'

/** How a {@link Scaler} runs. */
export interface ScalerOptions {
  /**
   * Time between beats, `1s` to `60s`. Default `10s`: six values in each minute that an alarm looks at. Longer saves
   * calls (three a beat) and reacts later.
   */
  readonly beat?: Duration | undefined
  /** Default: the machine's clock. A local AWS with a faster control plane wants a scaled one. */
  readonly clock?: Clock | undefined
  /**
   * What the workers tell of themselves, where somebody hears it: measured in place of configured handling times. Default:
   * what they publish in CloudWatch, where `handling.measured` says so.
   */
  readonly telemetry?: TelemetrySource | undefined
  /** Where several scalers run for one service: who holds it publishes and acts. Default: this one always does. */
  readonly lease?: Lease | undefined
  /** Default: a connection of its own, closed by {@link Scaler.stop}. One that is given stays open. */
  readonly aws?: Aws | undefined
}

/** What a scaler has done so far; a copy. */
export interface ScalerStatus extends BeatFigures {
  readonly state: 'idle' | 'running' | 'stopped'
  /** Epoch milliseconds of the scaler's clock, as all instants here; undefined before {@link Scaler.start}. */
  readonly startedAtMs: number | undefined
  /** Beats made. */
  readonly beats: number
  readonly lastDecision: Decision | undefined
  /** When the reading began whose value was published last; undefined until one was. */
  readonly lastPublishedAtMs: number | undefined
}

/**
 * The control loop of one service: observe → decide → publish, once a beat. It changes no capacity itself, but with the
 * strategy `controller`: the policies that `longshore apply` put in place act on what it publishes.
 *
 *     idle ──start()──► running ──stop()──► stopped
 *
 * A beat never throws: a failed reading is a hold, a failed publish an event, and the next beat comes at its time.
 * Beats never overlap; those that a slow beat has missed are left out.
 */
export class Scaler {
  readonly service: Service
  readonly #clock: Clock
  readonly #beatMs: number
  readonly #aws: Aws
  readonly #ownsAws: boolean
  readonly #telemetry: TelemetrySource | undefined
  readonly #lease: Lease | undefined
  readonly #emitter: Emitter = createEmitter()
  #state: ScalerStatus['state'] = 'idle'
  #memory: Memory = NO_MEMORY
  #lastScaleInAtMs: number | undefined
  readonly #tally = new BeatTally()
  #startedAtMs: number | undefined
  #beats = 0
  #lastDecision: Decision | undefined
  #lastPublishedAtMs: number | undefined
  #heldFor: string | undefined
  #cancelNext: () => void = () => {}
  #underWay: { readonly result: Promise<BeatResult>; readonly abort: AbortController } | undefined

  constructor(service: Service, options: ScalerOptions = {}) {
    this.service = service
    this.#beatMs = beatMs(options.beat)
    this.#clock = options.clock ?? systemClock
    this.#lease = options.lease
    this.#ownsAws = options.aws === undefined
    this.#aws = options.aws ?? connectAws({ region: service.region })
    const measured = service.handling.measured
      ? measuredHandling(service, { aws: this.#aws, clock: this.#clock })
      : undefined
    this.#telemetry = options.telemetry ?? measured
  }

  /** Calls `listener` for each event of this name; the returned function ends that. */
  on<Name extends keyof ScalerEvents>(name: Name, listener: Listener<Name>): () => void {
    return this.#emitter.on(name, listener)
  }

  /** Calls `listener` for every event; the returned function ends that. */
  onAny(listener: (event: NamedEvent) => void): () => void {
    return this.#emitter.onAny(listener)
  }

  /**
   * Begins, with a beat at once. Does nothing when running.
   *
   * @throws Error after {@link stop}.
   */
  start(): void {
    if (this.#state === 'stopped') throw new Error('This scaler was stopped; create another one.')
    if (this.#state === 'running') return
    this.#state = 'running'
    this.#startedAtMs = this.#clock.now()
    void this.#beatEvery(this.#startedAtMs)
  }

  /**
   * Makes one beat now, or joins the one under way: what a scheduled function needs. `signal` gives that beat up, and
   * nothing else. Never rejects.
   */
  beat(signal?: AbortSignal): Promise<BeatResult> {
    if (this.#state === 'stopped' || signal?.aborted) return Promise.resolve({ outcome: 'stopped' })
    if (this.#underWay === undefined) {
      const abort = new AbortController()
      const result = this.#beat(abort.signal)
        .then((ended) => {
          this.#tally.ended(ended, this.#clock.now())
          return ended
        })
        .finally(() => (this.#underWay = undefined))
      this.#underWay = { result, abort }
    }
    const { result, abort } = this.#underWay
    if (signal === undefined) return result
    const giveUp = (): void => abort.abort()
    signal.addEventListener('abort', giveUp, { once: true })
    return result.finally(() => signal.removeEventListener('abort', giveUp))
  }

  /** Ends the loop: no further beat, the lease given up, calls under way given up. Resolves when all is quiet; never rejects. */
  async stop(): Promise<void> {
    this.#state = 'stopped'
    this.#cancelNext()
    this.#underWay?.abort.abort()
    await this.#underWay?.result
    // A leader that stops leaves the lease to the next one.
    await this.#lease?.release().catch(() => undefined)
    if (this.#ownsAws) this.#aws.close()
  }

  /** What was done so far. */
  status(): ScalerStatus {
    return {
      ...this.#tally.figures(),
      state: this.#state,
      startedAtMs: this.#startedAtMs,
      beats: this.#beats,
      lastDecision: this.#lastDecision,
      lastPublishedAtMs: this.#lastPublishedAtMs,
    }
  }

  async #beatEvery(dueMs: number): Promise<void> {
    await this.beat()
    if (this.#state !== 'running') return
    const lateMs = this.#clock.now() - dueMs
    const nextMs = dueMs + (Math.floor(lateMs / this.#beatMs) + 1) * this.#beatMs
    this.#cancelNext = this.#clock.schedule(nextMs - this.#clock.now(), () => void this.#beatEvery(nextMs))
  }

  async #beat(signal: AbortSignal): Promise<BeatResult> {
    const observation = await observe(this.service, {
      aws: this.#aws,
      clock: this.#clock,
      telemetry: this.#telemetry,
      signal,
    })
    if (signal.aborted) return { outcome: 'stopped' }
    const { atMs } = observation
    const { decision, memory } = decideNext(this.service, observation, this.#memory)
    this.#memory = memory
    this.#beats++
    this.#lastDecision = decision
    if (decision.kind === 'hold') return this.#hold(decision, atMs)
    this.#heldFor = undefined
    if (!(await this.#isLeading(signal))) {
      return signal.aborted ? { outcome: 'stopped' } : { outcome: 'following', decision }
    }
    const capacity = await this.#control(decision, { atMs, signal })
    return this.#publish(decision, { atMs, signal, capacity })
  }

  #hold(decision: HoldDecision, atMs: number): BeatResult {
    const cause = decision.causes.join()
    if (cause !== this.#heldFor) this.#emitter.emit('decision:held', { atMs, decision })
    this.#heldFor = cause
    return { outcome: 'held', decision }
  }

  async #isLeading(signal: AbortSignal): Promise<boolean> {
    if (this.#lease === undefined) return true
    const isLeading = await this.#lease.hold(signal).catch(() => false)
    return isLeading && !signal.aborted
  }

  async #control(decision: PublishDecision, beat: Beat): Promise<CapacityDecision | undefined> {
    if (this.service.strategy.kind !== 'controller') return undefined
    const { atMs, signal } = beat
    const input = {
      service: this.service,
      decision,
      memory: this.#memory,
      lastScaleInAtMs: this.#lastScaleInAtMs,
      observedAtMs: atMs,
      nowMs: this.#clock.now(),
    }
    try {
      const capacity = await control(input, { aws: this.#aws, signal })
      if (capacity.kind === 'set') {
        if (capacity.to < capacity.from) this.#lastScaleInAtMs = input.nowMs
        this.#emitter.emit('capacity:set', { atMs, decision, capacity })
      }
      return capacity
    } catch (thrown) {
      if (signal.aborted) return undefined
      const error = asError(thrown)
      this.#tally.failed('capacity', error)
      this.#emitter.emit('capacity:failed', { atMs, decision, error })
      return undefined
    }
  }

  async #publish(
    decision: PublishDecision,
    beat: Beat & { readonly capacity: CapacityDecision | undefined },
  ): Promise<BeatResult> {
    const { atMs, signal, capacity } = beat
    try {
      await publish(this.service, decision, { aws: this.#aws, signal })
    } catch (thrown) {
      if (signal.aborted) return { outcome: 'stopped' }
      const error = asError(thrown)
      this.#emitter.emit('publish:failed', { atMs, decision, error })
      return { outcome: 'failed', decision, error }
    }
    this.#lastPublishedAtMs = atMs
    this.#emitter.emit('decision:published', { atMs, decision })
    return { outcome: 'published', decision, capacity }
  }
}

interface Beat {
  /** When reading began. */
  readonly atMs: number
  readonly signal: AbortSignal
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown))
}

/** Creates a {@link Scaler}. @throws ConfigError when an option is out of range. */
export function createScaler(service: Service, options: ScalerOptions = {}): Scaler {
  return new Scaler(service, options)
}

function beatMs(beat: Duration | undefined): number {
  if (beat === undefined) return DEFAULT_BEAT_SECONDS * 1_000
  const ms = isDuration(beat) ? durationMs(beat) : Number.NaN
  // CloudWatch keeps one value a second; a minute without a value is missing data to the alarm.
  if (ms >= 1_000 && ms <= METRIC_PERIOD_SECONDS * 1_000) return ms
  throw new ConfigError('The scaler', [problemAt({ beat }, ['beat'], "a duration from '1s' to '60s'")])
}
