import type { ScalableTarget, TargetTrackingPolicy } from '../aws/port.js'
import type { Service } from '../config/service.js'
import { acceptableBacklogPerTask } from '../decide/backlog.js'

/** What should exist in Application Auto Scaling for a service. */
export interface Plan {
  /** `service/<cluster>/<service>`. */
  readonly resourceId: string
  readonly target: ScalableTarget
  readonly policies: readonly TargetTrackingPolicy[]
}

/** The name of our policy. It marks the policy as ours: on a service, a policy's name is unique. */
export const POLICY_NAME = 'longshore-backlog-per-task'

/** What should exist for `service`. Pure. */
export function planFor(service: Service): Plan {
  const resourceId = `service/${service.cluster}/${service.service}`
  return {
    resourceId,
    target: { resourceId, minCapacity: service.tasks.min, maxCapacity: service.tasks.max },
    policies: [
      {
        name: POLICY_NAME,
        resourceId,
        metric: metricOf(service),
        targetValue: acceptableBacklogPerTask(service),
        scaleOutCooldownSeconds: service.cooldowns.scaleOutSeconds,
        scaleInCooldownSeconds: service.cooldowns.scaleInSeconds,
        disableScaleIn: false,
      },
    ],
  }
}

/** The metric that the publisher writes and the policy reads. */
export function metricOf(service: Service): TargetTrackingPolicy['metric'] {
  return {
    namespace: service.metric.namespace,
    name: service.metric.name,
    dimensions: { ClusterName: service.cluster, ServiceName: service.service },
  }
}
