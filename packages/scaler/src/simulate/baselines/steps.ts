/** Step scaling as teams have it today, by the sources named. */
import type { Service } from '../../config/service.js'
import type { MetricIdentity, SingleMetric } from '../../plan/resources.js'
import type { Setup } from '../control/setup.js'
import {
  ABOVE,
  BELOW,
  cpuPolicy,
  emptySetup,
  everyMinute,
  metricOfQueue,
  stepping,
  visible,
} from './parts.js'

/** aws-ecs-patterns, QueueProcessingFargateService (aws-cdk-lib 2.276.0), synthesised; at least one task. */
export function cdkPattern(service: Service): Setup {
  const lower = stepping(service, 'cdk-lower', {
    watches: visible(service),
    periodSeconds: 300,
    comparison: 'LessThanOrEqualToThreshold',
    threshold: 0,
    steps: [{ ...BELOW, scalingAdjustment: -1 }],
    cooldownSeconds: 300,
  })
  const upper = stepping(service, 'cdk-upper', {
    watches: visible(service),
    periodSeconds: 300,
    comparison: 'GreaterThanOrEqualToThreshold',
    threshold: 100,
    steps: [
      { metricIntervalLowerBound: 0, metricIntervalUpperBound: 400, scalingAdjustment: 1 },
      { ...ABOVE, metricIntervalLowerBound: 400, scalingAdjustment: 5 },
    ],
    cooldownSeconds: 300,
  })
  const setup = emptySetup(service, {
    name: 'CDK pattern',
    description:
      "CDK's QueueProcessingFargateService: steps of 1 and 5 on visible messages in five minutes, and CPU at 50 %",
  })
  return {
    ...setup,
    min: Math.max(1, setup.min),
    policies: [lower.policy, upper.policy, cpuPolicy(service, 50, { outSeconds: 300, inSeconds: 300 })],
    alarms: [lower.alarm, upper.alarm],
  }
}

/** appzen's terraform module step-sqs, with its defaults. */
export function stepOnVisible(service: Service): Setup {
  const high = stepping(service, 'visible-high', {
    watches: visible(service),
    comparison: 'GreaterThanOrEqualToThreshold',
    threshold: 1_000,
    steps: [{ ...ABOVE, metricIntervalLowerBound: 0, scalingAdjustment: 5 }],
    cooldownSeconds: 60,
  })
  const low = stepping(service, 'visible-low', {
    watches: visible(service),
    comparison: 'LessThanOrEqualToThreshold',
    threshold: 100,
    steps: [{ ...BELOW, scalingAdjustment: -3 }],
    cooldownSeconds: 60,
  })
  return {
    ...emptySetup(service, {
      name: 'steps on visible',
      description:
        'A Terraform module (appzen): +5 tasks from 1,000 visible messages, −3 up to 100, each minute',
    }),
    policies: [high.policy, low.policy],
    alarms: [high.alarm, low.alarm],
  }
}

/** delivops' age ladder with the objective as its threshold. */
export function stepOnAge(service: Service): Setup {
  const seconds = service.objective.wait.p99Ms / 1_000
  const age: SingleMetric = {
    kind: 'metric',
    metric: metricOfQueue(service, 'ApproximateAgeOfOldestMessage'),
    statistic: 'Maximum',
  }
  const high = stepping(service, 'age-high', {
    watches: age,
    comparison: 'GreaterThanOrEqualToThreshold',
    threshold: seconds,
    steps: [
      { metricIntervalLowerBound: 0, metricIntervalUpperBound: seconds * 2, scalingAdjustment: 1 },
      { ...ABOVE, metricIntervalLowerBound: seconds * 2, scalingAdjustment: 5 },
    ],
    cooldownSeconds: 60,
  })
  const low = stepping(service, 'age-low', {
    // Without a message there is no age: nothing visible says the same.
    watches: visible(service),
    comparison: 'LessThanOrEqualToThreshold',
    threshold: 0,
    evaluationPeriods: 5,
    steps: [{ ...BELOW, scalingAdjustment: -1 }],
    cooldownSeconds: 60,
  })
  return {
    ...emptySetup(service, {
      name: 'steps on age',
      description:
        'An age ladder (delivops): +1 task once the oldest message is beyond the objective, +5 beyond thrice, −1 when none waits',
    }),
    policies: [high.policy, low.policy],
    alarms: [high.alarm, low.alarm],
  }
}

/** mapbox/ecs-watchbot 10.1: a tenth of the maximum at a time, and all at once to zero. */
export function watchbot(service: Service): Setup {
  const step = Math.round(Math.min(100, Math.max(1, service.tasks.max / 10)))
  const up = stepping(service, 'watchbot-up', {
    watches: visible(service),
    periodSeconds: 300,
    comparison: 'GreaterThanOrEqualToThreshold',
    threshold: 1,
    steps: [{ ...ABOVE, metricIntervalLowerBound: 0, scalingAdjustment: step }],
    cooldownSeconds: 300,
  })
  const total: MetricIdentity = { namespace: 'Mapbox/ecs-watchbot', name: 'TotalMessages', dimensions: {} }
  const down = stepping(service, 'watchbot-down', {
    watches: { kind: 'metric', metric: total, statistic: 'Maximum' },
    periodSeconds: 600,
    comparison: 'LessThanOrEqualToThreshold',
    threshold: 0,
    adjustment: 'PercentChangeInCapacity',
    steps: [{ ...BELOW, scalingAdjustment: -100 }],
    cooldownSeconds: 300,
  })
  return {
    ...emptySetup(service, {
      name: 'watchbot',
      description:
        'mapbox/ecs-watchbot: + a tenth of the maximum every five minutes with a message, all away after ten without',
    }),
    policies: [up.policy, down.policy],
    alarms: [up.alarm, down.alarm],
    loop: {
      ...everyMinute(() => undefined),
      start:
        () =>
        ({ observation }) => {
          const { visible: waiting = 0, inFlight = 0 } = observation.queue.value ?? {}
          return { samples: [{ metric: total, value: waiting + inFlight, unit: 'Count' }] }
        },
    },
  }
}
