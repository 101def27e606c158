import { DEFAULT_BEAT_SECONDS } from '../config/limits.js'
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

/** A controller's surplus has lasted already when it is published; the alarm only sees to it that it does. */
const SURPLUS_ALARM_SECONDS = 60

/**
 * What a service's strategy needs in the account. A controller that sets the desired count needs nothing there but bounds;
 * one that sets the minimum leaves it to a ladder to take tasks away, since a lower minimum alone does not.
 */
export function strategyPlan(service: Service, max: number): StrategyPlan {
  const { strategy } = service
  if (strategy.kind === 'targetTracking') return { policies: [backlogPolicy(service, strategy)], alarms: [] }
  if (strategy.kind === 'ladder') {
    const [out, back] = [deficitLadder(service, strategy, max), surplusLadder(service, strategy, max)]
    return { policies: [...out.policies, ...back.policies], alarms: [...out.alarms, ...back.alarms] }
  }

  return strategy.sets === 'min'
    ? surplusLadder(
        service,
        { periodSeconds: DEFAULT_BEAT_SECONDS, surplusSeconds: SURPLUS_ALARM_SECONDS },
        max,
      )
    : { policies: [], alarms: [] }
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

/*
 * A ladder is an alarm on a deficit or a surplus, and up to 20 steps. Both are net of the tasks that start and stop, so a
 * step that acts again on the same reading asks for nothing more; sizes are changes, so what is exact for one task is
 * exact beside a thousand. Missing data is neither a deficit nor a surplus.
 */

function deficitLadder(
  service: Service,
  { periodSeconds, outDatapoints }: { readonly periodSeconds: number; readonly outDatapoints: number },
  max: number,
): StrategyPlan {
  return ladder(service, {
    name: 'deficit',
    description: `Longshore: ${service.service} has fewer tasks than its objective needs.`,
    // The worst of the readings.
    statistic: 'Maximum',
    periodSeconds,
    evaluationPeriods: outDatapoints,
    datapointsToAlarm: outDatapoints,
    cooldownSeconds: service.cooldowns.scaleOutSeconds,
    steps: deficitSteps(max),
  })
}

function surplusLadder(
  service: Service,
  { periodSeconds, surplusSeconds }: { readonly periodSeconds: number; readonly surplusSeconds: number },
  max: number,
): StrategyPlan {
  const evaluationPeriods = Math.max(1, Math.ceil(surplusSeconds / periodSeconds))
  return ladder(service, {
    name: 'surplus',
    description: `Longshore: ${service.service} has more tasks than its objective needs.`,
    statistic: 'Minimum',
    periodSeconds,
    evaluationPeriods,
    // A beat that comes late leaves a period without a value: a sixth of them may be missing.
    datapointsToAlarm: Math.max(1, Math.floor((evaluationPeriods * 5) / 6)),
    cooldownSeconds: service.cooldowns.scaleInSeconds,
    steps: surplusSteps(max),
  })
}

interface Ladder
  extends
    Pick<StepScalingPolicy, 'cooldownSeconds' | 'steps'>,
    Pick<Alarm, 'description' | 'periodSeconds' | 'evaluationPeriods' | 'datapointsToAlarm'> {
  readonly name: 'deficit' | 'surplus'
  /** Which of several readings counts, of one period and of the periods that the alarm looked at. */
  readonly statistic: 'Maximum' | 'Minimum'
}

function ladder(
  service: Service,
  { name, statistic, cooldownSeconds, steps, ...alarm }: Ladder,
): StrategyPlan {
  const policyName = `${OWN_PREFIX}${name}`
  const policy: StepScalingPolicy = {
    kind: 'step',
    name: policyName,
    resourceId: resourceIdOf(service),
    adjustment: 'ChangeInCapacity',
    minAdjustmentMagnitude: undefined,
    aggregation: statistic,
    cooldownSeconds,
    steps,
  }
  const watching: Alarm = {
    ...alarm,
    name: `${alarmPrefixOf(service)}${name}`,
    watches: { kind: 'metric', metric: metricOf(service, name), statistic },
    comparison: 'GreaterThanOrEqualToThreshold',
    threshold: 1,
    treatMissingData: 'notBreaching',
    policy: policyName,
  }
  return { policies: [policy], alarms: [watching] }
}
