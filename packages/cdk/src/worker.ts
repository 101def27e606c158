import { durationMs } from '@longshore/core/time'
import { ConfigError, planFor } from '@longshore/scaler'
import type { OptionProblem, Plan, Role, Service } from '@longshore/scaler'
import { Annotations } from 'aws-cdk-lib/core'
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch'
import type * as ecs from 'aws-cdk-lib/aws-ecs'
import type { IRole } from 'aws-cdk-lib/aws-iam'
import type { LogGroup } from 'aws-cdk-lib/aws-logs'
import type * as sqs from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import { checkedConfig } from './config.js'
import { queueArnsOf } from './names.js'
import { grantTo } from './permissions.js'
import { LongshorePublisher } from './publisher.js'
import { PublisherService } from './publisher-service.js'
import { LongshoreScaling } from './scaling.js'
import { annotateWorker } from './worker-findings.js'
import { propProblems, settingsOf } from './worker-props.js'
import type { LongshoreWorkerProps, WorkerSettings } from './worker-props.js'
import { deadLetterAlarms, queuesOf } from './worker-queues.js'
import type { WorkerQueues } from './worker-queues.js'
import { serviceOf, taskOf } from './worker-tasks.js'

/**
 * A service of workers with all that it needs: its queues and their dead-letter queues, the task with its role and log,
 * the ECS service, its scaling, and what publishes for it.
 *
 * @throws ConfigError with every problem of the props or of the configuration at once.
 */
export class LongshoreWorker extends Construct {
  readonly service: ecs.BaseService
  readonly taskDefinition: ecs.TaskDefinition
  readonly scaling: LongshoreScaling
  /** By the configuration's names, those that were given included. */
  readonly queues: Readonly<Record<string, sqs.IQueue>>
  readonly deadLetterQueues: Readonly<Record<string, sqs.IQueue>>
  /** The function that publishes, where that is what publishes. */
  readonly publisher: LongshorePublisher | undefined
  /** On what needs a person: messages in dead-letter queues, and a publisher that fails. Add your actions. */
  readonly alarms: readonly Alarm[]

  constructor(scope: Construct, id: string, props: LongshoreWorkerProps) {
    super(scope, id)
    this.#refuse(propProblems(props))
    const settings = settingsOf(props)
    const config = checkedConfig(props.config)
    this.#refuse(crossProblems(config, settings))
    const plan = planFor(config)

    const found = queuesOf(this, config, settings)
    this.queues = found.queues
    this.deadLetterQueues = found.deadLetterQueues
    const parts = { config, settings, queues: this.queues }
    this.taskDefinition = taskOf(this, parts)
    this.service = serviceOf(this, parts, this.taskDefinition)
    this.#grantWorker({ config, plan, settings, found })

    this.scaling = new LongshoreScaling(this, 'Scaling', {
      config,
      service: this.service,
      queues: this.queues,
      task: { cpuUnits: settings.cpu, stopTimeoutSeconds: durationMs(settings.stopTimeout) / 1_000 },
      vcpuQuota: settings.vcpuQuota,
    })
    annotateWorker(this, settings, found)
    // Heartbeats extend it: a visibility timeout need not cover handlings here.
    Annotations.of(this.scaling).acknowledgeWarning('@longshore/cdk:visibility-short')

    this.publisher = this.#publish(settings, plan)
    this.alarms = [
      ...deadLetterAlarms(this, found),
      ...(this.publisher === undefined ? [] : [this.publisher.alarm]),
    ]
  }

  #refuse(problems: readonly OptionProblem[]): void {
    if (problems.length > 0) throw new ConfigError(`LongshoreWorker ${this.node.path}`, problems)
  }

  #grantWorker(of: {
    readonly config: Service
    readonly plan: Plan
    readonly settings: WorkerSettings
    readonly found: WorkerQueues
  }): void {
    const { config, plan, settings, found } = of
    const role = this.taskDefinition.taskRole
    grantTo(role, this, {
      // The service waits for its role: a reference from the role back to the service would be a circle.
      service: { ...config, cluster: settings.cluster.clusterName },
      plan,
      roles: ['worker'],
      queueArns: queueArnsOf(this, config, found.queues),
      deadLetterQueueArns: Object.values(found.deadLetterQueues).map(({ queueArn }) => queueArn),
      publishesInWorkers: settings.publisher === 'workers',
    })
    grantKeys(role, found)
  }

  #publish(settings: WorkerSettings, plan: Plan): LongshorePublisher | undefined {
    const { publisher, logRetention } = settings
    const { config } = this.scaling
    const isNeeded = plan.publishes.length > 0 || config.strategy.kind === 'controller'
    if (!isNeeded) return undefined
    if (publisher === 'lambda')
      return new LongshorePublisher(this, 'Publisher', { scalings: [this.scaling], logRetention })
    if (typeof publisher === 'object') {
      const logGroup = this.node.findChild('Log') as LogGroup
      const service = new PublisherService(this, 'Publisher', { config, settings, publisher, logGroup })
      const roles: Role[] = ['publisher', 'controller']
      grantTo(service.taskDefinition.taskRole, this, {
        service: { ...config, cluster: settings.cluster.clusterName },
        plan,
        roles,
        queueArns: this.scaling.queueArns,
      })
    }
    return undefined
  }
}

function crossProblems(config: Service, { publisher, queues = {} }: WorkerSettings): OptionProblem[] {
  const elsewhere = config.queues
    .filter(({ name }) => name.includes('/') && queues[name] === undefined)
    .map(({ name }) => ({
      path: 'queues',
      expected: `the queue '${name}': one that has a URL is there already`,
      got: 'nothing',
    }))
  const isStranded = publisher === 'workers' && config.tasks.min === 0 && !config.fallback
  return [
    ...elsewhere,
    ...(isStranded
      ? [
          {
            path: 'publisher',
            expected:
              "'lambda', or the fallback in the configuration: at zero tasks no worker publishes, and nothing would wake the service",
            got: "'workers'",
          },
        ]
      : []),
  ]
}

/** What encrypted queues ask of those who read them, and of those who copy to dead-letter queues. */
function grantKeys(role: IRole, { queues, deadLetterQueues }: WorkerQueues): void {
  for (const { encryptionMasterKey } of Object.values(queues)) encryptionMasterKey?.grantDecrypt(role)
  for (const { encryptionMasterKey } of Object.values(deadLetterQueues))
    encryptionMasterKey?.grant(role, 'kms:Decrypt', 'kms:GenerateDataKey*')
}
