import {
  array,
  assert,
  constantFrom,
  double,
  integer,
  nat,
  option,
  property,
  record,
  uniqueArray,
} from 'fast-check'
import type { Arbitrary } from 'fast-check'
import { describe, expect, it } from 'vitest'

import type { ScalingDecision, StepAdjustment, StepScalingInput } from '../../src/index.js'
import {
  adjustedCapacity,
  aggregateMetric,
  decideStepScaling,
  largestDecision,
  NO_COOLDOWNS,
  stepFor,
  stepPolicyProblem,
} from '../../src/index.js'
import { operatorOf, policyOf, STEP_TABLE, stepDecisionCases, stepsOf } from '../golden/step-cases.js'

describe('the step that a breach takes', () => {
  it.each(STEP_TABLE.steps)('$name', ({ steps, operator, differences }) => {
    for (const [difference, expected] of Object.entries(differences)) {
      const breach = { difference: Number(difference), comparisonOperator: operatorOf(operator) }
      expect(stepFor(stepsOf(steps), breach)?.scalingAdjustment ?? null, difference).toBe(expected)
    }
  })
})

describe('what an adjustment makes of a capacity', () => {
  it.each(STEP_TABLE.adjustments)('$name', ({ base, type, adjustment, minMagnitude, capacity }) => {
    const asked = {
      adjustmentType: type,
      scalingAdjustment: adjustment,
      minAdjustmentMagnitude: minMagnitude,
    }
    expect(adjustedCapacity(base, asked)).toBe(capacity)
  })
})

describe("a policy follows AWS's examples", () => {
  it.each(STEP_TABLE.sequences)('$name', ({ start, threshold, events, ...policies }) => {
    let running = start
    for (const { policy, metric, capacity } of events) {
      const row = policies[policy]
      const decision = decideStepScaling({
        policyName: policy,
        policy: policyOf(row),
        alarm: { threshold, comparisonOperator: operatorOf(row.operator), points: [metric] },
        capacity: { min: 0, max: 100, running, desired: running },
        cooldowns: NO_COOLDOWNS,
        suspended: { out: false, in: false },
        isDeploying: false,
        nowMs: 0,
      })
      if (decision.kind === 'scale') running = decision.capacity
      expect(running, `at ${metric}`).toBe(capacity)
    }
  })
})

describe('a decision', () => {
  it.each(stepDecisionCases())('$name', ({ input, expected }) => {
    const decision = decideStepScaling(input)
    if (expected.scaleTo === undefined) expect(decision).toEqual({ kind: 'none', reason: expected.reason })
    else expect(decision).toMatchObject({ kind: 'scale', capacity: expected.scaleTo, policyName: 'steps' })
  })
})

describe('a policy is refused as AWS refuses it', () => {
  it.each(STEP_TABLE.problems)('$name', ({ type, steps, minMagnitude, problem }) => {
    const policy = {
      adjustmentType: type ?? undefined,
      stepAdjustments: stepsOf(steps),
      minAdjustmentMagnitude: minMagnitude,
      metricAggregationType: undefined,
    }
    expect(stepPolicyProblem(policy) ?? null).toBe(problem)
  })
})

describe('several policies that act at the same time', () => {
  it.each(STEP_TABLE.several)('$name', ({ decisions, capacity, reason }) => {
    const asked = decisions.map((each, index): ScalingDecision =>
      typeof each === 'number'
        ? { kind: 'scale', capacity: each, policyName: `policy-${index}`, baseCapacity: 10 }
        : { kind: 'none', reason: each as 'CooldownInEffect' },
    )
    expect(largestDecision(asked)).toMatchObject(
      capacity === undefined ? { kind: 'none', reason } : { kind: 'scale', capacity },
    )
  })

  it('none of them, no decision', () => {
    expect(largestDecision([])).toBeUndefined()
  })
})

