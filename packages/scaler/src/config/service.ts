import type { ControllerOutput, ScheduleConfig, StepsConfig, StrategyName } from './scaling-config.js'

/** Marks what {@link defineService} returned, across copies of this package. */
export const SERVICE_BRAND: unique symbol = Symbol.for('@longshore/scaler/service')

/** A checked `ServiceConfig` with every default in place and every number in the unit its name says. */
export interface Service {
  readonly [SERVICE_BRAND]: true
  readonly cluster: string
  readonly service: string
  readonly queues: readonly ServiceQueue[]
  readonly region: string | undefined
  readonly tasks: { readonly min: number; readonly max: number; readonly concurrency: number }
  readonly handling: {
    readonly meanMs: number
    readonly variation: number
    /** False, or the dimensions beside Service and Queue that the workers publish with. */
    readonly measured: false | { readonly dimensions: Readonly<Record<string, string>> }
  }
  readonly objective: { readonly wait: { readonly p99Ms: number } }
  readonly metric: { readonly namespace: string; readonly name: string }
  /** Of the policies that follow the queue. */
  readonly cooldowns: CooldownSeconds
  readonly launchTimeMs: number
  readonly strategy: Strategy
  readonly policies: Policies
  readonly schedules: readonly ScheduleConfig[]
  /** Undefined: left as it is. */
  readonly suspended: Suspension | undefined
  readonly fallback: boolean
  readonly limits: { readonly messageGroups: number | undefined; readonly budgets: readonly Budget[] }
}

/** A queue that the service's tasks work off. */
export interface ServiceQueue {
  /** Its name or URL. */
  readonly name: string
  /** Mean time to handle one of its messages. */
  readonly meanMs: number
  /** Sized by what quiet groups have waiting. */
  readonly isFair: boolean
}

export interface CooldownSeconds {
  readonly scaleOutSeconds: number
  readonly scaleInSeconds: number
}

export interface Suspension {
  readonly scaleOut: boolean
  readonly scaleIn: boolean
  readonly scheduled: boolean
}

/** What tasks use of something that there is only so much of. */
export interface Budget {
  readonly name: string
  readonly total: number
  readonly perTask: number
}

/** What follows the queue, and how. */
export type Strategy =
  | { readonly kind: Extract<StrategyName, 'targetTracking'>; readonly metric: 'published' | 'math' }
  | {
      readonly kind: Extract<StrategyName, 'ladder'>
      readonly periodSeconds: number
      /** Periods with a deficit before tasks are added. */
      readonly outDatapoints: number
      /** For how long the surplus lasts before tasks are taken away. */
      readonly surplusSeconds: number
    }
  | {
      readonly kind: Extract<StrategyName, 'controller'>
      readonly sets: ControllerOutput
      readonly surplusSeconds: number
      /** How long a queue is empty before the last task goes. */
      readonly idleSeconds: number
      readonly forecast: boolean
    }

/** Policies beside the one that follows the queue. */
export interface Policies {
  readonly cpu: UtilizationPolicy | undefined
  readonly memory: UtilizationPolicy | undefined
  readonly requests: RequestsPolicy | undefined
  readonly predictive: Predictive | undefined
  readonly steps: readonly Steps[]
}

interface Tracked extends CooldownSeconds {
  readonly target: number
  readonly scaleIn: boolean
}

export interface UtilizationPolicy extends Tracked {
  readonly highResolution: boolean
}

export interface RequestsPolicy extends Tracked {
  readonly resourceLabel: string
}

export interface Predictive {
  readonly metric: 'cpu' | 'memory' | 'requests'
  readonly target: number
  readonly resourceLabel: string | undefined
  readonly mode: 'ForecastOnly' | 'ForecastAndScale'
  readonly bufferSeconds: number
  /** Percent above the forecast to which `max` may be raised; undefined honours `max`. */
  readonly maxCapacityBufferPercent: number | undefined
}

/** A step policy with its alarm; durations in seconds. */
export interface Steps extends Pick<StepsConfig, 'name' | 'metric' | 'when' | 'steps'> {
  readonly periodSeconds: number
  readonly datapoints: number
  readonly of: number
  readonly missing: NonNullable<StepsConfig['missing']>
  readonly change: NonNullable<StepsConfig['change']>
  readonly least: number | undefined
  readonly cooldownSeconds: number
}
