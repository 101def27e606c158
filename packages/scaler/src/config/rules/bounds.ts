import { MAX_NAMES_LENGTH } from '../limits.js'
import { HOLDS, itemsOf, readableMs } from './rule.js'
import type { Rule } from './rule.js'

export const boundsRules: readonly Rule[] = [
  ({ tasks }) => {
    const { min, max } = tasks ?? {}
    if (!Number.isInteger(min) || !Number.isInteger(max) || Number(min) <= Number(max)) return HOLDS
    return [{ path: ['tasks', 'min'], expected: `at most tasks.max (${max})` }]
  },
  ({ cluster, service }) => {
    const length = `${cluster}${service}`.length
    return length <= MAX_NAMES_LENGTH
      ? HOLDS
      : [{ path: ['service'], expected: `at most ${MAX_NAMES_LENGTH} characters together with cluster` }]
  },
  ({ handling, objective }) => {
    const meanMs = readableMs(handling?.mean)
    const waitMs = readableMs(objective?.wait?.p99)
    if (meanMs === undefined || waitMs === undefined || waitMs >= meanMs) return HOLDS
    return [
      {
        path: ['objective', 'wait', 'p99'],
        expected: `at least handling.mean (${handling?.mean}): a message also waits while others are handled`,
      },
    ]
  },
  ({ limits, tasks }) =>
    itemsOf(limits?.budgets).flatMap(({ total, perTask }, index) => {
      const allowed = Math.floor((total ?? Number.NaN) / (perTask ?? Number.NaN))
      const least = Math.max(1, tasks?.min ?? 0)
      // NaN where something is missing: no comparison holds.
      if (!(allowed < least)) return HOLDS
      const path = ['limits', 'budgets', String(index), 'total']
      return [{ path, expected: `enough for ${least} tasks (${least} × perTask)` }]
    }),
]
