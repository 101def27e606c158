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
}
