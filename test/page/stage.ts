// A local AWS with something of everything that the page shows, moving.
import {
  PutScalingPolicyCommand,
  RegisterScalableTargetCommand,
  ApplicationAutoScalingClient,
} from '@aws-sdk/client-application-auto-scaling'
import { CloudWatchClient, PutMetricAlarmCommand, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch'
import {
  CreateClusterCommand,
  CreateServiceCommand,
  DeleteServiceCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs'
import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { startLocalAws } from '@longshore/local'
import type { LocalAws } from '@longshore/local'

const RESOURCE = {
  ServiceNamespace: 'ecs',
  ResourceId: 'service/press/thumbnails',
  ScalableDimension: 'ecs:service:DesiredCount',
} as const
const METRIC = {
  Namespace: 'Longshore',
  MetricName: 'BacklogPerTask',
  Dimensions: [
    { Name: 'ClusterName', Value: 'press' },
    { Name: 'ServiceName', Value: 'thumbnails' },
  ],
}
const LOG = 'n=0; while true; do n=$((n + 1)); echo "image $n is done"; sleep 0.2; done'

export class Stage {
  readonly aws: LocalAws
  readonly #sqs: SQSClient
  readonly #cloudwatch: CloudWatchClient
  readonly #ecs: ECSClient
  readonly #scaling: ApplicationAutoScalingClient

  private constructor(aws: LocalAws) {
    const client = {
      endpoint: aws.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: '000000000000', secretAccessKey: 'local' },
    }
    this.aws = aws
    this.#sqs = new SQSClient({ ...client, useQueueUrlAsEndpoint: false })
    this.#cloudwatch = new CloudWatchClient(client)
    this.#ecs = new ECSClient(client)
    this.#scaling = new ApplicationAutoScalingClient(client)
  }

  /** Nobody has called it yet. A minute of its control plane is a second. */
  static async open(): Promise<Stage> {
    return new Stage(await startLocalAws({ timeScale: 60, launchDelay: '10s', metricDelay: '0s' }))
  }

  /** A queue with messages, and one for its dead letters. */
  async fillQueues(): Promise<void> {
    await this.#sqs.send(new CreateQueueCommand({ QueueName: 'thumbnails-dead-letters' }))
    const RedrivePolicy = JSON.stringify({
      deadLetterTargetArn: 'arn:aws:sqs:us-east-1:000000000000:thumbnails-dead-letters',
      maxReceiveCount: 5,
    })
    const { QueueUrl } = await this.#sqs.send(
      new CreateQueueCommand({ QueueName: 'thumbnails', Attributes: { RedrivePolicy } }),
    )
    const Entries = Array.from({ length: 10 }, (_, at) => ({
      Id: String(at),
      MessageBody: JSON.stringify({ bucket: 'photos', key: `2026/november/${at}.jpg` }),
    }))
    await this.#sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }))
  }

  /** Receives every message of the queue until it is a dead letter. */
  async letMessagesDie(): Promise<void> {
    const QueueUrl = `${this.aws.endpoint}/000000000000/thumbnails`
    for (;;) {
      const receive = { QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 0 }
      const { Messages = [] } = await this.#sqs.send(new ReceiveMessageCommand(receive))
      if (Messages.length === 0) return
    }
  }

  /** A queue of another account, in another region. */
  async createElsewhere(QueueName: string): Promise<void> {
    const sqs = new SQSClient({
      endpoint: this.aws.endpoint,
      region: 'eu-west-1',
      credentials: { accessKeyId: '123456789012', secretAccessKey: 'local' },
    })
    await sqs.send(new CreateQueueCommand({ QueueName }))
    sqs.destroy()
  }

  /** A service of two tasks that write a line now and then, scaled by a metric that nobody publishes yet. */
  async runService(): Promise<void> {
    await this.#ecs.send(new CreateClusterCommand({ clusterName: 'press' }))
    const main = { name: 'worker', image: 'none', essential: true, memory: 128, command: ['sh', '-c', LOG] }
    await this.#ecs.send(
      new RegisterTaskDefinitionCommand({ family: 'thumbnails', containerDefinitions: [main] }),
    )
    const service = { cluster: 'press', serviceName: 'thumbnails', taskDefinition: 'thumbnails' }
    await this.#ecs.send(new CreateServiceCommand({ ...service, desiredCount: 2 }))
    await this.#scaling.send(
      new RegisterScalableTargetCommand({ ...RESOURCE, MinCapacity: 1, MaxCapacity: 4 }),
    )
    await this.#scaling.send(
      new PutScalingPolicyCommand({
        ...RESOURCE,
        PolicyName: 'backlog-per-task',
        PolicyType: 'TargetTrackingScaling',
        TargetTrackingScalingPolicyConfiguration: {
          TargetValue: 100,
          DisableScaleIn: true,
          CustomizedMetricSpecification: { ...METRIC, Statistic: 'Average' },
        },
      }),
    )
  }

  /** A service whose tasks need a container instance, of which there is none. */
  async runWithoutRoom(serviceName: string): Promise<void> {
    const service = {
      cluster: 'press',
      serviceName,
      taskDefinition: 'thumbnails',
      launchType: 'EC2',
    } as const
    await this.#ecs.send(new CreateServiceCommand({ ...service, desiredCount: 1 }))
  }

  async remove(service: string): Promise<void> {
    await this.#ecs.send(new DeleteServiceCommand({ cluster: 'press', service, force: true }))
  }

  async putAlarm(AlarmName: string): Promise<void> {
    const alarm = { ...METRIC, AlarmName, Statistic: 'Maximum', Period: 60, EvaluationPeriods: 1 } as const
    const rule = { Threshold: 400, ComparisonOperator: 'GreaterThanThreshold' } as const
    await this.#cloudwatch.send(new PutMetricAlarmCommand({ ...alarm, ...rule }))
  }

  /** One value of the metric that the service scales by, now. */
  async publish(Value: number): Promise<void> {
    const { Namespace, MetricName, Dimensions } = METRIC
    await this.#cloudwatch.send(
      new PutMetricDataCommand({ Namespace, MetricData: [{ MetricName, Dimensions, Value }] }),
    )
  }

  async close(): Promise<void> {
    for (const client of [this.#sqs, this.#cloudwatch, this.#ecs, this.#scaling]) client.destroy()
    await this.aws.close()
  }
}
