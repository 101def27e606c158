// What scales a service in a simulation: a plan's policies, a loop that publishes or sets the count, or both.
import type { MetricSample } from '../../aws/port.js'
import type { Observation } from '../../observe/observation.js'
import type { LiveTarget } from '../../plan/live.js'
import type { Alarm, ScalingPolicy, ScheduledAction } from '../../plan/resources.js'

/** One way to scale a service. */
export interface Setup {
  /** Short, and unique among those that are compared. */
  readonly name: string
  /** In a sentence: what it does, and whose it is. */
  readonly description: string
  readonly min: number
  readonly max: number
  readonly suspended: { readonly out: boolean; readonly in: boolean; readonly scheduled: boolean }
  readonly policies: readonly ScalingPolicy[]
  readonly alarms: readonly Alarm[]
  readonly scheduledActions: readonly ScheduledAction[]
  /** What runs beside, each run with a state of its own. */
  readonly loop: Loop | undefined
}

export interface Loop {
  readonly everyMs: number
  /** When in that time it beats. */
  readonly phaseMs: number
  /** A beat: what to publish, and how many tasks to have. */
  readonly start: () => (view: BeatView) => BeatResult
}

/** What a beat sees. */
export interface BeatView {
  readonly nowMs: number
  readonly observation: Observation
  readonly target: LiveTarget
}

export interface BeatResult {
  readonly samples: readonly MetricSample[]
  readonly set?: { readonly what: 'desired' | 'min'; readonly to: number } | undefined
}
