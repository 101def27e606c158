import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling'
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import { ECSClient } from '@aws-sdk/client-ecs'
import { SQSClient } from '@aws-sdk/client-sqs'
import { durationMs } from '@longshore/core/time'
import type { Duration } from '@longshore/core/time'
import { alarmCalls } from './alarms.js'
import { autoscalingCalls } from './autoscaling.js'
import { createCalls } from './calls.js'
import type { AwsCall, Calls } from './calls.js'
import { endpointOverride } from './endpoint.js'
import type { ClientName, EndpointOverride } from './endpoint.js'
import { metricReads } from './metric-reads.js'
import { metricCalls } from './metrics.js'
import type { Aws } from './port.js'
import { queueCalls } from './queue.js'
import { serviceCalls } from './service.js'
import { taskCalls } from './tasks.js'

/** Where to find AWS, and how long to wait for it. */
export interface ConnectOptions {
  /** Default: the SDK's own search (`AWS_REGION`, then the profile). */
  readonly region?: string | undefined
  /** One endpoint for all services, in place of AWS's. Default: `AWS_ENDPOINT_URL` and its kin, else AWS. */
  readonly endpoint?: string | undefined
  /** Longest that one call may take, retries included; in real time, also where the clock is scaled. Default `5s`. */
  readonly callTimeout?: Duration | undefined
  /** Told of each call once it has ended; must not throw. Default: nobody is. */
  readonly onCall?: ((call: AwsCall) => void) | undefined
}

/** Creates the SDK's clients. Connects on the first call; {@link Aws.close} ends it. */
export function connectAws(options: ConnectOptions = {}): Aws {
  const { region, endpoint } = options
  const clientOptions = {
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
  }
  const overrideOf = (client: ClientName): EndpointOverride | undefined =>
    endpoint === undefined
      ? endpointOverride(client, process.env)
      : { url: endpoint, setBy: 'The option `endpoint`' }
  const callsOf = (
    client: ClientName,
    { config }: { readonly config: { region: () => Promise<string> } },
  ): Calls =>
    createCalls({
      deadlineMs: durationMs(options.callTimeout ?? '5s'),
      override: overrideOf(client),
      region: () => config.region(),
      onCall: options.onCall ?? (() => undefined),
    })

  // A QueueUrl's own host wins over an endpoint override unless told otherwise, and could be real AWS.
  const sqs = new SQSClient(
    overrideOf('sqs') === undefined ? clientOptions : { ...clientOptions, useQueueUrlAsEndpoint: false },
  )
  const ecs = new ECSClient(clientOptions)
  const cloudwatch = new CloudWatchClient(clientOptions)
  const autoscaling = new ApplicationAutoScalingClient(clientOptions)
  return {
    ...queueCalls(sqs, callsOf('sqs', sqs)),
    ...serviceCalls(ecs, callsOf('ecs', ecs)),
    ...taskCalls(ecs, callsOf('ecs', ecs)),
    ...metricCalls(cloudwatch, callsOf('cloudwatch', cloudwatch)),
    ...alarmCalls(cloudwatch, callsOf('cloudwatch', cloudwatch)),
    ...metricReads(cloudwatch, callsOf('cloudwatch', cloudwatch)),
    ...autoscalingCalls(autoscaling, callsOf('autoscaling', autoscaling)),
    close() {
      for (const client of [sqs, ecs, cloudwatch, autoscaling]) client.destroy()
    },
  }
}
