import { leastStepCooldownSeconds, METRIC_PERIOD_SECONDS } from '../../config/limits.js'
import type { Service, Steps } from '../../config/service.js'
import type { Plan } from '../plan.js'
import type { LintFinding } from './finding.js'
import { ageWithoutData, sumOfGauge, takesAway } from './known-mistakes.js'
import { isAge, isGauge } from './signals.js'

/** AlarmHigh of target tracking: three datapoints of a minute (seen in live accounts). */
const TRACKING_DATAPOINTS = 3
const TRACKING_PERIOD_SECONDS = 60

/** What the configuration alone shows. */
export function configFindings(service: Service, plan: Plan): LintFinding[] {
  return [
    ...tooTight(service),
    ...fighting(service),
    ...stepFindings(service),
    ...raisedMinima(service),
    ...withoutFallback(service, plan),
  ]
}

/** How long a jump of the load waits, at least, until the first task that it starts takes messages. */
export function reactionSeconds({ strategy, launchTimeMs }: Service): number {
  const launchSeconds = launchTimeMs / 1_000
  if (strategy.kind === 'targetTracking') {
    // The published metric is at most a beat old; AWS's own is a minute late.
    const staleSeconds = strategy.metric === 'math' ? METRIC_PERIOD_SECONDS : 0
    return TRACKING_DATAPOINTS * TRACKING_PERIOD_SECONDS + staleSeconds + launchSeconds
  }
  // An alarm looks once in each period, a beat after the publisher did.
  if (strategy.kind === 'ladder') return strategy.periodSeconds * (strategy.outDatapoints + 1) + launchSeconds
  return 10 + launchSeconds
}

function tooTight(service: Service): LintFinding[] {
  const reaction = reactionSeconds(service)
  const waitSeconds = service.objective.wait.p99Ms / 1_000
  if (waitSeconds >= reaction) return []
  const { kind } = service.strategy
  const quicker = kind === 'targetTracking' ? 'Take the strategy ladder or controller, shorten' : 'Shorten'
  return [
    {
      code: 'objective-too-tight',
      severity: 'note',
      found: `a wait of ${waitSeconds} s, and ${kind} that has its first new task after ${Math.round(reaction)} s`,
      expected: 'an objective that the strategy can react within: a jump of the load waits longer than that',
      fix: `${quicker} the launch, keep more tasks (tasks.min), raise the minimum ahead of known peaks (schedules), or accept a longer wait.`,
    },
  ]
}

function fighting({ strategy, policies }: Service): LintFinding[] {
  const names = (['cpu', 'memory', 'requests'] as const).filter((name) => policies[name]?.scaleIn)
  if (names.length === 0) return []
  const listed = names.map((name) => `policies.${name}`).join(' and ')
  const isTracking = strategy.kind === 'targetTracking'
  return [
    {
      code: 'policies-fight',
      severity: isTracking ? 'note' : 'problem',
      found: `${listed} that may scale in beside the strategy ${strategy.kind}`,
      expected: isTracking
        ? 'one policy that takes tasks away: target tracking scales in only when all of them agree, so the slowest keeps the tasks'
        : `one policy that takes tasks away: target tracking counts only its own kind, and takes away what ${strategy.kind} has just started`,
      fix: `Leave scaleIn false in ${listed}: they still add tasks.`,
    },
  ]
}

function stepFindings(service: Service): LintFinding[] {
  return service.policies.steps.flatMap((steps) => [
    ...(isGauge(steps.metric) && steps.metric.statistic === 'Sum'
      ? [sumOfGauge(`policies.steps ${steps.name}`, steps.metric.name)]
      : []),
    ...(isAge(steps.metric) && steps.missing !== 'notBreaching'
      ? [ageWithoutData(`policies.steps ${steps.name}`, steps.metric.name, steps.missing)]
      : []),
    ...takingAway(service, steps),
    ...shortCooldown(service, steps),
  ])
}

function takingAway(service: Service, { name, when, change, steps }: Steps): LintFinding[] {
  const isIn = change === 'exactly' ? when === 'below' : steps.some(({ by }) => by < 0)
  const fix = `Leave it to ${service.strategy.kind} to take tasks away, and this policy to add them.`
  return isIn ? [takesAway(`policies.steps ${name}`, service, fix)] : []
}

/** Steps that add tasks by what waits add them again while the first ones launch. */
function shortCooldown({ launchTimeMs }: Service, steps: Steps): LintFinding[] {
  const isAdding = steps.change !== 'exactly' && steps.steps.some(({ by }) => by > 0)
  const { metric, periodSeconds } = steps
  const least = leastStepCooldownSeconds({ namespace: metric.namespace, periodSeconds }, launchTimeMs)
  if (!isAdding || steps.cooldownSeconds >= least) return []
  return [
    {
      code: 'cooldown-short',
      severity: 'problem',
      found: `policies.steps ${steps.name}: a cooldown of ${steps.cooldownSeconds} s`,
      expected: `at least ${least} s, until the metric shows the tasks that the last step started; before that it starts them again`,
      fix: `Set its cooldown to '${least}s', or leave it out.`,
    },
  ]
}

function raisedMinima({ schedules, tasks }: Service): LintFinding[] {
  const highest = Math.max(tasks.min, ...schedules.map(({ min }) => min ?? tasks.min))
  const isRepeated = schedules.some(({ when, min }) => min === highest && !when.startsWith('at('))
  const isLowered = schedules.some(({ min }) => min !== undefined && min < highest)
  if (highest === tasks.min || isLowered) return []
  const raising = schedules.filter(({ min }) => min === highest).map(({ name }) => name)
  return [
    {
      code: 'minimum-stays-raised',
      severity: 'problem',
      found: `${raising.join(', ')}, which raise${raising.length === 1 ? 's' : ''} the minimum to ${highest}, and no schedule that lowers it`,
      expected: `one that lowers it again${isRepeated ? '' : ' after the day'}: until then ${highest} tasks run around the clock`,
      fix: `Add a schedule with min: ${tasks.min}.`,
    },
  ]
}

function withoutFallback({ fallback }: Service, { publishes }: Plan): LintFinding[] {
  if (fallback || publishes.length === 0) return []
  return [
    {
      code: 'fallback-off',
      severity: 'note',
      found: 'fallback: false, with metrics that somebody has to publish',
      expected: 'the fallback: a publisher that is dead leaves a growing queue alone',
      fix: 'Leave fallback out.',
    },
  ]
}