it('the aggregation type chooses among the most recent points', () => {
  expect(
    ['Average', 'Minimum', 'Maximum'].map((type) => aggregateMetric([1, 5, 3], type as 'Average')),
  ).toEqual([3, 1, 5])
  expect(aggregateMetric([], 'Average')).toBeUndefined()
})

/** Steps that meet, from minus infinity to infinity. */
const ladders: Arbitrary<StepAdjustment[]> = uniqueArray(integer({ min: -100, max: 100 }), {
  minLength: 1,
  maxLength: 19,
}).chain((bounds) => {
  const ascending = bounds.toSorted((one, other) => one - other)
  return array(integer({ min: -50, max: 50 }), { minLength: 20, maxLength: 20 }).map((adjustments) =>
    [...ascending, undefined].map((upper, index) => ({
      metricIntervalLowerBound: ascending[index - 1],
      metricIntervalUpperBound: upper,
      scalingAdjustment: adjustments[index] ?? 0,
    })),
  )
})
const operators = constantFrom('>' as const, '>=' as const, '<' as const, '<=' as const).map(operatorOf)

describe('whatever the steps', () => {
  it('those that meet are taken, and hold every breach exactly once', () => {
    assert(
      property(
        ladders,
        operators,
        integer({ min: -120, max: 120 }),
        (steps, comparisonOperator, difference) => {
          const policy = {
            adjustmentType: 'ChangeInCapacity' as const,
            stepAdjustments: steps,
            minAdjustmentMagnitude: undefined,
            metricAggregationType: undefined,
          }
          expect(stepPolicyProblem(policy)).toBeUndefined()
          const breach = { difference, comparisonOperator }
          expect(steps.filter((step) => stepFor([step], breach) !== undefined)).toHaveLength(1)
        },
      ),
    )
  })

  it('a missing step in the middle is a gap', () => {
    assert(
      property(ladders, nat(18), (steps, at) => {
        if (steps.length < 3) return
        const index = 1 + (at % (steps.length - 2))
        const policy = {
          adjustmentType: 'ChangeInCapacity' as const,
          stepAdjustments: steps.toSpliced(index, 1),
          minAdjustmentMagnitude: undefined,
          metricAggregationType: undefined,
        }
        expect(stepPolicyProblem(policy)).toBe('Step adjustment intervals cannot have gaps between them')
      }),
    )
  })
})

const inputs: Arbitrary<StepScalingInput> = record({
  policyName: constantFrom('steps'),
  policy: record({
    adjustmentType: constantFrom('ChangeInCapacity', 'PercentChangeInCapacity', 'ExactCapacity'),
    stepAdjustments: ladders,
    minAdjustmentMagnitude: option(integer({ min: 1, max: 5 }), { nil: undefined }),
    metricAggregationType: constantFrom('Average', 'Minimum', 'Maximum'),
  }),
  alarm: record({
    threshold: integer({ min: -50, max: 50 }),
    comparisonOperator: operators,
    points: array(double({ min: -200, max: 200, noNaN: true }), { maxLength: 5 }),
  }),
  capacity: record({ min: nat(50), room: nat(200), running: nat(300), desired: nat(300) }).map(
    ({ min, room, running, desired }) => ({ min, max: min + room, running, desired }),
  ),
  cooldowns: constantFrom(NO_COOLDOWNS),
  suspended: constantFrom({ out: false, in: false }),
  isDeploying: constantFrom(false),
  nowMs: constantFrom(0),
})

it('a decision stays within the limits, in whole tasks, and changes something', () => {
  let scaled = 0
  assert(
    property(inputs, (input) => {
      const decision = decideStepScaling(input)
      if (decision.kind === 'none') return
      scaled += 1
      const { min, max, desired } = input.capacity
      expect(Number.isInteger(decision.capacity)).toBe(true)
      expect(decision.capacity).toBeGreaterThanOrEqual(min)
      expect(decision.capacity).toBeLessThanOrEqual(max)
      expect(decision.capacity).not.toBe(desired)
    }),
    { numRuns: 2_000 },
  )
  expect(scaled).toBeGreaterThan(100)
})
