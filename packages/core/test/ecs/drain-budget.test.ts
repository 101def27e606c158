import { expect, test } from 'vitest'
import { drainBudget } from '../../src/ecs/drain-budget.js'

// T31
test.each([
  [30_000, 25_000],
  [120_000, 115_000],
  [10_000, 7_500],
  [2_000, 1_500],
])('of %i ms a drain leaves %i ms to the handlers', (stopTimeoutMs, finishMs) => {
  const budget = drainBudget(stopTimeoutMs)
  expect(budget.finishMs).toBe(finishMs)
  expect(budget.finishMs + budget.graceMs + budget.settleMs).toBeLessThan(stopTimeoutMs)
})
