import type { ScalingDecision } from './scaling-decision.js'

/**
 * What happens when alarms of several policies act at the same time: the largest capacity wins, whether policies want to
 * scale out or in, and so a scale-out beats a scale-in. Without any wish to scale, the first reason is the answer.
 * Source: Application Auto Scaling user guide, "Target tracking scaling policies", on several policies of one target.
 */
export function largestDecision(decisions: readonly ScalingDecision[]): ScalingDecision | undefined {
  let largest: Extract<ScalingDecision, { kind: 'scale' }> | undefined
  for (const decision of decisions) {
    if (decision.kind !== 'scale') continue
    if (largest === undefined || decision.capacity > largest.capacity) largest = decision
  }
  return largest ?? decisions[0]
}
