import type { Service } from '../config/service.js'

/** What a service is configured with and a simulation leaves out, a sentence each. */
export function notSimulated({ policies, limits, handling, queues }: Service): readonly string[] {
  return [
    ...(policies.predictive === undefined ? [] : ['Predictive scaling makes no forecast.']),
    ...(policies.requests === undefined
      ? []
      : ['A load balancer has no requests: the policy on them sees no data.']),
    ...(limits.messageGroups === undefined
      ? []
      : ['Message groups hold up nobody: waits of a FIFO queue are longer than shown.']),
    ...(handling.measured ? ['Handling times are as configured, not as the workers measure them.'] : []),
    ...(queues.some(({ isFair }) => isFair) ? ['No group of a fair queue is noisy.'] : []),
    ...(queues.length > 1 ? ['Every queue gets the same share of what arrives.'] : []),
  ]
}
