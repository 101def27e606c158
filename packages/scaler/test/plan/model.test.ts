// What plans hold, held to the rules of AWS as the model has them: taken, and doing what they are for.
import type { TargetTrackingMetricStat } from '@aws-sdk/client-application-auto-scaling'
import {
  alarmMetricsProblem,
  compileMetricMath,
  decideStepScaling,
  evaluateAlarm,
  evaluateMetricMath,
  NO_COOLDOWNS,
  predictivePolicyProblem,
  stepPolicyProblem,
} from '@longshore/model'
import * as fc from 'fast-check'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { defineService, planFor } from '../../src/index.js'
import type { MetricMath, PoliciesConfig, Service, StepScalingPolicy } from '../../src/index.js'
import { rungs } from '../../src/plan/ladder.js'
import { configs } from '../arbitrary-config.js'
import { found, serviceWith } from '../services.js'

const stepOf = (service: Service, name: string): StepScalingPolicy => {
  const policy = found(planFor(service).policies.find((each) => each.name === name))
  if (policy.kind !== 'step') throw new Error(`${name} is not a step policy.`)
  return policy
}

/** What Application Auto Scaling makes of a reading: the new count, or the old one. */
function sizeAfter(
  policy: StepScalingPolicy,
  reading: number,
  capacity: { running: number; desired?: number },
): number {
  const { running, desired = running } = capacity
  const decision = decideStepScaling({
    policyName: policy.name,
    policy: {
      adjustmentType: policy.adjustment,
      stepAdjustments: policy.steps,
      minAdjustmentMagnitude: policy.minAdjustmentMagnitude,
      metricAggregationType: policy.aggregation,
    },
    alarm: { threshold: 1, comparisonOperator: 'GreaterThanOrEqualToThreshold', points: [reading] },
    capacity: { min: 0, max: 5_000, running, desired },
    cooldowns: NO_COOLDOWNS,
    suspended: { in: false, out: false },
    isDeploying: false,
    nowMs: 0,
  })
  return decision.kind === 'scale' ? decision.capacity : desired
}

describe('every plan', () => {
  it('is taken by AWS: steps, metric math, predictive policies, names and counts', () => {
    fc.assert(
      fc.property(configs, (config) => {
        const plan = planFor(defineService(config))
        for (const policy of plan.policies) {
          if (policy.kind === 'step') {
            const { adjustment: adjustmentType, steps: stepAdjustments, minAdjustmentMagnitude } = policy
            const rules = {
              adjustmentType,
              stepAdjustments,
              minAdjustmentMagnitude,
              metricAggregationType: undefined,
            }
            expect(stepPolicyProblem(rules)).toBeUndefined()
          }
          if (policy.kind === 'targetTracking' && policy.metric.kind === 'math') expectTaken(policy.metric)
          if (policy.kind === 'predictive') {
            const buffer = policy.maxCapacityBufferPercent
            expect(
              predictivePolicyProblem({
                MetricSpecifications: [
                  {
                    TargetValue: 1,
                    PredefinedMetricPairSpecification: { PredefinedMetricType: policy.metricPair },
                  },
                ],
                SchedulingBufferTime: policy.schedulingBufferSeconds,
                ...(buffer === undefined
                  ? {}
                  : { MaxCapacityBreachBehavior: 'IncreaseMaxCapacity', MaxCapacityBuffer: buffer }),
              }),
            ).toBeUndefined()
          }
        }
        for (const { watches, periodSeconds, evaluationPeriods, datapointsToAlarm, name } of plan.alarms) {
          if (watches.kind === 'math') expectTaken(watches)
          expect(name.length).toBeLessThanOrEqual(255)
          expect(evaluationPeriods * periodSeconds).toBeLessThanOrEqual(86_400)
          expect(datapointsToAlarm).toBeLessThanOrEqual(evaluationPeriods)
        }
      }),
    )
  })

  it('takes no task away on missing data: too few values set off no alarm of the strategy', () => {
    const values = fc.array(
      fc.oneof(
        { weight: 6, arbitrary: fc.constant(undefined) },
        { weight: 1, arbitrary: fc.double({ min: 0, max: 1_000, noNaN: true }) },
      ),
      { minLength: 20, maxLength: 20 },
    )
    fc.assert(
      fc.property(configs, values, (config, minutes) => {
        const plan = planFor(defineService({ ...config, policies: undefined }))
        for (const alarm of plan.alarms) {
          const points = minutes.map((value, index) => ({ timestampMs: index, value }))
          const rule = { ...alarm, comparisonOperator: alarm.comparison }
          const { state } = evaluateAlarm(rule, { points, state: 'OK' })
          const real = minutes.filter((value) => value !== undefined).length
          if (real < alarm.datapointsToAlarm) expect(state, alarm.name).not.toBe('ALARM')
        }
      }),
    )
  })

  it('lets what follows the queue scale in, and other tracking policies only where they are told to', () => {
    const scalesIn = (policies: PoliciesConfig): unknown[] =>
      planFor(serviceWith({ policies })).policies.flatMap((policy) =>
        policy.kind === 'targetTracking' ? [[policy.name, !policy.disableScaleIn]] : [],
      )
    const followed = ['longshore-backlog-per-task', true]
    expect(scalesIn({ cpu: { target: 50 } })).toEqual([followed, ['longshore-cpu', false]])
    expect(scalesIn({ memory: { target: 50, scaleIn: true } })).toEqual([
      followed,
      ['longshore-memory', true],
    ])
  })

  it('knows of the day when target tracking on a custom metric gets a period of its own', () => {
    // The SDK has none. Once it has, the plan can offer it: a failure here is good news.
    expectTypeOf<TargetTrackingMetricStat>().not.toHaveProperty('Period')
  })
})

