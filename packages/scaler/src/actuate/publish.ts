import type { Aws } from '../aws/port.js'
import type { Service } from '../config/service.js'
import type { PublishDecision } from '../decide/decide.js'
import { metricOf } from '../plan/plan.js'

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
  await to.aws.publishMetric({ metric: metricOf(service), value: decision.backlogPerTask }, to.signal)
}
