import type { ModelParameters } from '@longshore/model'

import { ApplicationAutoScaling } from './autoscaling/application-auto-scaling.js'
import { CloudWatch } from './cloudwatch/cloudwatch.js'
import { SqsMetrics } from './cloudwatch/sqs-metrics.js'
import type { TaskAgent } from './ecs/agent/task-agent.js'
import { Ecs } from './ecs/ecs.js'
import type { ServiceEvent } from './ecs/service-state-change.js'
import type { TaskStateChangeEvent } from './ecs/task-state-change.js'
import type { TaskOutput } from './options.js'
import type { ServiceName } from './server/protocols/aws-services.js'
import type { AccountContext, Service } from './server/service.js'
import type { QueueCounts } from './sqs/queue.js'
import type { SqsOptions } from './sqs/sqs-options.js'
import { Sqs } from './sqs/sqs.js'
import { Sts } from './sts/sts.js'

/** What the services of an account are set up with. */
export interface AccountSettings extends SqsOptions {
  /** Control-plane milliseconds from a task's launch to RUNNING. */
  readonly launchDelayMs: number
  /** The rules that AWS does not publish. */
  readonly parameters: ModelParameters
  readonly workingDirectory: string
  /** Variables that let a task's process reach this account; read at each launch. */
  readonly taskEnvironment: () => Record<string, string>
  readonly onTaskOutput: (output: TaskOutput) => void
  readonly onTaskStateChange?: ((event: TaskStateChangeEvent) => unknown) | undefined
  readonly onServiceEvent?: ((event: ServiceEvent) => unknown) | undefined
  /** Of the whole server. */
  readonly agent: TaskAgent
}

/** The services of one account in one region. */
export interface Account {
  readonly services: Readonly<Record<ServiceName, Service>> & { readonly sqs: Sqs; readonly ecs: Ecs }
  /** The three counts of each queue, by its name. */
  queueCounts(): ReadonlyMap<string, QueueCounts>
  close(): Promise<void>
}

/** Makes an account's services and connects them. */
export function openAccount(context: AccountContext, settings: AccountSettings): Account {
  const { parameters } = settings
  const sqs = new Sqs(context, settings)
  // No alarm is evaluated before the next turn, when auto scaling is there.
  const cloudwatch = new CloudWatch(context, {
    onAlarmActions: (notices) => autoscaling.onAlarmActions(notices),
    parameters,
  })
  const sqsMetrics = new SqsMetrics(context, {
    takeReadings: () => sqs.takeReadings(),
    cloudWatch: cloudwatch,
    parameters,
  })
  const ecs = new Ecs(context, { ...settings, onDatum: (datum) => cloudwatch.record(datum) })
  const autoscaling = new ApplicationAutoScaling(context, { cloudWatch: cloudwatch, ecs, parameters })
  return {
    services: { sqs, cloudwatch, autoscaling, ecs, sts: new Sts(context) },
    queueCounts: () => sqs.counts(),
    close: async () => {
      // What decides ends first, so that nothing is launched any more.
      autoscaling.close()
      sqsMetrics.close()
      cloudwatch.close()
      // Tasks settle their messages on the way out: SQS ends last.
      await ecs.close().finally(() => sqs.close())
    },
  }
}
