/** What teams do today with what AWS manages: target tracking and step scaling, as the sources named have it. */
import type { StepAdjustment } from '@longshore/model'
import type { Service } from '../../config/service.js'
import { acceptableBacklogPerTask } from '../../decide/backlog.js'
import { queueMetric } from '../../plan/metrics.js'
import { resourceIdOf } from '../../plan/names.js'
import type {
  Alarm,
  MetricIdentity,
  MetricMath,
  SingleMetric,
  StepScalingPolicy,
  TargetTrackingPolicy,
} from '../../plan/resources.js'
import type { Loop, Setup } from '../control/setup.js'

/** A setup with the service's own bounds, and nothing else. */
export function emptySetup({ tasks }: Service, of: Pick<Setup, 'name' | 'description'>): Setup {
  return {
    ...of,
    min: tasks.min,
    max: tasks.max,
    suspended: { out: false, in: false, scheduled: false },
    policies: [],
    alarms: [],
    scheduledActions: [],
    loop: undefined,
  }
}

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

/** AWS Copilot's backend worker: `queue_delay` from the objective, its cooldowns, its Lambda once a minute. */
export function copilotWorker(service: Service): Setup {
  const { objective, handling, tasks } = service
  const target = Math.ceil((objective.wait.p99Ms * tasks.concurrency) / handling.meanMs)
  return {
    ...emptySetup(service, {
      name: 'Copilot worker',
      description:
        'AWS Copilot: backlog per task from a Lambda once a minute, target tracking, cooldowns of 60 and 120 s',
    }),
    policies: [backlogPolicy(service, target, { outSeconds: 60, inSeconds: 120 })],
    loop: everyMinute((visibleMessages, running) => Math.ceil(visibleMessages / Math.max(1, running))),
  }
}

/** AWS's guide to scaling on SQS: a value a minute, and the default cooldowns. Without a task there is no quotient. */
export function awsGuide(service: Service): Setup {
  return {
    ...emptySetup(service, {
      name: 'AWS guide',
      description:
        "AWS's guide: backlog per task from a Lambda once a minute, target tracking, default cooldowns",
    }),
    policies: [
      backlogPolicy(service, acceptableBacklogPerTask(service), { outSeconds: 300, inSeconds: 300 }),
    ],
    loop: everyMinute((visibleMessages, running) => (running === 0 ? undefined : visibleMessages / running)),
  }
}

/** The guide's metric math: Container Insights in place of the Lambda. */
export function awsGuideMath(service: Service): Setup {
  const dimensions = { ClusterName: service.cluster, ServiceName: service.service }
  const metric: MetricMath = {
    kind: 'math',
    queries: [
      { id: 'm1', metric: visible(service).metric, statistic: 'Sum' },
      {
        id: 'm2',
        metric: { namespace: 'ECS/ContainerInsights', name: 'RunningTaskCount', dimensions },
        statistic: 'Average',
      },
      { id: 'e1', expression: 'm1 / m2' },
    ],
    returned: 'e1',
  }
  const policy = backlogPolicy(service, acceptableBacklogPerTask(service), {
    outSeconds: 300,
    inSeconds: 300,
  })
  return {
    ...emptySetup(service, {
      name: 'AWS guide, math',
      description: "AWS's guide: visible ÷ running tasks as metric math, target tracking, default cooldowns",
    }),
    policies: [{ ...policy, metric }],
  }
}

