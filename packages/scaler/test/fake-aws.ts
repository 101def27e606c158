import type {
  AlarmReading,
  Aws,
  LivePolicy,
  LiveTarget,
  MetricSample,
  QueueCounts,
  ScalingActivity,
  ServiceCounts,
} from '../src/aws/port.js'
import { AwsCallError } from '../src/errors.js'
import type { AwsCallCode } from '../src/errors.js'

/** An AWS in memory at the port: it keeps what it is told, and fails where a test says so. */
export interface FakeAws extends Aws {
  queue: QueueCounts
  service: ServiceCounts
  target: LiveTarget | null
  policies: LivePolicy[]
  alarmReadings: AlarmReading[]
  activities: ScalingActivity[]
  readonly published: MetricSample[]
  /** Calls in their order, by method name. */
  readonly calls: string[]
  /** Makes calls of this name fail from now on; undefined mends it. */
  fail(call: Exclude<keyof Aws, 'close'>, code: AwsCallCode | undefined): void
  /** Makes calls of this name wait until aborted. */
  hang(call: Exclude<keyof Aws, 'close'>): void
}

export function fakeAws(): FakeAws {
  const failures = new Map<string, AwsCallCode>()
  const hanging = new Set<string>()

  const answer = async <T>(call: string, value: () => T, signal?: AbortSignal): Promise<T> => {
    aws.calls.push(call)
    const code = failures.get(call)
    if (code !== undefined) throw new AwsCallError(code, `${call} failed.`)
    if (hanging.has(call)) await new Promise((resolve) => signal?.addEventListener('abort', resolve))
    if (signal?.aborted) throw new AwsCallError('CALL_ABORTED', `${call} was given up.`)
    return value()
  }

  const aws: FakeAws = {
    queue: { visible: 0, inFlight: 0, delayed: 0 },
    service: { desired: 1, running: 1, pending: 0, isDeploying: false },
    target: null,
    policies: [],
    alarmReadings: [],
    activities: [],
    published: [],
    calls: [],
    fail: (call, code) => void (code === undefined ? failures.delete(call) : failures.set(call, code)),
    hang: (call) => void hanging.add(call),
    queueCounts: (_queue, signal) => answer('queueCounts', () => aws.queue, signal),
    serviceCounts: (_service, signal) => answer('serviceCounts', () => aws.service, signal),
    publishMetric: (sample, signal) => answer('publishMetric', () => void aws.published.push(sample), signal),
    scalableTarget: (_resource, signal) => answer('scalableTarget', () => aws.target, signal),
    scalingPolicies: (_resource, signal) => answer('scalingPolicies', () => aws.policies, signal),
    scalingActivities: (_resource, signal) => answer('scalingActivities', () => aws.activities, signal),
    alarms: (names, signal) =>
      answer('alarms', () => aws.alarmReadings.filter(({ name }) => names.includes(name)), signal),
    registerScalableTarget: (target, signal) =>
      answer(
        'registerScalableTarget',
        () => {
          const suspended = aws.target?.suspended ?? { scaleIn: false, scaleOut: false }
          aws.target = { ...target, suspended }
        },
        signal,
      ),
    putScalingPolicy: (policy, signal) =>
      answer(
        'putScalingPolicy',
        () => {
          const tracking = { ...policy, statistic: 'Average', unit: undefined }
          const live = { name: policy.name, type: 'TargetTrackingScaling', tracking, alarmNames: [] }
          aws.policies = [...aws.policies.filter(({ name }) => name !== policy.name), live]
        },
        signal,
      ),
    close: () => {},
  }
  return aws
}
