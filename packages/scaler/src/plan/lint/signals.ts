import type { MetricMath } from '../resources.js'

interface Named {
  readonly namespace: string
  readonly name: string
}

/** A metric that says how much there is at an instant: its samples must not be added up. */
export function isGauge({ namespace, name }: Named): boolean {
  return (
    name.startsWith('Approximate') ||
    name.endsWith('Utilization') ||
    (namespace === 'ECS/ContainerInsights' && name.endsWith('TaskCount'))
  )
}

/** The age of the oldest message, which an empty queue does not report. */
export function isAge({ name }: Named): boolean {
  return name.startsWith('ApproximateAgeOfOldestMessage')
}

/** A metric of the queue, or one that says how much work there is for each task. */
export function isOfTheQueue({ namespace, name }: Named): boolean {
  return namespace === 'AWS/SQS' || /backlog|queue/i.test(name)
}

/** The expression that divides by what may be 0, if there is one: then there is no data, and nothing scales from zero. */
export function dividingByZero({ queries }: MetricMath): string | undefined {
  for (const query of queries) {
    if ('expression' in query && DIVISION.test(query.expression) && !GUARD.test(query.expression)) {
      return query.expression
    }
  }
  return undefined
}

// A number, the length of a period, and a sum with a number are never 0, counts being none below it.
const DIVISION = /\/(?!\s*(?:\d|PERIOD\b|\([^()]*\+\s*\d))/i
const GUARD = /\bIF\s*\(|\bMAX\s*\(/i
