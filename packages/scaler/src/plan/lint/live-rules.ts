import { leastScaleOutCooldownSeconds, leastStepCooldownSeconds } from '../../config/limits.js'
import type { Service } from '../../config/service.js'
import type { Live, LiveAlarm, LivePolicy } from '../live.js'
import { OWN_PREFIX } from '../names.js'
import type { LintFinding } from './finding.js'
import { alarmFindings, metricFindings, takesAway } from './known-mistakes.js'
import { isOfTheQueue } from './signals.js'

/** What the account shows: above all the policies that others have put on the same service. */
export function liveFindings(service: Service, live: Live): LintFinding[] {
  const others = live.policies.filter(({ name }) => !name.startsWith(OWN_PREFIX))
  return [...others.flatMap((policy) => ofOthers(service, policy, live)), ...suspended(service, live)]
}

function ofOthers(service: Service, policy: LivePolicy, { othersAlarms = [] }: Live): LintFinding[] {
  const { tracking, steps, name } = policy
  const where = `the policy ${name}, which is not ours`
  if (steps !== undefined) {
    const alarms = othersAlarms.filter((alarm) => policy.alarmNames.includes(alarm.name))
    return [...alarms.flatMap(alarmFindings), ...stepFindings(service, where, { steps, alarms })]
  }
  if (tracking === undefined) return []
  return [
    ...(tracking.metric === undefined || tracking.metric.kind === 'predefined'
      ? []
      : metricFindings(where, tracking.metric)),
    ...(tracking.disableScaleIn ? [] : scaleInFindings(service, where, policy)),
    ...cooldownFindings(service, where, policy),
  ]
}

function stepFindings(
  service: Service,
  where: string,
  { steps, alarms }: { steps: NonNullable<LivePolicy['steps']>; alarms: readonly LiveAlarm[] },
): LintFinding[] {
  const isRelative = steps.adjustment !== 'ExactCapacity'
  const adjustments = steps.steps.map(({ scalingAdjustment }) => scalingAdjustment)
  const isIn = isRelative
    ? adjustments.some((by) => by < 0)
    : alarms.some(({ comparison }) => comparison.startsWith('Less'))
  const isOut = isRelative && adjustments.some((by) => by > 0)
  return [
    ...(isIn ? [takesAway(where, service, 'Remove it, or its steps that take away.')] : []),
    ...(isOut ? stepCooldownFindings(service, where, { steps, alarms }) : []),
  ]
}

function stepCooldownFindings(
  { launchTimeMs }: Service,
  where: string,
  { steps, alarms }: { steps: NonNullable<LivePolicy['steps']>; alarms: readonly LiveAlarm[] },
): LintFinding[] {
  const given = steps.cooldownSeconds
  const least = Math.max(
    ...alarms
      .filter(isAlarmOfTheQueue)
      .map(({ periodSeconds = 60 }) =>
        leastStepCooldownSeconds({ namespace: 'AWS/SQS', periodSeconds }, launchTimeMs),
      ),
  )
  return given === undefined || given >= least ? [] : [cooldownShort(where, given, least)]
}

function isAlarmOfTheQueue({ watches }: LiveAlarm): boolean {
  return watches !== undefined && followsQueue(watches)
}

function scaleInFindings(service: Service, where: string, { tracking }: LivePolicy): LintFinding[] {
  if (service.strategy.kind !== 'targetTracking') {
    return [takesAway(where, service, 'Remove it, or set DisableScaleIn.')]
  }
  const metric = tracking?.metric
  const isOfQueue = metric !== undefined && followsQueue(metric)
  return [
    {
      code: isOfQueue ? 'queue-policies-disagree' : 'policies-fight',
      severity: isOfQueue ? 'problem' : 'note',
      found: `${where}, with scale-in, beside Longshore's own`,
      expected: isOfQueue
        ? 'one policy that follows the queue: two of them scale in only when both agree, which may be never'
        : 'one policy that takes tasks away: target tracking scales in only when all of them agree, so the slowest keeps the tasks',
      fix: isOfQueue ? 'Remove it.' : 'Set DisableScaleIn: it still adds tasks.',
    },
  ]
}

function followsQueue(metric: NonNullable<NonNullable<LivePolicy['tracking']>['metric']>): boolean {
  if (metric.kind === 'predefined') return false
  if (metric.kind === 'metric') return isOfTheQueue(metric.metric)
  return metric.queries.some((query) => 'metric' in query && isOfTheQueue(query.metric))
}

function cooldownFindings({ launchTimeMs }: Service, where: string, { tracking }: LivePolicy): LintFinding[] {
  const given = tracking?.scaleOutCooldownSeconds
  const least = leastScaleOutCooldownSeconds(launchTimeMs)
  const isOfQueue = tracking?.metric !== undefined && followsQueue(tracking.metric)
  return given === undefined || given >= least || !isOfQueue ? [] : [cooldownShort(where, given, least)]
}

function cooldownShort(where: string, given: number, least: number): LintFinding {
  return {
    code: 'cooldown-short',
    severity: 'problem',
    found: `${where}: a scale-out cooldown of ${given} s`,
    expected: `at least ${least} s: until the new tasks run and the metric shows it, the same backlog is counted twice`,
    fix: `Remove it, or set its cooldown to ${least}.`,
  }
}

function suspended(service: Service, { target }: Live): LintFinding[] {
  if (target === null || service.suspended !== undefined) return []
  const names = (['scaleOut', 'scaleIn', 'scheduled'] as const).filter((name) => target.suspended[name])
  if (names.length === 0) return []
  return [
    {
      code: 'suspended',
      severity: 'note',
      found: `${names.join(', ')} switched off on the scalable target`,
      expected:
        'nothing switched off, or a configuration that says so: policies are asked, and nothing happens',
      fix: `Resume it, or say suspended: { ${names.map((name) => `${name}: true`).join(', ')} } in the configuration.`,
    },
  ]
}
