import type { Aws, MetricSample } from '../aws/port.js'
import type { Service } from '../config/service.js'
import type { PublishDecision } from '../decide/decide.js'
import { metricOf } from '../plan/metrics.js'
import type { SignalName } from '../plan/metrics.js'

/**
 * Publishes what was decided, in one call.
 *
 * @throws AwsCallError when CloudWatch doesn't take it.
 */
export async function publish(
  service: Service,
  decision: PublishDecision,
  to: { readonly aws: Aws; readonly signal?: AbortSignal | undefined },
): Promise<void> {
  await to.aws.publishMetrics(samplesOf(service, decision), to.signal)
}

/** A decision as values to publish. What has no value, such as the wait where no task runs, is left out. */
export function samplesOf(service: Service, decision: PublishDecision): MetricSample[] {
  const { waitEstimateMs } = decision
  const sample = (
    signal: SignalName,
    value: number | undefined,
    unit: MetricSample['unit'],
  ): MetricSample[] => (value === undefined ? [] : [{ metric: metricOf(service, signal), value, unit }])
  return [
    ...sample('backlogPerTask', decision.backlogPerTask, 'Count'),
    ...sample('requiredTasks', decision.requiredTasks, 'Count'),
    ...sample('deficit', decision.deficit, 'Count'),
    ...sample('surplus', decision.surplus, 'Count'),
    ...sample('waitEstimate', waitEstimateMs === undefined ? undefined : waitEstimateMs / 1_000, 'Seconds'),
    ...sample('slotUtilization', decision.slotUtilization, 'Percent'),
  ]
}
