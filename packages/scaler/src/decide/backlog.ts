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
  /** Messages that wait, of all queues; those of a queue that takes longer count for more. */
  readonly waiting: number
  readonly running: number
  /** The policy's target, in messages per task. */
  readonly target: number
  /** The fewest tasks that what goes on now needs. */
  readonly floor: number
}

/**
 * The value to publish, in messages per task:
 *
 * | running | waiting | value |
 * |---|---|---|
 * | > 0 | any | waiting ÷ running, but at least target × floor ÷ running |
 * | 0 | 0 | 0: nothing to do, and a real zero lets the service stay at zero |
 * | 0 | > 0 | waiting as for one task, but always above the target |
 *
 * The first row: target tracking sizes a service to running × value ÷ target, so a value of target × floor ÷ running keeps
 * `floor` tasks, and never more than run. Without it an empty queue would take away tasks that handle messages.
 *
 * The last row: there is no task to divide by, and a service at zero must be woken by any message. The policy's alarm
 * fires strictly above its target, so the value is at least target + 1 (`waiting` alone never wakes a service whose
 * target exceeds the few messages that wait). It need not be larger to be faster: from zero, Application Auto Scaling
 * adds the minimum possible amount whatever the value, and a huge one would still be in the minute's average when the
 * first task runs, and be multiplied.
 */
export function backlogPerTask({ waiting, running, target, floor }: BacklogInputs): number {
  if (running > 0) return Math.max(waiting / running, target * Math.min(1, floor / running))
  return waiting === 0 ? 0 : Math.max(waiting, Math.floor(target) + 1)
}

/**
 * How long a message sent now waits for a slot when nothing changes: the work that waits ÷ all slots, in milliseconds.
 * Undefined when messages wait and no task runs: that wait has no end yet.
 */
export function waitEstimateMs(waitingSeconds: number, slots: number): number | undefined {
  if (waitingSeconds === 0) return 0
  return slots === 0 ? undefined : (waitingSeconds * 1_000) / slots
}
