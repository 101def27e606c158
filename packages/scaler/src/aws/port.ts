import type { TaskFacts } from '../plan/lint/facts.js'
import type { LiveAlarm, LivePolicy, LiveScheduledAction, LiveTarget, Tags } from '../plan/live.js'
import type {
  Alarm,
  MetricIdentity,
  ScalableTarget,
  ScalingPolicy,
  ScheduledAction,
} from '../plan/resources.js'

/**
 * What this package asks of AWS, in its own words. The one implementation that speaks to AWS is made by `connect.ts`;
 * everything else takes this interface. Every call may throw {@link AwsCallError}, and ends within its deadline.
 */
export interface Aws extends ReadingCalls, ChangingCalls {
  /** Publishes high-resolution values (one second), stamped by CloudWatch on arrival. One call for up to 1,000. */
  publishMetrics(samples: readonly MetricSample[], signal?: AbortSignal): Promise<void>
  /** Closes connections. Calls that still run fail. */
  close(): void
}

/** Calls that change nothing. */
export interface ReadingCalls {
  /** SQS's three approximate counts. `queue` is a name or a URL. */
  queueCounts(queue: string, signal?: AbortSignal): Promise<QueueCounts>
  /**
   * Visible messages of a fair queue's noisy groups, as CloudWatch knew them last before `nowMs`; undefined where it
   * doesn't know.
   */
  noisyVisible(queue: string, nowMs: number, signal?: AbortSignal): Promise<number | undefined>
  /** A queue's own visibility timeout, in seconds. */
  visibilityTimeoutSeconds(queue: string, signal?: AbortSignal): Promise<number>
  /** What the workers of a service have done for a queue in the ten minutes before `nowMs`, as CloudWatch knows. */
  handled(of: WorkerMetrics, nowMs: number, signal?: AbortSignal): Promise<Handled>
  serviceCounts(service: ServiceName, signal?: AbortSignal): Promise<ServiceCounts>
  /** ARNs of the service's tasks that are to run, whether they do already or not. */
  serviceTasks(service: ServiceName, signal?: AbortSignal): Promise<readonly string[]>
  /** Those of these tasks that run and are not about to stop. No call for none. */
  runningTasks(
    service: ServiceName,
    arns: readonly string[],
    signal?: AbortSignal,
  ): Promise<readonly RunningTask[]>
  /** How many of these tasks are protected from scale-in. No call for none. */
  protectedTasks(service: ServiceName, arns: readonly string[], signal?: AbortSignal): Promise<number>
  /** What ECS has said of the service of late, newest first. */
  serviceEvents(service: ServiceName, signal?: AbortSignal): Promise<readonly ServiceEvent[]>
  /** What the service's task definition says of its tasks. */
  taskSettings(service: ServiceName, signal?: AbortSignal): Promise<TaskFacts>
  /** Whether the cluster counts its services' tasks as metrics; undefined where ECS does not say. */
  containerInsights(cluster: string, signal?: AbortSignal): Promise<boolean | undefined>
  /** The registered scalable target of `resourceId`; null when there is none. */
  scalableTarget(resourceId: string, signal?: AbortSignal): Promise<LiveTarget | null>
  scalableTargetTags(arn: string, signal?: AbortSignal): Promise<Tags>
  /** All scaling policies of `resourceId`, also those that others made. */
  scalingPolicies(resourceId: string, signal?: AbortSignal): Promise<readonly LivePolicy[]>
  /** All scheduled actions of `resourceId`, also those that others made. */
  scheduledActions(resourceId: string, signal?: AbortSignal): Promise<readonly LiveScheduledAction[]>
  /** The latest scaling activities of `resourceId`, newest first, those included in which nothing was scaled. */
  scalingActivities(resourceId: string, signal?: AbortSignal): Promise<readonly ScalingActivity[]>
  /** Alarms with their states; names that don't exist are left out. */
  alarms(names: readonly string[], signal?: AbortSignal): Promise<readonly AlarmReading[]>
  alarmsWithPrefix(prefix: string, signal?: AbortSignal): Promise<readonly AlarmReading[]>
  alarmTags(arn: string, signal?: AbortSignal): Promise<Tags>
}

/** Calls that make the account as a plan says. Each sets its resource whole, so that twice is once. */
export interface ChangingCalls {
  /** Creates with `tags`, or updates; what is switched off stays as it is where the target says nothing of it. */
  registerScalableTarget(target: ScalableTarget, tags: Tags, signal?: AbortSignal): Promise<void>
  /** Creates the policy of this name, or replaces it; returns its ARN. */
  putScalingPolicy(policy: ScalingPolicy, signal?: AbortSignal): Promise<string>
  putScheduledAction(action: ScheduledAction, signal?: AbortSignal): Promise<void>
  /** Creates with `tags`, or updates. `policyArn` is what the alarm sets off. */
  putAlarm(
    alarm: Alarm,
    on: { readonly policyArn: string; readonly tags: Tags },
    signal?: AbortSignal,
  ): Promise<void>
  /** Removing what isn't there is no failure. The target takes its policies and scheduled actions along. */
  deregisterScalableTarget(resourceId: string, signal?: AbortSignal): Promise<void>
  deleteScalingPolicy(resourceId: string, name: string, signal?: AbortSignal): Promise<void>
  deleteScheduledAction(resourceId: string, name: string, signal?: AbortSignal): Promise<void>
  deleteAlarm(name: string, signal?: AbortSignal): Promise<void>
  /** Sets the service's desired count. */
  setDesiredCount(service: ServiceName, desired: number, signal?: AbortSignal): Promise<void>
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

/** Where workers publish what they do for a queue. */
export interface WorkerMetrics {
  readonly namespace: string
  /** The ECS service's name. */
  readonly service: string
  /** The queue's name or URL. */
  readonly queue: string
  /** Those that they publish with beside both. */
  readonly dimensions: Readonly<Record<string, string>>
}

/** Handlings, and the milliseconds that they took together. */
export interface Handled {
  readonly count: number
  readonly busyMs: number
}

/** Task counts of a service. */
export interface ServiceCounts {
  readonly desired: number
  readonly running: number
  readonly pending: number
  /** More than one deployment is active: Application Auto Scaling doesn't scale in meanwhile. */
  readonly isDeploying: boolean
}

/** A task that runs, and since when. */
export interface RunningTask {
  readonly arn: string
  readonly startedAtMs: number
}

/** One message of ECS about a service. */
export interface ServiceEvent {
  readonly atMs: number
  readonly message: string
}

/** One value to publish. */
export interface MetricSample {
  readonly metric: MetricIdentity
  readonly value: number
  readonly unit: 'Count' | 'Seconds' | 'Percent'
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
export interface AlarmReading extends LiveAlarm {
  readonly state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA'
  readonly reason: string
  readonly changedAtMs: number | undefined
  /** Which way it fires. Target tracking scales out on alarms that fire above their threshold, in on those below. */
  readonly direction: 'above' | 'below'
}
