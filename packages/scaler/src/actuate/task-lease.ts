import { durationMs, systemClock } from '@longshore/core/time'
import type { Clock, Duration } from '@longshore/core/time'
import type { Aws, RunningTask, ServiceName } from '../aws/port.js'
import type { Lease } from './lease.js'

/** Options of {@link taskLease}. */
export interface TaskLeaseOptions {
  readonly aws: Aws
  /** The service whose tasks elect. */
  readonly service: ServiceName
  /** This task. */
  readonly taskArn: string
  /** How often ECS is asked, and so how long a leader that has gone may stay unnoticed. Default `30s`. */
  readonly every?: Duration | undefined
  /** Default: the machine's clock. */
  readonly clock?: Clock | undefined
}

/**
 * A {@link Lease} among the tasks of one service that needs nothing but ECS: the task that has run longest leads.
 *
 * Not the lowest ARN, which a task that has just been started may have: leadership would go to one that does not run yet
 * with every other scale-out, and what the leader has learned of the load would go with the old one. The oldest stays the
 * oldest until it stops. A follower asks only whether the leader that it knows still runs (one DescribeTasks); an election
 * is a ListTasks, and a DescribeTasks for each hundred tasks. While ECS doesn't answer, everybody keeps the part they have.
 *
 * A leader that runs and hangs is not noticed: a lease that expires, as DynamoDB's, covers that; else the fallback does.
 */
export function taskLease(options: TaskLeaseOptions): Lease {
  const { aws, service, taskArn, clock = systemClock } = options
  const everyMs = durationMs(options.every ?? '30s')
  let leader: string | undefined
  let askedAtMs = -Infinity

  const elect = async (signal?: AbortSignal): Promise<string | undefined> => {
    const known = leader === undefined || leader === taskArn ? [] : [leader]
    if ((await aws.runningTasks(service, known, signal)).length > 0) return leader
    const arns = await aws.serviceTasks(service, signal)
    return (await aws.runningTasks(service, arns, signal)).toSorted(byAge)[0]?.arn
  }

  return {
    async hold(signal) {
      const nowMs = clock.now()
      if (leader === undefined || nowMs - askedAtMs >= everyMs) {
        leader = await elect(signal).catch(() => leader)
        askedAtMs = nowMs
      }
      return leader === taskArn
    },
    // ECS knows by itself that a task stops.
    release: () => Promise.resolve(),
  }
}

function byAge(one: RunningTask, other: RunningTask): number {
  return one.startedAtMs - other.startedAtMs || (one.arn < other.arn ? -1 : 1)
}
