import type { Duration } from '@longshore/core/time'

/** What follows the queue. */
export type StrategyName = 'targetTracking' | 'ladder' | 'controller'

/** One of several queues. */
export interface QueueConfig {
  /** Its name, or its URL when it belongs to another account. */
  readonly name: string
  /** Mean time to handle one of its messages. Default: the service's. */
  readonly handling?: { readonly mean: Duration } | undefined
  /**
   * A fair queue: tasks are sized by what its quiet groups have waiting, so that a noisy tenant brings no fleet of its
   * own. Default false. Reads two metrics of the queue, a minute or two old.
   */
  readonly fair?: boolean | undefined
}

export interface TargetTrackingConfig {
  /**
   * `published` (default): the publisher's BacklogPerTask. `math`: CloudWatch divides the queue's metric by the service's
   * running tasks; no publisher is needed, Container Insights is, and the queue's metric is a minute or two late.
   */
  readonly metric?: 'published' | 'math' | undefined
}

export interface LadderConfig {
  /** Period of the two alarms: `10s` (default), `20s`, `30s` or whole minutes. */
  readonly period?: Duration | undefined
  /** How many periods in a row have a deficit before tasks are added. Default 1; 2 where a lone reading misleads. */
  readonly outDatapoints?: number | undefined
  /** How long there is a surplus before tasks are taken away. Default `2m`. */
  readonly surplusFor?: Duration | undefined
}

/** What the controller sets: the service's desired count, or the scalable target's minimum. */
export type ControllerOutput = 'desired' | 'min'

export interface ControllerConfig {
  /**
   * `desired` (default) sets the service's desired count. `min` sets the minimum of the scalable target, so that other
   * policies may still add to it and nothing but Application Auto Scaling touches the service.
   */
  readonly sets?: ControllerOutput | undefined
  /** For how long fewer tasks would do before some are taken away. Default `2m`. */
  readonly surplusFor?: Duration | undefined
  /** For how long all queues are empty before the last task goes. Default `5m`. */
  readonly idleFor?: Duration | undefined
  /** Adds tasks for arrivals that grow, `launchTime` ahead. Default true. */
  readonly forecast?: boolean | undefined
}

interface TrackedConfig {
  /** Whether this policy may take tasks away too. Default false: all tracking policies have to agree on that. */
  readonly scaleIn?: boolean | undefined
  readonly cooldowns?:
    { readonly scaleOut?: Duration | undefined; readonly scaleIn?: Duration | undefined } | undefined
}

export interface UtilizationConfig extends TrackedConfig {
  /** Percent, above 0 and at most 100. */
  readonly target: number
  /** The 20-second variant, for services whose `monitoring` asks for it. Default false. */
  readonly highResolution?: boolean | undefined
}

export interface RequestsConfig extends TrackedConfig {
  /** Requests a minute and task. */
  readonly target: number
  /** `app/<load balancer>/<id>/targetgroup/<target group>/<id>`: the tails of both ARNs. */
  readonly resourceLabel: string
}

export interface PredictiveConfig {
  /** What is forecast. */
  readonly metric: 'cpu' | 'memory' | 'requests'
  /** Percent, or requests a minute and task. */
  readonly target: number
  /** For `requests`: as in `policies.requests`. */
  readonly resourceLabel?: string | undefined
  /** Default `ForecastOnly`: look at the forecast before it acts. */
  readonly mode?: 'ForecastOnly' | 'ForecastAndScale' | undefined
  /** How long before the hour tasks are started: below `1h`. Default `5m`. */
  readonly buffer?: Duration | undefined
  /** Lets a forecast raise `max`, to this many percent above the forecast, 0 to 100. Default: `max` holds. */
  readonly maxCapacityBuffer?: number | undefined
}

/** A metric of yours or of AWS's. */
export interface StepMetric {
  readonly namespace: string
  readonly name: string
  readonly dimensions?: Readonly<Record<string, string>> | undefined
  readonly statistic: 'Average' | 'Maximum' | 'Minimum' | 'Sum' | 'SampleCount'
}

/** Step scaling by an alarm on any metric. */
export interface StepsConfig {
  /** Lower-case letters, digits and -; names the policy and its alarm. */
  readonly name: string
  readonly metric: StepMetric
  /** Of the alarm: `10s`, `20s`, `30s` or whole minutes. Below a minute the metric itself has to be of seconds. */
  readonly period: Duration
  /** `above`: the alarm fires at the first step's `at` and above it; `below`: at it and below. */
  readonly when: 'above' | 'below'
  /** How many of the last `of` periods decide. Default 1. */
  readonly datapoints?: number | undefined
  /** Default: `datapoints`. */
  readonly of?: number | undefined
  /** What periods without data count as. Default `notBreaching`. */
  readonly missing?: 'notBreaching' | 'breaching' | 'ignore' | 'missing' | undefined
  /** `tasks` (default) adds, `percent` adds a share of the running tasks, `exactly` sets the number. */
  readonly change?: 'tasks' | 'percent' | 'exactly' | undefined
  /** For `percent`: how many tasks it changes at least. */
  readonly least?: number | undefined
  /** 1 to 20, the alarm's threshold first: from metric value `at` on, change by `by`. */
  readonly steps: readonly { readonly at: number; readonly by: number }[]
  /** Pause after a step. Default: one period, the metric's delay (a minute for AWS/SQS, else 30 s) and `launchTime`. */
  readonly cooldown?: Duration | undefined
}

export interface PoliciesConfig {
  readonly cpu?: UtilizationConfig | undefined
  readonly memory?: UtilizationConfig | undefined
  /** Requests of an Application Load Balancer, for a service that also answers HTTP. */
  readonly requests?: RequestsConfig | undefined
  readonly predictive?: PredictiveConfig | undefined
  readonly steps?: readonly StepsConfig[] | undefined
}

/** New bounds at certain times; they hold until another schedule sets others. */
export interface ScheduleConfig {
  /** Letters, digits, - and _. */
  readonly name: string
  /** `cron(0 8 ? * MON-FRI *)`, `rate(12 hours)` or `at(2030-01-31T06:00:00)`. */
  readonly when: string
  /** IANA's name, such as `Europe/Berlin`. Default `UTC`. */
  readonly timezone?: string | undefined
  readonly min?: number | undefined
  readonly max?: number | undefined
  /** First and last instant at which a `cron` or a `rate` runs: `2030-11-20T00:00:00Z`, or with an offset. Default: no bound. */
  readonly start?: string | undefined
  /** Bounds that a run has set stay when the schedule ends. */
  readonly end?: string | undefined
}

export interface SuspensionConfig {
  readonly scaleOut?: boolean | undefined
  readonly scaleIn?: boolean | undefined
  /** Scheduled actions. */
  readonly scheduled?: boolean | undefined
}

export interface LimitsConfig {
  /** FIFO queues: message groups that there are. A group is worked off by one slot at a time, so more slots are waste. */
  readonly messageGroups?: number | undefined
  /** What the tasks' handlers share, such as a database's connections. */
  readonly budgets?:
    | readonly {
        /** For messages: `database connections`. */
        readonly name: string
        readonly total: number
        /** What one task uses at its `concurrency`. */
        readonly perTask: number
      }[]
    | undefined
}
