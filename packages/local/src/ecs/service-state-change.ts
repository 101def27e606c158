import type { AccountContext } from '../server/service.js'
import type { EventEnvelope } from './event-envelope.js'
import { envelopeOf } from './event-envelope.js'
import type { Service } from './service.js'

/** "ECS Service Action": what the scheduler tells of a service. */
export interface ServiceActionEvent extends EventEnvelope {
  readonly 'detail-type': 'ECS Service Action'
  readonly detail: ServiceAction & { readonly clusterArn: string; readonly createdAt: string }
}

/** "ECS Deployment State Change". */
export interface DeploymentStateChangeEvent extends EventEnvelope {
  readonly 'detail-type': 'ECS Deployment State Change'
  readonly detail: DeploymentChange & { readonly updatedAt: string }
}

/** What EventBridge hands on about a service; told apart by `detail-type`. */
export type ServiceEvent = ServiceActionEvent | DeploymentStateChangeEvent

export type ServiceAction =
  | { readonly eventType: 'INFO'; readonly eventName: 'SERVICE_STEADY_STATE' }
  | { readonly eventType: 'WARN'; readonly eventName: 'SERVICE_TASK_START_IMPAIRED' }
  | {
      readonly eventType: 'ERROR'
      readonly eventName: 'SERVICE_TASK_PLACEMENT_FAILURE'
      /** `RESOURCE:CPU` or `RESOURCE:MEMORY`; left out where there is no container instance at all. */
      readonly reason?: string
    }

export interface DeploymentChange {
  readonly eventType: 'INFO' | 'ERROR'
  readonly eventName:
    'SERVICE_DEPLOYMENT_IN_PROGRESS' | 'SERVICE_DEPLOYMENT_COMPLETED' | 'SERVICE_DEPLOYMENT_FAILED'
  readonly deploymentId: string
  readonly reason: string
}

/** What happened to a service, as an event of now. */
export function serviceEvent(
  service: Service,
  what: ServiceAction | DeploymentChange,
  account: AccountContext,
): ServiceEvent {
  const now = new Date(account.controlClock.now()).toISOString()
  const envelope = envelopeOf(account, service.arn)
  return 'deploymentId' in what
    ? { ...envelope, 'detail-type': 'ECS Deployment State Change', detail: { ...what, updatedAt: now } }
    : {
        ...envelope,
        'detail-type': 'ECS Service Action',
        detail: { ...what, clusterArn: service.cluster.arn, createdAt: now },
      }
}
