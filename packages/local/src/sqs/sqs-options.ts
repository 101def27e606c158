import type { ModelParameters } from '@longshore/model'

/** What of AWS's behaviour a local SQS shows, or spares its users. */
export interface SqsOptions {
  /** False lets a queue be purged again, and the name of a deleted queue be used again, at once. Default true. */
  readonly strictTiming?: boolean
  /** True throttles FIFO queues at AWS's quotas. Default false. */
  readonly fifoThroughputLimits?: boolean
  /** What AWS does not publish of fair queues; default: the model's. */
  readonly parameters?: ModelParameters
}
