import { leastScaleOutCooldownSeconds } from '../../config/limits.js'
import type { Service } from '../../config/service.js'
import type { Live, LivePolicy } from '../live.js'
import { OWN_PREFIX } from '../names.js'
import { sumOfGauge } from './config-rules.js'
import type { LintFinding } from './finding.js'
import { dividingByZero, isGauge, isOfTheQueue } from './signals.js'

/** What the account shows: above all the policies that others have put on the same service. */
export function liveFindings(service: Service, live: Live): LintFinding[] {
  const others = live.policies.filter(({ name }) => !name.startsWith(OWN_PREFIX))
  return [...others.flatMap((policy) => ofOthers(service, policy)), ...suspended(service, live)]
}

function ofOthers(service: Service, policy: LivePolicy): LintFinding[] {
  const { tracking } = policy
  if (tracking === undefined) return []
  const where = `the policy ${policy.name}, which is not ours`
  return [
    ...mathFindings(where, policy),
    ...(tracking.disableScaleIn ? [] : scaleInFindings(service, where, policy)),
    ...cooldownFindings(service, where, policy),
  ]
}

function mathFindings(where: string, { tracking }: LivePolicy): LintFinding[] {
  const metric = tracking?.metric
  if (metric === undefined || metric.kind === 'predefined') return []
  if (metric.kind === 'metric') {
    const isSum = isGauge(metric.metric) && metric.statistic === 'Sum'
    return isSum ? [sumOfGauge(where, metric.metric.name)] : []
  }
  const sums = metric.queries.flatMap((query) =>
    'metric' in query && isGauge(query.metric) && query.statistic === 'Sum'
      ? [sumOfGauge(where, query.metric.name)]
      : [],
  )
  const expression = dividingByZero(metric)
  if (expression === undefined) return sums
  return [
    ...sums,
    {
      code: 'division-by-zero',
      severity: 'problem',
      found: `${where}: ${expression}`,
      expected:
        'a divisor that is never 0, or a condition: without running tasks there is no value, and the service never leaves zero',
      fix: "Remove it for Longshore's policy (targetTracking: { metric: 'math' } is the same without the fault), or wrap it: IF(tasks > 0, queue / tasks, queue).",
    },
  ]
}

function scaleInFindings({ strategy }: Service, where: string, policy: LivePolicy): LintFinding[] {
  if (strategy.kind !== 'targetTracking') {
    return [
      {
        code: 'policies-fight',
        severity: 'problem',
        found: `${where}, with scale-in, beside the strategy ${strategy.kind}`,
        expected: `no target tracking that scales in: it takes away what ${strategy.kind} has just started`,
        fix: 'Remove it, or set DisableScaleIn.',
      },
    ]
  }
  if (!followsQueue(policy)) return []
  return [
    {
      code: 'queue-policies-disagree',
      severity: 'problem',
      found: `${where}, with scale-in, beside Longshore's own`,
      expected:
        'one policy that follows the queue: two of them scale in only when both agree, which may be never',
      fix: 'Remove it.',
    },
  ]
}

function followsQueue({ tracking }: LivePolicy): boolean {
  const metric = tracking?.metric
  if (metric === undefined || metric.kind === 'predefined') return false
  if (metric.kind === 'metric') return isOfTheQueue(metric.metric)
  return metric.queries.some((query) => 'metric' in query && isOfTheQueue(query.metric))
}

function cooldownFindings({ launchTimeMs }: Service, where: string, policy: LivePolicy): LintFinding[] {
  const given = policy.tracking?.scaleOutCooldownSeconds
  const least = leastScaleOutCooldownSeconds(launchTimeMs)
  if (given === undefined || given >= least || !followsQueue(policy)) return []
  return [
    {
      code: 'cooldown-short',
      severity: 'problem',
      found: `${where}: a scale-out cooldown of ${given} s`,
      expected: `at least ${least} s: until the new tasks run and the metric shows it, the same backlog is counted twice`,
      fix: `Remove it, or set ScaleOutCooldown to ${least}.`,
    },
  ]
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
