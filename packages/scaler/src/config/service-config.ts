import type { Duration } from '@longshore/core/time'
import type {
  ControllerConfig,
  LadderConfig,
  LimitsConfig,
  PoliciesConfig,
  QueueConfig,
  ScheduleConfig,
  StrategyName,
  SuspensionConfig,
  TargetTrackingConfig,
} from './scaling-config.js'

/**
 * What a user writes in `longshore.config.ts`: one ECS service that works off SQS queues, and what it should achieve.
 *
 * @example
 * ```ts
 * export default defineService({
 *   cluster: 'media', service: 'thumbnails', queue: 'thumbnails',
 *   tasks: { min: 0, max: 40, concurrency: 20 },
 *   handling: { mean: '400ms' },
 *   objective: { wait: { p99: '60s' } },
 * })
 * ```
 */
export interface ServiceConfig {
  /** The ECS cluster's name (not its ARN). */
  readonly cluster: string
  /** The ECS service's name (not its ARN). */
  readonly service: string
  /** The queue's name, or its URL when it belongs to another account. Either this or `queues`. */
  readonly queue?: string | undefined
  /** Several queues that the same tasks work off; what waits in them is summed as work. Either this or `queue`. */
  readonly queues?: readonly QueueConfig[] | undefined
  /** How many tasks may run, and how much each does at once. */
  readonly tasks: {
    /** Fewest tasks, 0 or more. With 0 the first message after a quiet time waits for a task to launch. */
    readonly min: number
    /** Most tasks, 1 or more: what your account's quotas, your budget and what the handler calls can bear. */
    readonly max: number
    /** Messages that one task handles at once: the worker's `concurrency`. */
    readonly concurrency: number
  }
  /** How long handling takes. */
  readonly handling: {
    /** Mean time to handle one message. */
    readonly mean: Duration
    /**
     * Squared coefficient of variation of that time: variance ÷ mean². Default 1, as of exponential times; 0 where every
     * message takes the same time, more where few take very long. `ladder` and `controller` keep slots free for it.
     */
    readonly variation?: number | undefined
    /**
     * Takes the mean that the workers measure in place of `mean`, where they publish it (`publishEmf` of
     * `@longshore/core/emf`, in the namespace `metric.namespace`). Default false. Two metrics of each queue are read once
     * a minute. The target of target tracking stays as `mean` has it. Where the workers publish with `dimensions`, those
     * are to be given here too, `{ dimensions: { Environment: 'live' } }`: CloudWatch keeps each set of them apart, and has
     * no value for any other.
     */
    readonly measured?: boolean | { readonly dimensions: Readonly<Record<string, string>> } | undefined
  }
  /** What the scaling is for. */
  readonly objective: {
    /** How long messages may wait in the queue before a task takes them. */
    readonly wait: {
      /** 99 of 100 messages should wait no longer. */
      readonly p99: Duration
    }
  }
  /** What follows the queue. Default `targetTracking`. */
  readonly strategy?: StrategyName | undefined
  /** For `strategy: 'targetTracking'`. */
  readonly targetTracking?: TargetTrackingConfig | undefined
  /** For `strategy: 'ladder'`. */
  readonly ladder?: LadderConfig | undefined
  /** For `strategy: 'controller'`. */
  readonly controller?: ControllerConfig | undefined
  /** Policies beside the one that follows the queue. */
  readonly policies?: PoliciesConfig | undefined
  /** Bounds that change at certain times. */
  readonly schedules?: readonly ScheduleConfig[] | undefined
  /** What is switched off on the scalable target. Default: whatever it is in the account is left alone. */
  readonly suspended?: SuspensionConfig | undefined
  /**
   * An alarm on the queue's own metric that adds tasks while nothing is published, so that a dead publisher strands no
   * queue. Default true. It costs one alarm on two metrics, and never takes tasks away.
   */
  readonly fallback?: boolean | undefined
  /** What bounds the number of tasks beside `tasks.max`. */
  readonly limits?: LimitsConfig | undefined
  /** Where the published metrics go. Their dimensions are always ClusterName and ServiceName. */
  readonly metric?:
    | {
        /** CloudWatch namespace. Default `Longshore`. Change it where IAM grants a team its own namespace. */
        readonly namespace?: string | undefined
        /** Name of the metric that target tracking follows. Default `BacklogPerTask`. */
        readonly name?: string | undefined
      }
    | undefined
  /** Pauses after a scaling action; Application Auto Scaling takes whole seconds, so fractions are rounded up. */
  readonly cooldowns?:
    | {
        /**
         * Pause after scaling out. For `targetTracking`, default and least allowed: 70 s (the alarm's period and one
         * beat) plus `launchTime`. A shorter one counts the same backlog twice, because scaling starts from the tasks
         * that already run. For `ladder` the default is 10 s: what it follows is net of the tasks that start.
         */
        readonly scaleOut?: Duration | undefined
        /** Pause after scaling in. Default `5m`, as AWS has it; for `ladder` and `controller` `60s`. */
        readonly scaleIn?: Duration | undefined
      }
    | undefined
  /**
   * From the decision to start a task until it takes messages. Default `60s`, which fits a Fargate image of some
   * 400 MB; small images take 20–30 s, and EC2 without spare capacity takes minutes.
   */
  readonly launchTime?: Duration | undefined
  /** AWS region. Default: the SDK's own search (`AWS_REGION`, then the profile). */
  readonly region?: string | undefined
}