function expectTaken({ queries, returned }: MetricMath): void {
  const members = queries.map((query) => ({
    id: query.id,
    expression: 'expression' in query ? query.expression : undefined,
    isReturned: query.id === returned,
  }))
  expect(alarmMetricsProblem(members)).toBeUndefined()
}

describe('rungs', () => {
  it('are up to 20 rising numbers from 1 to the most, close together', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5_000 }), (most) => {
        const sizes = rungs(most)
        expect(sizes.length).toBeLessThanOrEqual(20)
        expect([sizes[0], sizes.at(-1)]).toEqual([1, most])
        for (const [index, size] of sizes.entries()) {
          const before = sizes[index - 1]
          if (before === undefined) continue
          expect(size).toBeGreaterThan(before)
          // Where numbers are small, rounding adds to the ratio.
          expect(size, `after ${before}`).toBeLessThanOrEqual(before * (most <= 150 ? 1.26 : 1.56) + 1)
        }
      }),
    )
  })
})

describe('a ladder', () => {
  const service = serviceWith({ strategy: 'ladder', tasks: { min: 0, max: 150, concurrency: 20 } })
  const deficitPolicy = stepOf(service, 'longshore-deficit')
  const surplusPolicy = stepOf(service, 'longshore-surplus')
  const count = fc.integer({ min: 1, max: 150 })

  it('adds what is missing and little more, from zero too', () => {
    expect(sizeAfter(deficitPolicy, 1, { running: 0 })).toBe(1)
    expect(sizeAfter(deficitPolicy, 7, { running: 100 })).toBe(108)
    expect(sizeAfter(deficitPolicy, 6, { running: 100 })).toBe(106)
    fc.assert(
      fc.property(fc.nat(150), count, (running, missing) => {
        const size = sizeAfter(deficitPolicy, missing, { running })
        expect(size).toBeGreaterThanOrEqual(running + missing)
        expect(size).toBeLessThanOrEqual(running + missing * 1.34)
      }),
    )
  })

  it('never adds twice for tasks that start, whichever count Application Auto Scaling reckons from', () => {
    fc.assert(
      fc.property(fc.nat(100), fc.nat(100), count, (running, pending, required) => {
        const desired = running + pending
        const missing = required - desired
        fc.pre(missing > 0)
        for (const base of [running, desired]) {
          const size = sizeAfter(deficitPolicy, missing, { running: base, desired })
          expect(size).toBeLessThanOrEqual(desired + missing * 1.34)
        }
      }),
    )
  })

  it('takes away at most what is too many, and at least one of them', () => {
    fc.assert(
      fc.property(count, count, (running, surplus) => {
        fc.pre(surplus <= running)
        const size = sizeAfter(surplusPolicy, surplus, { running })
        expect(size).toBeGreaterThanOrEqual(running - surplus)
        expect(size).toBeLessThan(running)
      }),
    )
  })
})

