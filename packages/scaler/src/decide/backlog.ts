import type { QueueCounts, ServiceCounts } from '../aws/port.js'
import type { Service } from '../config/service.js'

/**
 * How many visible messages each task may have waiting so that the wait objective holds:
 *
 *     wait ÷ (handling mean ÷ concurrency)
 *
 * A task with `concurrency` slots takes a message every mean ÷ concurrency. In messages per task, rounded down to
 * hundredths; at least 1, since the wait is never shorter than one handling.
 */
export function acceptableBacklogPerTask(service: Service): number {
  const { handling, objective, tasks } = service
  const messages = (objective.wait.p99Ms * tasks.concurrency) / handling.meanMs
  return Math.floor(messages * 100) / 100
}

/** What {@link backlogPerTask} computes from. */
export interface BacklogInputs {
  readonly queue: Pick<QueueCounts, 'visible'>
  readonly service: Pick<ServiceCounts, 'running'>
  /** The policy's target, in messages per task. */
  readonly target: number
}

/**
 * The value to publish, in messages per task:
 *
 * | running | visible | value |
 * |---|---|---|
 * | > 0 | any | visible ÷ running |
 * | 0 | 0 | 0: nothing to do, and a real zero lets the service stay at zero |
 * | 0 | > 0 | visible as for one task, but always above the target |
 *
 * The last row: there is no task to divide by, and a service at zero must be woken by any message. The policy's alarm
 * fires strictly above its target, so the value is at least target + 1 (`visible` alone never wakes a service whose
 * target exceeds the few messages that wait). It need not be larger to be faster: from zero, Application Auto Scaling
 * adds the minimum possible amount whatever the value, and a huge one would still be in the minute's average when the
 * first task runs, and be multiplied.
 */
export function backlogPerTask(inputs: BacklogInputs): number {
  const { visible } = inputs.queue
  const { running } = inputs.service
  if (running > 0) return visible / running
  return visible === 0 ? 0 : Math.max(visible, Math.floor(inputs.target) + 1)
}

/**
 * How long a message sent now waits for a slot when nothing changes: visible × mean ÷ (running × concurrency), in
 * milliseconds. Undefined when messages wait and no task runs: that wait has no end yet.
 */
export function waitEstimateMs(service: Service, counts: Omit<BacklogInputs, 'target'>): number | undefined {
  const { visible } = counts.queue
  if (visible === 0) return 0
  const slots = counts.service.running * service.tasks.concurrency
  return slots === 0 ? undefined : (visible * service.handling.meanMs) / slots
}
