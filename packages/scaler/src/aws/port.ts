/**
 * What this package asks of AWS, in its own words. The one implementation that speaks to AWS is `sdk-aws.ts`;
 * everything else takes this interface. Every call may throw {@link AwsCallError}, and ends within its deadline.
 */
export interface Aws {
  /** SQS's three approximate counts. `queue` is a name or a URL. */
  queueCounts(queue: string, signal?: AbortSignal): Promise<QueueCounts>
  serviceCounts(service: ServiceName, signal?: AbortSignal): Promise<ServiceCounts>
  /** Publishes one high-resolution value (one second), stamped by CloudWatch on arrival. */
  publishMetric(sample: MetricSample, signal?: AbortSignal): Promise<void>
  /** The registered scalable target of `resourceId`; null when there is none. */
  scalableTarget(resourceId: string, signal?: AbortSignal): Promise<LiveTarget | null>
  /** All scaling policies of `resourceId`, also those that others made. */
  scalingPolicies(resourceId: string, signal?: AbortSignal): Promise<readonly LivePolicy[]>
  /** The latest scaling activities of `resourceId`, newest first, those included in which nothing was scaled. */
  scalingActivities(resourceId: string, signal?: AbortSignal): Promise<readonly ScalingActivity[]>
  alarms(names: readonly string[], signal?: AbortSignal): Promise<readonly AlarmReading[]>
  /** Creates or updates; what the call doesn't name (suspensions) stays as it is. */
  registerScalableTarget(target: ScalableTarget, signal?: AbortSignal): Promise<void>
  /** Creates the policy of this name, or replaces it; Application Auto Scaling makes its alarms. */
  putScalingPolicy(policy: TargetTrackingPolicy, signal?: AbortSignal): Promise<void>
  /** Closes connections. Calls that still run fail. */
  close(): void
}

/** An ECS service by its names. */
export interface ServiceName {
  readonly cluster: string
  readonly service: string
}

/** What a queue holds; approximate, as SQS says (up to a minute behind after sends stop). */
export interface QueueCounts {
  readonly visible: number
  readonly inFlight: number
  readonly delayed: number
}

/** Task counts of a service. */
export interface ServiceCounts {
  readonly desired: number
  readonly running: number
  readonly pending: number
  /** More than one deployment is active: Application Auto Scaling doesn't scale in meanwhile. */
  readonly isDeploying: boolean
}

/** Where a metric lives in CloudWatch. */
export interface MetricIdentity {
  readonly namespace: string
  readonly name: string
  readonly dimensions: Readonly<Record<string, string>>
}

/** One value to publish. */
export interface MetricSample {
  readonly metric: MetricIdentity
  readonly value: number
}

/** Bounds within which a service is scaled. */
export interface ScalableTarget {
  /** `service/<cluster>/<service>`. */
  readonly resourceId: string
  readonly minCapacity: number
  readonly maxCapacity: number
}

/** A policy that holds the Average of a published metric at a target. */
export interface TargetTrackingPolicy {
  readonly name: string
  readonly resourceId: string
  readonly metric: MetricIdentity
  readonly targetValue: number
  readonly scaleOutCooldownSeconds: number
  readonly scaleInCooldownSeconds: number
  readonly disableScaleIn: boolean
}

/** What somebody switched off on a scalable target. */
export interface Suspensions {
  readonly scaleIn: boolean
  readonly scaleOut: boolean
}

/** A scalable target as registered. */
export interface LiveTarget extends ScalableTarget {
  readonly suspended: Suspensions
}

/** A scaling policy as it exists; ours or anyone's. */
export interface LivePolicy {
  readonly name: string
  /** AWS's word, such as `TargetTrackingScaling`. */
  readonly type: string
  /** How it tracks its target; undefined for other kinds of policy. */
  readonly tracking: LiveTracking | undefined
  /** Names of the alarms that Application Auto Scaling keeps for it. */
  readonly alarmNames: readonly string[]
}

/** A target-tracking policy's settings as AWS returns them; undefined where AWS's default is in force. */
export interface LiveTracking {
  /** The metric, or a few words for what is not one published metric (`predefined …`, `metric math`). */
  readonly metric: MetricIdentity | string
  readonly statistic: string | undefined
  readonly unit: string | undefined
  readonly targetValue: number | undefined
  readonly scaleOutCooldownSeconds: number | undefined
  readonly scaleInCooldownSeconds: number | undefined
  readonly disableScaleIn: boolean
}

/** One line of the history of scaling. */
export interface ScalingActivity {
  readonly status: string
  readonly description: string
  readonly cause: string
  readonly message: string | undefined
  readonly startedAtMs: number
  readonly endedAtMs: number | undefined
  /** AWS's codes for why nothing was scaled, such as `AlreadyAtMaxCapacity`. */
  readonly notScaled: readonly string[]
}

/** An alarm as CloudWatch sees it now. */
export interface AlarmReading {
  readonly name: string
  readonly state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA'
  readonly reason: string
  readonly changedAtMs: number | undefined
  /** Scale-out alarms fire above their threshold, scale-in alarms below. */
  readonly direction: 'above' | 'below'
  readonly threshold: number | undefined
  readonly periodSeconds: number | undefined
  readonly datapointsToAlarm: number | undefined
}
