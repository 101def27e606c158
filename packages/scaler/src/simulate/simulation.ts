/**
 * One service under some traffic, in virtual time: messages by the instant, the control plane by the second. What decides
 * is what ships: the plan, the publisher's decisions, and the rules of CloudWatch, Application Auto Scaling and ECS.
 */
import { samples as sampled } from '@longshore/model'
import type { ModelParameters } from '@longshore/model'
import type { Service } from '../config/service.js'
import type { Observation } from '../observe/observation.js'
import type { Assumptions } from './assumptions.js'
import { metricsOf, WatchingAlarm } from './control/alarm.js'
import { alarmDefinitions } from './control/alarm-definitions.js'
import { AutoScaling } from './control/auto-scaling.js'
import { EcsService } from './control/ecs-service.js'
import { Emitted } from './control/emitted.js'
import { Metrics } from './control/metrics.js'
import type { BeatResult, BeatView, Setup } from './control/setup.js'
import { figuresOf } from './figures.js'
import type { Figures } from './figures.js'
import type { TaskSize } from './price.js'
import { seededRandom } from './random.js'
import type { Random } from './random.js'
import { SeriesRecorder } from './series.js'
import type { Series } from './series.js'
import { arrivalsOf } from './traffic/arrivals.js'
import type { Traffic } from './traffic/traffic.js'
import { Waits } from './waits.js'
import { DepthHistory } from './work/depth-history.js'
import { Fleet } from './work/fleet.js'
import { handlingTimes } from './work/handling-times.js'
import type { HandlingShape } from './work/handling-times.js'

/** Everything that a run depends on. */
export interface SimulationOptions {
  readonly service: Service
  readonly setup: Setup
  readonly traffic: Traffic
  readonly durationMs: number
  readonly seed: number
  /** Epoch milliseconds of the beginning: a whole minute. */
  readonly startMs: number
  readonly startTasks: number
  readonly size: TaskSize
  /** Handling as it really is; means are by queue. */
  readonly handling: HandlingShape & { readonly meansMs: readonly number[] }
  readonly launchMs: number
  readonly parameters: ModelParameters
  readonly assumptions: Assumptions
}

/** A change of the desired count. */
export interface DesiredChange {
  /** Since the beginning. */
  readonly atSeconds: number
  readonly from: number
  readonly to: number
}

/** What came of a run. */
export interface Outcome {
  readonly name: string
  readonly description: string
  readonly figures: Figures
  readonly series: Series
  readonly changes: readonly DesiredChange[]
}

const TICK_MS = 1_000
/** A look for the series; plots are not finer. */
const LOOK_MS = 10_000

export class Simulation {
  readonly #options: SimulationOptions
  readonly #fleet: Fleet
  readonly #ecs: EcsService
  readonly #scaling: AutoScaling
  readonly #metrics: Metrics
  readonly #emitted: Emitted
  readonly #beat: ((view: BeatView) => BeatResult) | undefined
  readonly #waits: Waits
  readonly #series: SeriesRecorder
  readonly #countsRandom: Random
  readonly #changes: DesiredChange[] = []
  readonly #depths: DepthHistory
  #atMs = 0
  #lateMs = 0
  #firstArrivalMs: number | undefined
  #firstTaskMs: number | undefined
  #peak = { backlog: 0, atMs: 0 }
  #drainedMs: number | undefined

