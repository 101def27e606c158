import type { CallSite } from './failure.js'

/** What is scaled: the desired count of an ECS service. */
export const ECS_SERVICE = { ServiceNamespace: 'ecs', ScalableDimension: 'ecs:service:DesiredCount' } as const

export function autoscalingSite(operation: string, subject: string): CallSite {
  return { action: `application-autoscaling:${operation}`, subject }
}
