import type { Aws } from '../aws/port.js'
import type { Service } from '../config/service.js'
import type { PublishDecision } from '../decide/decide.js'
import { metricOf } from '../plan/metrics.js'

/**
 * Publishes what was decided.
 *
 * @throws AwsCallError when CloudWatch doesn't take it.
 */
export async function publish(
  service: Service,
  decision: PublishDecision,
  to: { readonly aws: Aws; readonly signal?: AbortSignal | undefined },
): Promise<void> {
  const metric = metricOf(service, 'backlogPerTask')
  await to.aws.publishMetrics([{ metric, value: decision.backlogPerTask, unit: 'Count' }], to.signal)
}
