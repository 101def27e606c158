import type { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling'
import { changingCalls } from './autoscaling-changes.js'
import { readingCalls } from './autoscaling-reads.js'
import type { Calls } from './calls.js'

/** Application Auto Scaling's part of `Aws`. */
export function autoscalingCalls(
  client: ApplicationAutoScalingClient,
  calls: Calls,
): ReturnType<typeof readingCalls> & ReturnType<typeof changingCalls> {
  return { ...readingCalls(client, calls), ...changingCalls(client, calls) }
}
