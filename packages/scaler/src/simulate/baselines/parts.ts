/** What the baselines that AWS manages are made of. */
import type { StepAdjustment } from '@longshore/model'
import type { Service } from '../../config/service.js'
import { queueMetric } from '../../plan/metrics.js'
import { resourceIdOf } from '../../plan/names.js'
import type {
  Alarm,
  MetricIdentity,
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

const BACKLOG: MetricIdentity = { namespace: 'Baseline', name: 'BacklogPerTask', dimensions: {} }
/** A Lambda function on a schedule of a minute has read and put its value some seconds in. */
const LAMBDA_PHASE_MS = 5_000

export function everyMinute(valueOf: (visibleMessages: number, running: number) => number | undefined): Loop {
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

export interface Cooldowns {
  readonly outSeconds: number
  readonly inSeconds: number
}

export function backlogPolicy(
  service: Service,
  targetValue: number,
  cooldowns: Cooldowns,
): TargetTrackingPolicy {
  return tracking(service, {
    metric: { kind: 'metric', metric: BACKLOG, statistic: 'Average' },
    targetValue,
    cooldowns,
  })
}

export function cpuPolicy(service: Service, percent: number, cooldowns: Cooldowns): TargetTrackingPolicy {
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

export const ABOVE: { readonly metricIntervalUpperBound: undefined } = { metricIntervalUpperBound: undefined }
export const BELOW: Omit<StepAdjustment, 'scalingAdjustment'> = {
  metricIntervalLowerBound: undefined,
  metricIntervalUpperBound: 0,
}

export interface Stepping
  extends
    Pick<Alarm, 'watches' | 'comparison' | 'threshold'>,
    Pick<StepScalingPolicy, 'steps' | 'cooldownSeconds'> {
  /** Default 60. */
  readonly periodSeconds?: number
  /** Default 1. */
  readonly evaluationPeriods?: number
  readonly adjustment?: StepScalingPolicy['adjustment']
}

export function stepping(
  service: Service,
  name: string,
  of: Stepping,
): { policy: StepScalingPolicy; alarm: Alarm } {
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

export function visible(service: Service): SingleMetric {
  return {
    kind: 'metric',
    metric: metricOfQueue(service, 'ApproximateNumberOfMessagesVisible'),
    statistic: 'Maximum',
  }
}

/** Of its first queue: none of the baselines knows of a second. */
export function metricOfQueue({ queues }: Service, name: string): MetricIdentity {
  return queueMetric(queues[0]?.name ?? '', name)
}
