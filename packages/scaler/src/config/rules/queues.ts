import { HOLDS, itemsOf, repeated } from './rule.js'
import type { Rule } from './rule.js'

/** Metric math divides by the running tasks: ten metrics in all (PutMetricAlarm), of which they are one. */
const MAX_MATH_QUEUES = 9

export const queueRules: readonly Rule[] = [
  ({ queue, queues }) => {
    if ((queue === undefined) !== (queues === undefined)) return HOLDS
    const expected =
      queue === undefined ? "a queue's name or URL, or `queues`" : 'to be left out where `queues` is given'
    return [{ path: ['queue'], expected }]
  },
  ({ queues }) =>
    repeated(
      itemsOf(queues).map(({ name }) => name),
      (index) => ['queues', String(index), 'name'],
    ),
  ({ queues, targetTracking, handling }) => {
    if (targetTracking?.metric !== 'math' || !Array.isArray(queues)) return HOLDS
    if (queues.length > MAX_MATH_QUEUES) {
      return [
        { path: ['queues'], expected: `at most ${MAX_MATH_QUEUES} queues with targetTracking.metric 'math'` },
      ]
    }
    const isWeighted = itemsOf(queues).some(
      ({ handling: own }) => own?.mean !== handling?.mean && own !== undefined,
    )
    return isWeighted
      ? [{ path: ['queues'], expected: "queues with one handling.mean, for targetTracking.metric 'math'" }]
      : HOLDS
  },
]
