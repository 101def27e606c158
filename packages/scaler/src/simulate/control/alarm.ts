/** The alarms of a service's policies, evaluated by the model's rules at their own instants. */
import {
  alarmPoints,
  compileMetricMath,
  evaluateAlarm,
  evaluateMetricMath,
  evaluationRange,
  isActionRepeatDue,
  nextAlarmEvaluationMs,
} from '@longshore/model'
import type { AlarmDatapoint, AlarmRule, AlarmState, ModelParameters, PeriodGrid } from '@longshore/model'
import type { MetricIdentity, MetricMath, SingleMetric } from '../../plan/resources.js'
import type { Metrics } from './metrics.js'

/** An alarm as it is defined. */
export interface AlarmDefinition {
  readonly rule: AlarmRule
  readonly periodSeconds: number
  readonly watches: SingleMetric | MetricMath
  /** Name of the policy that it sets off, while in ALARM. */
  readonly policy: string
  /** For the two of target tracking: which one. */
  readonly direction: 'out' | 'in' | undefined
}

type Read = (grid: PeriodGrid, nowMs: number) => readonly AlarmDatapoint[]

export interface AlarmWorld {
  readonly metrics: Metrics
  readonly parameters: ModelParameters
}

/** One alarm, as it stands. */
export class WatchingAlarm {
  readonly definition: AlarmDefinition
  readonly #parameters: ModelParameters
  readonly #read: Read
  #state: AlarmState = 'INSUFFICIENT_DATA'
  #considered: readonly AlarmDatapoint[] = []
  #dueMs: number
  #actedAtMs = -Infinity

  constructor(definition: AlarmDefinition, world: AlarmWorld & { readonly startMs: number }) {
    this.definition = definition
    this.#parameters = world.parameters
    this.#read = readerOf(definition.watches, world)
    this.#dueMs = nextAlarmEvaluationMs(definition.periodSeconds, world.startMs, world.parameters)
  }

  get state(): AlarmState {
    return this.#state
  }

  /** When it is evaluated next. */
  get dueMs(): number {
    return this.#dueMs
  }

  /** The points that decided, newest first. */
  get considered(): readonly AlarmDatapoint[] {
    return this.#considered
  }

  /** Evaluates it where it is due; true when its action runs: it has come into ALARM, or has been for another minute. */
  evaluate(nowMs: number): boolean {
    if (nowMs < this.#dueMs) return false
    const { rule, periodSeconds } = this.definition
    this.#dueMs = nextAlarmEvaluationMs(periodSeconds, nowMs, this.#parameters)
    const grid = evaluationRange(
      { evaluationPeriods: rule.evaluationPeriods, periodSeconds },
      nowMs,
      this.#parameters,
    )
    const { state, considered } = evaluateAlarm(rule, { points: this.#read(grid, nowMs), state: this.#state })
    const hasChanged = state !== this.#state
    this.#state = state
    this.#considered = considered
    const isActing = hasChanged || isActionRepeatDue(this.#actedAtMs, nowMs, this.#parameters)
    if (state !== 'ALARM' || !isActing) return false
    this.#actedAtMs = nowMs
    return true
  }
}

function readerOf(watches: SingleMetric | MetricMath, { metrics, parameters }: AlarmWorld): Read {
  if (watches.kind === 'metric') {
    return (grid, nowMs) => alarmPoints(grid, metrics.periods(watches.metric, grid, nowMs), watches.statistic)
  }
  const { queries, returned } = watches
  const program = compileMetricMath(
    queries.map((query) => ({
      id: query.id,
      expression: 'expression' in query ? query.expression : undefined,
    })),
  )
  return (grid, nowMs) => {
    const points = new Map(
      queries.flatMap((query) =>
        'metric' in query
          ? [
              [
                query.id,
                alarmPoints(grid, metrics.periods(query.metric, grid, nowMs), query.statistic),
              ] as const,
            ]
          : [],
      ),
    )
    return evaluateMetricMath(program, { grid, points }, parameters).get(returned)?.[0]?.points ?? []
  }
}

/** The metrics that an alarm reads. */
export function metricsOf(watches: SingleMetric | MetricMath): MetricIdentity[] {
  if (watches.kind === 'metric') return [watches.metric]
  return watches.queries.flatMap((query) => ('metric' in query ? [query.metric] : []))
}
