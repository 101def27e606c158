import type { Service, Strategy } from '../config/service.js'
import { acceptableBacklogPerTask } from '../decide/backlog.js'
import { backlogMath } from './backlog-math.js'
import { deficitSteps, surplusSteps } from './ladder.js'
import { metricOf } from './metrics.js'
import { alarmPrefixOf, OWN_PREFIX, POLICY_NAME, resourceIdOf } from './names.js'
import type { Alarm, ScalingPolicy, StepScalingPolicy, TargetTrackingPolicy } from './resources.js'

/** The policies that follow the queue, and their alarms. */
export interface StrategyPlan {
  readonly policies: readonly ScalingPolicy[]
  readonly alarms: readonly Alarm[]
}

/** What a service's strategy needs in the account. A controller needs nothing there but bounds. */
export function strategyPlan(service: Service, max: number): StrategyPlan {
  const { strategy } = service
  if (strategy.kind === 'targetTracking') return { policies: [backlogPolicy(service, strategy)], alarms: [] }
  return strategy.kind === 'ladder' ? ladder(service, strategy, max) : { policies: [], alarms: [] }
}

function backlogPolicy(
  service: Service,
  { metric }: Extract<Strategy, { kind: 'targetTracking' }>,
): TargetTrackingPolicy {
  const target = acceptableBacklogPerTask(service)
  return {
    kind: 'targetTracking',
    name: POLICY_NAME,
    resourceId: resourceIdOf(service),
    metric:
      metric === 'math'
        ? backlogMath(service, target)
        : { kind: 'metric', metric: metricOf(service, 'backlogPerTask'), statistic: 'Average' },
    targetValue: target,
    scaleOutCooldownSeconds: service.cooldowns.scaleOutSeconds,
    scaleInCooldownSeconds: service.cooldowns.scaleInSeconds,
    disableScaleIn: false,
  }
}

/**
 * Two alarms of ten seconds and two ladders of steps. Deficit and surplus are net of the tasks that start and stop, so a
 * step that acts again on the same reading asks for nothing more; sizes are changes, so what is exact for one task is
 * exact beside a thousand. Missing data is neither a deficit nor a surplus.
 */
function ladder(
  service: Service,
  strategy: Extract<Strategy, { kind: 'ladder' }>,
  max: number,
): StrategyPlan {
  const { periodSeconds, outDatapoints, surplusSeconds } = strategy
  const inDatapoints = Math.max(1, Math.ceil(surplusSeconds / periodSeconds))
  const prefix = alarmPrefixOf(service)
  const policyOf = (
    name: string,
    rest: Pick<StepScalingPolicy, 'aggregation' | 'cooldownSeconds' | 'steps'>,
  ) =>
    ({
      kind: 'step',
      name: `${OWN_PREFIX}${name}`,
      resourceId: resourceIdOf(service),
      adjustment: 'ChangeInCapacity',
      minAdjustmentMagnitude: undefined,
      ...rest,
    }) as const
  const shared = {
    periodSeconds,
    comparison: 'GreaterThanOrEqualToThreshold',
    threshold: 1,
    treatMissingData: 'notBreaching',
  } as const
  return {
    policies: [
      policyOf('deficit', {
        aggregation: 'Maximum',
        cooldownSeconds: service.cooldowns.scaleOutSeconds,
        steps: deficitSteps(max),
      }),
      policyOf('surplus', {
        aggregation: 'Minimum',
        cooldownSeconds: service.cooldowns.scaleInSeconds,
        steps: surplusSteps(max),
      }),
    ],
    alarms: [
      {
        ...shared,
        name: `${prefix}deficit`,
        description: `Longshore: ${service.service} has fewer tasks than its objective needs.`,
        watches: { kind: 'metric', metric: metricOf(service, 'deficit'), statistic: 'Maximum' },
        evaluationPeriods: outDatapoints,
        datapointsToAlarm: outDatapoints,
        policy: `${OWN_PREFIX}deficit`,
      },
      {
        ...shared,
        name: `${prefix}surplus`,
        description: `Longshore: ${service.service} has more tasks than its objective needs.`,
        watches: { kind: 'metric', metric: metricOf(service, 'surplus'), statistic: 'Minimum' },
        evaluationPeriods: inDatapoints,
        // A beat that comes late leaves a period without a value: a sixth of them may be missing.
        datapointsToAlarm: Math.max(1, Math.floor((inDatapoints * 5) / 6)),
        policy: `${OWN_PREFIX}surplus`,
      },
    ],
  }
}
