import type { Duration } from '@longshore/core/time'

/**
 * What a user writes in `longshore.config.ts`: one ECS service that works off one SQS queue, and what it should achieve.
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
  /** The queue's name, or its URL when it belongs to another account. */
  readonly queue: string
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
  }
  /** What the scaling is for. */
  readonly objective: {
    /** How long messages may wait in the queue before a task takes them. */
    readonly wait: {
      /** 99 of 100 messages should wait no longer. */
      readonly p99: Duration
    }
  }
  /** Where the published metric goes. Its dimensions are always ClusterName and ServiceName. */
  readonly metric?:
    | {
        /** CloudWatch namespace. Default `Longshore`. Change it where IAM grants a team its own namespace. */
        readonly namespace?: string | undefined
        /** Metric name. Default `BacklogPerTask`. */
        readonly name?: string | undefined
      }
    | undefined
  /** Pauses after a scaling action; Application Auto Scaling takes whole seconds, so fractions are rounded up. */
  readonly cooldowns?:
    | {
        /**
         * Pause after scaling out. Default, and least allowed: 70 s (the alarm's period and one beat) plus `launchTime`.
         * A shorter one counts the same backlog twice, because scaling starts from the tasks that already run.
         */
        readonly scaleOut?: Duration | undefined
        /** Pause after scaling in. Default `5m`, as AWS has it. */
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

/** Marks what {@link defineService} returned, across copies of this package. */
export const SERVICE_BRAND: unique symbol = Symbol.for('@longshore/scaler/service')

/** A checked {@link ServiceConfig} with every default in place and every number in the unit its name says. */
export interface Service {
  readonly [SERVICE_BRAND]: true
  readonly cluster: string
  readonly service: string
  readonly queue: string
  readonly region: string | undefined
  readonly tasks: { readonly min: number; readonly max: number; readonly concurrency: number }
  readonly handling: { readonly meanMs: number }
  readonly objective: { readonly wait: { readonly p99Ms: number } }
  readonly metric: { readonly namespace: string; readonly name: string }
  readonly cooldowns: { readonly scaleOutSeconds: number; readonly scaleInSeconds: number }
  readonly launchTimeMs: number
}