  constructor(options: SimulationOptions) {
    const { service, setup, traffic, durationMs, seed, startMs, parameters, assumptions } = options
    this.#options = options
    this.#waits = new Waits(service.objective.wait.p99Ms)
    this.#series = new SeriesRecorder(durationMs)
    this.#countsRandom = seededRandom(seed, 'counts')
    this.#fleet = new Fleet({
      concurrency: service.tasks.concurrency,
      queueMeansMs: options.handling.meansMs,
      arrivals: arrivalsOf(traffic, { seed, endMs: durationMs }),
      times: handlingTimes(options.handling, seed),
      random: seededRandom(seed, 'slots'),
      onTaken: (waitedMs, atMs) => {
        this.#waits.add(waitedMs)
        this.#series.taken(waitedMs, atMs)
      },
      onArrived: (atMs) => {
        this.#firstArrivalMs ??= atMs
        this.#series.arrived(atMs)
      },
      onEnded: (task, atMs) => this.#ecs.ended(task, startMs + atMs),
    })
    this.#depths = new DepthHistory(this.#fleet, assumptions.countsDelaySeconds)
    this.#ecs = new EcsService({
      fleet: this.#fleet,
      desired: options.startTasks,
      startMs,
      launchMs: options.launchMs,
      launchVariation: assumptions.launchVariation,
      stopTimeoutMs: assumptions.stopTimeoutSeconds * 1_000,
      parameters,
      random: seededRandom(seed, 'launches'),
    })
    const definitions = alarmDefinitions(setup, options)
    this.#metrics = new Metrics(definitions.flatMap(({ watches }) => metricsOf(watches)))
    const world = { metrics: this.#metrics, parameters, startMs }
    const alarms = definitions.map((definition) => new WatchingAlarm(definition, world))
    this.#scaling = new AutoScaling({ setup, alarms, ecs: this.#ecs, startMs, parameters })
    this.#emitted = new Emitted({ ...options, fleet: this.#fleet, ecs: this.#ecs, metrics: this.#metrics })
    this.#beat = setup.loop?.start()
  }

  /** Milliseconds simulated so far. */
  get atMs(): number {
    return this.#atMs
  }

  /** Milliseconds that there are. */
  get durationMs(): number {
    return this.#options.durationMs
  }

  /** Epoch milliseconds of the beginning. */
  get startMs(): number {
    return this.#options.startMs
  }

  get isOver(): boolean {
    return this.#atMs >= this.#options.durationMs
  }

  /** Tasks desired and running now. */
  get tasks(): { readonly desired: number; readonly running: number } {
    return { desired: this.#ecs.desired, running: this.#ecs.running }
  }

  /** Messages that arrived, and what has become of them. */
  get messages(): {
    arrived: number
    handled: number
    visible: number
    inFlight: number
    handedBack: number
  } {
    const { arrived, handled, handedBack } = this.#fleet.totals
    return { arrived, handled, handedBack, visible: this.#fleet.visible, inFlight: this.#fleet.busySlots }
  }

  /** Simulates on to `toMs` since the beginning, or to the end. */
  advance(toMs: number): void {
    const untilMs = Math.min(toMs, this.#options.durationMs)
    for (; this.#atMs < untilMs; this.#atMs += TICK_MS) this.#tick(this.#atMs)
  }

  /** What has come of it so far. */
  outcome(): Outcome {
    const { setup, service, size, startMs } = this.#options
    this.#fleet.advance(this.#atMs)
    const figures = figuresOf({
      service,
      size,
      durationMs: this.#atMs,
      waits: this.#waits,
      fleet: this.#fleet,
      billedMs: this.#ecs.billedMs(startMs + this.#atMs),
      changes: this.#changes,
      lateMs: this.#lateMs,
      firstTaskMs: this.#firstTaskMs,
      peak: this.#peak,
      drainedMs: this.#drainedMs,
    })
    return {
      name: setup.name,
      description: setup.description,
      figures,
      series: this.#series.series(),
      changes: this.#changes,
    }
  }

  #tick(atMs: number): void {
    const nowMs = this.#options.startMs + atMs
    this.#fleet.advance(atMs)
    const before = this.#ecs.desired
    this.#ecs.tick(nowMs)
    this.#remember(atMs)
    this.#emitted.tick(nowMs)
    this.#runLoop(nowMs)
    this.#scaling.tick(nowMs)
    const { desired } = this.#ecs
    if (desired !== before) this.#changes.push({ atSeconds: atMs / 1_000, from: before, to: desired })
    // What was decided takes effect at once.
    this.#ecs.tick(nowMs)
    this.#watch(atMs)
  }

  #runLoop(nowMs: number): void {
    const { loop } = this.#options.setup
    if (loop === undefined || this.#beat === undefined) return
    if ((nowMs - this.#options.startMs) % loop.everyMs !== loop.phaseMs) return
    const { min, max } = this.#scaling
    const { out, in: inwards, scheduled } = this.#options.setup.suspended
    const target = {
      arn: '',
      resourceId: '',
      minCapacity: min,
      maxCapacity: max,
      suspended: { scaleOut: out, scaleIn: inwards, scheduled },
    }
    const { samples, set } = this.#beat({ nowMs, observation: this.#observe(nowMs), target })
    for (const { metric, value } of samples) {
      this.#metrics.put(metric, { timestampMs: nowMs, set: sampled(value), showsAtMs: nowMs })
    }
    if (set?.what === 'desired') this.#scaling.setDesired(set.to)
    if (set?.what === 'min') this.#scaling.setMin(set.to)
  }

  #observe(nowMs: number): Observation {
    const { service } = this.#options
    const seconds = Math.floor(this.#countsRandom() * (this.#options.assumptions.countsDelaySeconds + 1))
    const queues = service.queues.map(({ name }, index) => {
      const { visible, inFlight } = this.#depths.ago(seconds, index)
      return { name, counts: { value: { visible, inFlight, delayed: 0 } }, noisyVisible: undefined }
    })
    const sum = (of: 'visible' | 'inFlight'): number =>
      queues.reduce((all, { counts }) => all + counts.value[of], 0)
    const { desired, running, pending } = this.#ecs
    return {
      atMs: nowMs,
      queue: { value: { visible: sum('visible'), inFlight: sum('inFlight'), delayed: 0 } },
      queues,
      service: { value: { desired, running, pending, isDeploying: false } },
      telemetry: undefined,
    }
  }

  #remember(atMs: number): void {
    this.#depths.remember()
    const { visible } = this.#fleet
    if (visible > this.#peak.backlog) {
      this.#peak = { backlog: visible, atMs }
      this.#drainedMs = undefined
    } else if (this.#drainedMs === undefined && visible <= this.#peak.backlog / 100) this.#drainedMs = atMs
    const hasBegunAtZero = this.#options.startTasks === 0 && this.#firstArrivalMs !== undefined
    if (hasBegunAtZero && this.#ecs.running > 0) this.#firstTaskMs ??= atMs - (this.#firstArrivalMs ?? 0)
  }

  #watch(atMs: number): void {
    const { visible, oldestArrivedMs } = this.#fleet
    const oldestMs = oldestArrivedMs === Infinity ? 0 : atMs - oldestArrivedMs
    if (oldestMs > this.#options.service.objective.wait.p99Ms) this.#lateMs += TICK_MS
    if (atMs % LOOK_MS === 0) this.#series.look(atMs, { backlog: visible, oldestMs, ...this.tasks })
  }
}