/** The newest value of metric math over these points, one a minute, newest last; undefined where none was published. */
function valueOf(
  { queries, returned }: MetricMath,
  points: Readonly<Record<string, readonly (number | undefined)[]>>,
): number | undefined {
  const minutes = Math.max(...Object.values(points).map(({ length }) => length))
  const members = queries.map((query) =>
    'expression' in query ? { id: query.id, expression: query.expression } : { id: query.id },
  )
  const [series] =
    evaluateMetricMath(compileMetricMath(members), {
      grid: { startMs: 0, endMs: minutes * 60_000, periodSeconds: 60 },
      points: new Map(
        Object.entries(points).map(([id, values]) => [
          id,
          values.map((value, minute) => ({ timestampMs: minute * 60_000, value })),
        ]),
      ),
    }).get(returned) ?? []
  return series?.points.at(-1)?.value
}

describe('the backlog per task as metric math', () => {
  const service = serviceWith({ targetTracking: { metric: 'math' } })
  const [policy] = planFor(service).policies
  const valueWith = (visible1: number | undefined, running: number | undefined): number | undefined => {
    if (policy?.kind !== 'targetTracking' || policy.metric.kind !== 'math')
      throw new Error('It is no metric math.')
    return valueOf(policy.metric, { visible1: [visible1], running: [running] })
  }

  it('divides what waits by the tasks that run', () => {
    expect(valueWith(900, 3)).toBe(300)
    expect(valueWith(0, 3)).toBe(0)
    expect(valueWith(undefined, 3)).toBe(0)
  })

  it('is above its target as soon as a message waits and no task runs, and zero while none waits', () => {
    expect(valueWith(1, 0)).toBe(3_001)
    expect(valueWith(1, undefined)).toBe(3_001)
    expect(valueWith(0, 0)).toBe(0)
    expect(valueWith(undefined, undefined)).toBe(0)
  })
})

describe('the fallback', () => {
  const service = serviceWith()
  const { watches } = found(planFor(service).alarms.find(({ name }) => name.endsWith('/fallback')))
  const valueWith = (
    visible1: readonly (number | undefined)[],
    published: readonly (number | undefined)[],
  ) => {
    if (watches.kind !== 'math') throw new Error('It is no metric math.')
    return valueOf(watches, { visible1, published })
  }

  it('sees the backlog while nothing is published, and none while values are, zeros too', () => {
    expect(valueWith([500], [undefined])).toBe(500)
    expect(valueWith([500], [7])).toBe(0)
    expect(valueWith([500], [0])).toBe(0)
    expect(valueWith([undefined], [undefined])).toBe(0)
  })

  it('adds what the backlog is acceptable for, and takes nothing away', () => {
    const policy = stepOf(service, 'longshore-fallback')
    // 3,000 messages are acceptable for one task.
    expect(sizeAfter(policy, 1, { running: 0 })).toBe(1)
    expect(sizeAfter(policy, 9_500, { running: 2 })).toBe(5)
    expect(policy.steps.every(({ scalingAdjustment }) => scalingAdjustment > 0)).toBe(true)
    const running = serviceWith({ tasks: { min: 2, max: 40, concurrency: 20 } })
    const alarm = found(planFor(running).alarms.find(({ name }) => name.endsWith('/fallback')))
    expect(alarm.threshold).toBe(6_000)
  })
})
