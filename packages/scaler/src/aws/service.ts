import { DescribeServicesCommand, UpdateServiceCommand } from '@aws-sdk/client-ecs'
import type { ECSClient } from '@aws-sdk/client-ecs'
import { AwsCallError } from '../errors.js'
import type { Calls } from './calls.js'
import type { Aws } from './port.js'

/** ECS's part of {@link Aws}. */
export function serviceCalls(
  client: ECSClient,
  calls: Calls,
): Pick<Aws, 'serviceCounts' | 'setDesiredCount'> {
  return {
    async serviceCounts({ cluster, service }, signal) {
      const site = { action: 'ecs:DescribeServices', subject: `service "${service}" in cluster "${cluster}"` }
      const command = new DescribeServicesCommand({ cluster, services: [service] })
      const { services } = await calls.run(
        site,
        (abortSignal) => client.send(command, { abortSignal }),
        signal,
      )
      // A service that isn't there comes back among `failures`, one that was deleted as INACTIVE for an hour or so.
      const found = services?.[0]
      if (found === undefined) throw await calls.notFound('SERVICE_NOT_FOUND', site.subject)
      if (found.status !== 'ACTIVE') {
        throw await calls.notFound(
          'SERVICE_NOT_FOUND',
          site.subject,
          `is ${found.status}, that is, deleted or about to be,`,
        )
      }
      const { desiredCount: desired, runningCount: running, pendingCount: pending, deployments = [] } = found
      if (desired === undefined || running === undefined || pending === undefined) {
        throw new AwsCallError(
          'CALL_FAILED',
          `${site.action} on ${site.subject} answered without its task counts.`,
        )
      }
      const isDeploying =
        deployments.length > 1 || deployments.some(({ rolloutState }) => rolloutState === 'IN_PROGRESS')
      return { desired, running, pending, isDeploying }
    },

    async setDesiredCount({ cluster, service }, desired, signal) {
      const site = { action: 'ecs:UpdateService', subject: `service "${service}" in cluster "${cluster}"` }
      const command = new UpdateServiceCommand({ cluster, service, desiredCount: desired })
      await calls.run(site, (abortSignal) => client.send(command, { abortSignal }), signal)
    },
  }
}
