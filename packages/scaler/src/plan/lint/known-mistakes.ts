import type { Service } from '../../config/service.js'
import type { LiveAlarm } from '../live.js'
import type { MetricMath, SingleMetric } from '../resources.js'
import type { LintFinding } from './finding.js'
import { dividingByZero, isAge, isGauge } from './signals.js'

/** What is wrong with a metric that something watches; `where` says what does. */
export function metricFindings(where: string, watched: SingleMetric | MetricMath): LintFinding[] {
  const summed = gaugesOf(watched).map(({ metric }) => sumOfGauge(where, metric.name))
  const expression = watched.kind === 'math' ? dividingByZero(watched) : undefined
  return expression === undefined ? summed : [...summed, divisionByZero(`${where}: ${expression}`)]
}

function gaugesOf(watched: SingleMetric | MetricMath): Pick<SingleMetric, 'metric'>[] {
  const singles =
    watched.kind === 'metric'
      ? [watched]
      : watched.queries.flatMap((query) => ('metric' in query ? [query] : []))
  return singles.filter(({ metric, statistic }) => statistic === 'Sum' && isGauge(metric))
}

export function sumOfGauge(where: string, metric: string): LintFinding {
  return {
    code: 'sum-of-gauge',
    severity: 'problem',
    found: `${where}: the Sum of ${metric}`,
    expected: 'Average or Maximum: a gauge that is reported twice in a period counts double in its Sum',
    fix: 'Set the statistic to Average, or to Maximum.',
  }
}

function divisionByZero(found: string): LintFinding {
  return {
    code: 'division-by-zero',
    severity: 'problem',
    found,
    expected:
      'a divisor that is never 0, or a condition: without running tasks there is no value, and the service never leaves zero',
    fix: "Remove it for Longshore's policy (targetTracking: { metric: 'math' } is the same without the fault), or wrap it: IF(tasks > 0, queue / tasks, queue).",
  }
}

/** What is wrong with an alarm that sets off somebody's policy. */
export function alarmFindings({ name, watches, treatMissingData }: LiveAlarm): LintFinding[] {
  if (watches === undefined) return []
  const where = `the alarm ${name}, which is not ours`
  const metrics =
    watches.kind === 'metric'
      ? [watches.metric]
      : watches.queries.flatMap((query) => ('metric' in query ? [query.metric] : []))
  const age = treatMissingData === 'notBreaching' ? undefined : metrics.find(isAge)
  return [
    ...metricFindings(where, watches),
    ...(age === undefined ? [] : [ageWithoutData(where, age.name, treatMissingData ?? 'missing')]),
  ]
}

export function ageWithoutData(where: string, metric: string, missing: string): LintFinding {
  return {
    code: 'age-without-data',
    severity: 'problem',
    found: `${where}: ${metric} with missing data as ${missing}`,
    expected: "'notBreaching': an empty queue has no oldest message, and no age",
    fix: "Set missing data to 'notBreaching'.",
  }
}

/** A step's scale-in is not held back by target tracking (Application Auto Scaling user guide, "Step scaling policies"). */
export function takesAway(where: string, { strategy }: Service, fix: string): LintFinding {
  return {
    code: 'policies-fight',
    severity: 'problem',
    found: `${where}, with scale-in, beside the strategy ${strategy.kind}`,
    expected: `one policy that takes tasks away: this one takes away what ${strategy.kind} has just started`,
    fix,
  }
}
