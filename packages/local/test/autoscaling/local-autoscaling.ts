import { ApplicationAutoScaling as AutoScalingClient } from '@aws-sdk/client-application-auto-scaling'
import type {
  PutScalingPolicyCommandOutput,
  TargetTrackingScalingPolicyConfiguration,
} from '@aws-sdk/client-application-auto-scaling'
import { CloudWatch as CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import { manualClock } from '@longshore/core/testing'
import type { ManualClock } from '@longshore/core/testing'
import { withParameters } from '@longshore/model'
import type { ModelParameters } from '@longshore/model'

import { ApplicationAutoScaling } from '../../src/autoscaling/application-auto-scaling.js'
import { CloudWatch } from '../../src/cloudwatch/cloudwatch.js'
import { HOST, LocalServer } from '../../src/server/local-server.js'
import { ServicePort } from './service-port.js'

export const ACCOUNT_ID = '123456789012'
export const REGION = 'us-east-1'
const MINUTE_MS = 60_000

/** What every call about the service says of it. */
export const THUMBNAILS = {
  ServiceNamespace: 'ecs',
  ResourceId: 'service/media/thumbnails',
  ScalableDimension: 'ecs:service:DesiredCount',
} as const

/** The reasons for not scaling that become activities; of all others AWS says nothing. */
export const REPORTED_REASONS: ReadonlySet<string> = new Set([
  'AutoScalingAnticipatedFlapping',
  'TargetServicePutResourceAsUnscalable',
  'AlreadyAtMaxCapacity',
  'AlreadyAtMinCapacity',
  'AlreadyAtDesiredCapacity',
])

/** Application Auto Scaling and CloudWatch behind this package's server, called with AWS's own clients. */
export interface LocalAutoScaling {
  readonly client: AutoScalingClient
  readonly cloudWatch: CloudWatchClient
  readonly clock: ManualClock
  readonly service: ServicePort
  register(limits?: { MinCapacity?: number; MaxCapacity?: number }): Promise<string>
  /** Tracks 10 of the metric `Backlog`. */
  track(
    configuration?: Partial<TargetTrackingScalingPolicyConfiguration>,
    PolicyName?: string,
  ): Promise<PutScalingPolicyCommandOutput>
  /** A value of the metric a minute; undefined publishes nothing. */
  passMinutes(...values: (number | undefined)[]): Promise<void>
  activities(includeNotScaled?: boolean): Promise<readonly string[]>
  close(): Promise<void>
}

export function metricNamed(MetricName: string) {
  return { CustomizedMetricSpecification: { Namespace: 'Shop', MetricName, Statistic: 'Average' as const } }
}

export async function startAutoScaling(
  options: { tasks?: number; startMs?: number; parameters?: Partial<ModelParameters> } = {},
): Promise<LocalAutoScaling> {
  const clock = manualClock(options.startMs)
  const service = new ServicePort(clock, options.tasks ?? 2)
  let seed = 0
  const random = () => (seed = (seed + 0.377) % 1)
  const account = { accountId: ACCOUNT_ID, region: REGION, clock, controlClock: clock, random }
  const parameters = withParameters(options.parameters ?? {})
  const cloudWatch = new CloudWatch(account, {
    onAlarmActions: (notices) => autoScaling.onAlarmActions(notices),
    parameters,
  })
  const autoScaling = new ApplicationAutoScaling(account, { cloudWatch, ecs: service, parameters })
  const server = new LocalServer({
    fallback: { accountId: ACCOUNT_ID, region: REGION },
    service: (_caller, name) => (name === 'cloudwatch' ? cloudWatch : autoScaling),
    onCall: () => {},
    health: () => ({}),
  })
  const connection = { region: REGION, endpoint: `http://${HOST}:${await server.listen(0)}`, maxAttempts: 1 }
  const client = new AutoScalingClient(connection)
  const cloudWatchClient = new CloudWatchClient(connection)
  return {
    client,
    cloudWatch: cloudWatchClient,
    clock,
    service,
    register: async (limits = { MinCapacity: 1, MaxCapacity: 20 }) =>
      (await client.registerScalableTarget({ ...THUMBNAILS, ...limits })).ScalableTargetARN ?? '',
    track: (configuration = {}, PolicyName = 'backlog') =>
      client.putScalingPolicy({
        ...THUMBNAILS,
        PolicyName,
        PolicyType: 'TargetTrackingScaling',
        TargetTrackingScalingPolicyConfiguration: {
          TargetValue: 10,
          ...metricNamed('Backlog'),
          ...configuration,
        },
      }),
    passMinutes: async (...values) => {
      for (const Value of values) {
        const MetricData = [{ MetricName: 'Backlog', Value, Timestamp: new Date(clock.now()) }]
        if (Value !== undefined) await cloudWatchClient.putMetricData({ Namespace: 'Shop', MetricData })
        await clock.advance(MINUTE_MS)
      }
    },
    activities: async (IncludeNotScaledActivities = false) => {
      const request = { ...THUMBNAILS, IncludeNotScaledActivities }
      const { ScalingActivities = [] } = await client.describeScalingActivities(request)
      return ScalingActivities.map(
        (activity) =>
          `${activity.StatusCode}: ${activity.NotScaledReasons?.map((reason) => reason.Code).join() ?? activity.Description}`,
      )
    },
    close: async () => {
      client.destroy()
      cloudWatchClient.destroy()
      autoScaling.close()
      cloudWatch.close()
      await server.close()
    },
  }
}