/** Target tracking on CPU, the default of most modules; at least one task, since none uses none. */
export function cpuTracking(
  service: Service,
  of: { name: string; percent: number; highResolution: boolean; description: string },
): Setup {
  const setup = emptySetup(service, of)
  const policy = cpuPolicy(service, of.percent, { outSeconds: 60, inSeconds: 300 })
  const type = of.highResolution
    ? 'ECSServiceAverageCPUUtilizationHighResolution'
    : 'ECSServiceAverageCPUUtilization'
  return {
    ...setup,
    min: Math.max(1, setup.min),
    policies: [{ ...policy, metric: { kind: 'predefined', type, resourceLabel: undefined } }],
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

const BACKLOG: MetricIdentity = { namespace: 'Baseline', name: 'BacklogPerTask', dimensions: {} }
/** A Lambda function on a schedule of a minute has read and put its value some seconds in. */
const LAMBDA_PHASE_MS = 5_000

function everyMinute(valueOf: (visibleMessages: number, running: number) => number | undefined): Loop {
  return {
    everyMs: 60_000,
    phaseMs: LAMBDA_PHASE_MS,
    start:
      () =>
      ({ observation }) => {
        const value = valueOf(observation.queue.value?.visible ?? 0, observation.service.value?.running ?? 0)
        return { samples: value === undefined ? [] : [{ metric: BACKLOG, value, unit: 'Count' }] }
      },
  }
}

interface Cooldowns {
  readonly outSeconds: number
  readonly inSeconds: number
}

function backlogPolicy(service: Service, targetValue: number, cooldowns: Cooldowns): TargetTrackingPolicy {
  return tracking(service, {
    metric: { kind: 'metric', metric: BACKLOG, statistic: 'Average' },
    targetValue,
    cooldowns,
  })
}

function cpuPolicy(service: Service, percent: number, cooldowns: Cooldowns): TargetTrackingPolicy {
  const metric = {
    kind: 'predefined',
    type: 'ECSServiceAverageCPUUtilization',
    resourceLabel: undefined,
  } as const
  return tracking(service, { metric, targetValue: percent, cooldowns })
}

function tracking(
  service: Service,
  of: Pick<TargetTrackingPolicy, 'metric' | 'targetValue'> & { readonly cooldowns: Cooldowns },
): TargetTrackingPolicy {
  return {
    kind: 'targetTracking',
    name: of.metric.kind === 'predefined' ? of.metric.type : 'backlog',
    resourceId: resourceIdOf(service),
    metric: of.metric,
    targetValue: of.targetValue,
    scaleOutCooldownSeconds: of.cooldowns.outSeconds,
    scaleInCooldownSeconds: of.cooldowns.inSeconds,
    disableScaleIn: false,
  }
}

const ABOVE = { metricIntervalUpperBound: undefined }
const BELOW: Omit<StepAdjustment, 'scalingAdjustment'> = {
  metricIntervalLowerBound: undefined,
  metricIntervalUpperBound: 0,
}

interface Stepping
  extends
    Pick<Alarm, 'watches' | 'comparison' | 'threshold'>,
    Pick<StepScalingPolicy, 'steps' | 'cooldownSeconds'> {
  /** Default 60. */
  readonly periodSeconds?: number
  /** Default 1. */
  readonly evaluationPeriods?: number
  readonly adjustment?: StepScalingPolicy['adjustment']
}

function stepping(service: Service, name: string, of: Stepping): { policy: StepScalingPolicy; alarm: Alarm } {
  const {
    watches,
    comparison,
    threshold,
    steps,
    cooldownSeconds,
    periodSeconds = 60,
    evaluationPeriods = 1,
  } = of
  return {
    policy: {
      kind: 'step',
      name,
      resourceId: resourceIdOf(service),
      adjustment: of.adjustment ?? 'ChangeInCapacity',
      minAdjustmentMagnitude: undefined,
      aggregation: 'Maximum',
      cooldownSeconds,
      steps,
    },
    alarm: {
      name,
      description: '',
      watches,
      periodSeconds,
      comparison,
      threshold,
      evaluationPeriods,
      datapointsToAlarm: evaluationPeriods,
      treatMissingData: 'notBreaching',
      policy: name,
    },
  }
}

function visible(service: Service): SingleMetric {
  return {
    kind: 'metric',
    metric: metricOfQueue(service, 'ApproximateNumberOfMessagesVisible'),
    statistic: 'Maximum',
  }
}

/** None of them knows of a second queue. */
function metricOfQueue({ queues }: Service, name: string): MetricIdentity {
  return queueMetric(queues[0]?.name ?? '', name)
}
