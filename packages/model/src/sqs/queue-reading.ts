/**
 * What SQS knows of one queue at the end of a minute, before CloudWatch shows it. Gauges are values at the instant of
 * reading; counters count since the reading before.
 */
export interface QueueReading {
  readonly queueName: string
  readonly visible: number
  readonly inFlight: number
  readonly delayed: number
  /** Seconds since the oldest visible or in-flight message was sent; undefined when there is none. */
  readonly oldestAgeSeconds: number | undefined
  readonly sent: number
  readonly received: number
  readonly deleted: number
  /** ReceiveMessage calls that returned nothing. */
  readonly emptyReceives: number
  /** Bytes of each message sent, as a statistic set; undefined when none was sent. */
  readonly sentBytes: { readonly sum: number; readonly minimum: number; readonly maximum: number } | undefined
  /** FIFO queues only: message groups with messages in flight. */
  readonly groupsInFlight?: number | undefined
  /** FIFO queues only: messages sent that were not stored, because they repeated earlier ones. */
  readonly deduplicated?: number | undefined
  /** Standard queues only, once a message with a group id was sent to them. */
  readonly fairness?: FairnessReading | undefined
}

/** What a fair queue holds of groups that are not noisy. Messages without a group are among them. */
export interface FairnessReading {
  readonly noisyGroups: number
  readonly quietVisible: number
  readonly quietInFlight: number
  readonly quietDelayed: number
  /** 0 when there is no such message. */
  readonly quietOldestAgeSeconds: number
}
