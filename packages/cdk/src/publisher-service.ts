import type { Service } from '@longshore/scaler'
import * as ecs from 'aws-cdk-lib/aws-ecs'
import type { ILogGroup } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import { platformOf } from './worker-tasks.js'
import type { WorkerPublisher, WorkerSettings } from './worker-props.js'

/** What runs `longshore publish`: one task, and never two. */
export class PublisherService extends Construct {
  readonly taskDefinition: ecs.FargateTaskDefinition

  constructor(
    scope: Construct,
    id: string,
    props: {
      readonly config: Service
      readonly settings: WorkerSettings
      readonly publisher: Extract<WorkerPublisher, object>
      readonly logGroup: ILogGroup
    },
  ) {
    super(scope, id)
    const { config, settings, publisher, logGroup } = props
    this.taskDefinition = new ecs.FargateTaskDefinition(this, 'Task', {
      cpu: 256,
      memoryLimitMiB: 512,
      ...platformOf(settings),
    })
    this.taskDefinition.addContainer('publisher', {
      image: publisher.image ?? settings.image,
      command: [...publisher.command],
      logging: ecs.LogDrivers.awsLogs({ streamPrefix: `${config.service}-publisher`, logGroup }),
    })
    const { vpcSubnets, securityGroups, cluster } = settings
    new ecs.FargateService(this, 'Service', {
      cluster,
      taskDefinition: this.taskDefinition,
      desiredCount: 1,
      // The old task goes before the new one comes: a minute without a value changes nothing, two publishers would.
      minHealthyPercent: 0,
      maxHealthyPercent: 100,
      circuitBreaker: { enable: true, rollback: true },
      assignPublicIp: settings.assignPublicIp ?? false,
      ...(vpcSubnets === undefined ? {} : { vpcSubnets }),
      ...(securityGroups === undefined ? {} : { securityGroups: [...securityGroups] }),
    })
  }
}
