import type { LaunchCapacity } from './capacity/read-capacity.js'
import { epochSeconds, withoutUndefined } from './description.js'
import type { Deployment } from './deployment.js'
import type { Service } from './service.js'

/** A service as CreateService, UpdateService, DeleteService and DescribeServices answer it. */
export function describeService(
  service: Service,
  options: { readonly withTags: boolean; readonly accountId: string },
): Record<string, unknown> {
  const { settings, deployments } = service
  const { running, pending } = service.counts()
  return {
    loadBalancers: [],
    serviceRegistries: [],
    placementConstraints: [],
    placementStrategy: [],
    platformVersion: 'LATEST',
    // ECS enables it on every new service that doesn't say otherwise.
    availabilityZoneRebalancing: 'ENABLED',
    ...settings.members,
    serviceArn: service.arn,
    serviceName: service.name,
    clusterArn: service.cluster.arn,
    status: service.status,
    desiredCount: service.desired,
    runningCount: running,
    pendingCount: pending,
    ...describeCapacity(settings.capacity),
    platformFamily: 'Linux',
    taskDefinition: deployments[0].definition.arn,
    deploymentConfiguration: {
      deploymentCircuitBreaker: { enable: false, rollback: false },
      strategy: 'ROLLING',
      ...settings.deploymentConfiguration,
      maximumPercent: settings.maximumPercent,
      minimumHealthyPercent: settings.minimumHealthyPercent,
    },
    deployments: service.status === 'INACTIVE' ? [] : describeDeployments(service),
    roleArn: `arn:aws:iam::${options.accountId}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS`,
    events: service.events.describe(),
    createdAt: epochSeconds(service.createdAtMs),
    createdBy: `arn:aws:iam::${options.accountId}:root`,
    schedulingStrategy: 'REPLICA',
    deploymentController: { type: 'ECS' },
    enableECSManagedTags: settings.enableECSManagedTags,
    enableExecuteCommand: settings.enableExecuteCommand,
    propagateTags: settings.propagateTags,
    ...(options.withTags ? { tags: service.tags } : {}),
  }
}

function describeDeployments(service: Service): readonly object[] {
  return service.deployments.map((deployment) => describeDeployment(deployment, service))
}

function describeDeployment(deployment: Deployment, service: Service): object {
  const { running, pending } = service.counts(deployment)
  const { members, capacity } = service.settings
  return withoutUndefined({
    id: deployment.id,
    status: deployment.status,
    taskDefinition: deployment.definition.arn,
    // An older deployment wants what it still has.
    desiredCount: deployment.status === 'PRIMARY' ? service.desired : running + pending,
    runningCount: running,
    pendingCount: pending,
    failedTasks: deployment.failedTasks,
    createdAt: epochSeconds(deployment.createdAtMs),
    updatedAt: epochSeconds(deployment.updatedAtMs),
    ...describeCapacity(capacity),
    platformVersion: '1.4.0',
    platformFamily: 'Linux',
    networkConfiguration: members.networkConfiguration,
    rolloutState: deployment.rolloutState,
    rolloutStateReason: deployment.rolloutStateReason,
  })
}

/** ECS tells one or the other. */
function describeCapacity({ launchType, strategy }: LaunchCapacity): object {
  return strategy === undefined ? { launchType } : { capacityProviderStrategy: strategy }
}
