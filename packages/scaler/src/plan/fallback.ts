import type { Service } from '../config/service.js'
import { acceptableBacklogPerTask } from '../decide/backlog.js'
import { rungs } from './ladder.js'
import { metricOf, publishedMetrics, queueMetric } from './metrics.js'
import { alarmPrefixOf, FALLBACK_POLICY, resourceIdOf } from './names.js'
import type { Alarm, MetricMath, MetricQuery, StepScalingPolicy } from './resources.js'

/** Minutes without a value, of the last five, before the publisher counts as dead. */
const DEAD_MINUTES = 3
const WINDOW_MINUTES = 5
/** AWS/SQS metrics show a minute or so late, and at most so long a launch takes effect on them. */
const QUEUE_METRIC_STALENESS_SECONDS = 120

/**
 * What adds tasks while nothing is published: an alarm on AWS's own metric of the queue that sees 0 while values are
 * published, and the visible messages while none are. Each step adds the tasks that so much is acceptable for; the
 * cooldown covers staleness and launch. It takes nothing away: who counts blindly does not shrink.
 */
export function fallbackOf(
  service: Service,
  max: number,
): { policy: StepScalingPolicy; alarm: Alarm } | undefined {
  if (!service.fallback || publishedMetrics(service).length === 0) return undefined
  const acceptable = acceptableBacklogPerTask(service)
  // A service that may be at zero is woken by any message; one that runs is helped once more waits than it may.
  const threshold = service.tasks.min === 0 ? 1 : Math.max(1, Math.floor(acceptable * service.tasks.min))
  const name = FALLBACK_POLICY
  return {
    policy: {
      kind: 'step',
      name,
      resourceId: resourceIdOf(service),
      adjustment: 'ChangeInCapacity',
      minAdjustmentMagnitude: undefined,
      // Minutes that have no count yet are 0: the largest of those that the alarm saw is the backlog.
      aggregation: 'Maximum',
      cooldownSeconds: QUEUE_METRIC_STALENESS_SECONDS + Math.ceil(service.launchTimeMs / 1_000),
      steps: backlogSteps({ acceptable, threshold, max }),
    },
    alarm: {
      name: `${alarmPrefixOf(service)}fallback`,
      description: `Longshore: messages wait for ${service.service} while no value is published.`,
      watches: unattended(service),
      periodSeconds: 60,
      comparison: 'GreaterThanOrEqualToThreshold',
      threshold,
      evaluationPeriods: WINDOW_MINUTES,
      datapointsToAlarm: DEAD_MINUTES,
      treatMissingData: 'notBreaching',
      policy: name,
    },
  }
}

function unattended(service: Service): MetricMath {
  const queues: MetricQuery[] = service.queues.map(({ name }, index) => ({
    id: `visible${index + 1}`,
    metric: queueMetric(name, 'ApproximateNumberOfMessagesVisible'),
    statistic: 'Maximum',
  }))
  const visible = queues.map(({ id }) => `FILL(${id}, 0)`).join(' + ')
  return {
    kind: 'math',
    queries: [
      ...queues,
      { id: 'published', metric: metricOf(service, 'backlogPerTask'), statistic: 'Maximum' },
      { id: 'unattended', expression: `IF(FILL(published, -1) < 0, ${visible}, 0)` },
    ],
    returned: 'unattended',
  }
}

function backlogSteps(of: {
  acceptable: number
  threshold: number
  max: number
}): StepScalingPolicy['steps'] {
  const { acceptable, threshold, max } = of
  const sizes = rungs(max)
  // From a backlog of `size` tasks on, up to that of the next size; the first one begins at the threshold.
  const starts = sizes.map((size, index) => (index === 0 ? 0 : Math.max(0, size * acceptable - threshold)))
  return sizes.flatMap((size, index) => {
    const lower = starts[index] ?? 0
    const upper = starts[index + 1]
    if (upper !== undefined && upper <= lower) return []
    return [{ metricIntervalLowerBound: lower, metricIntervalUpperBound: upper, scalingAdjustment: size }]
  })
}
