import {
  array,
  assert,
  boolean,
  constant,
  constantFrom,
  double,
  nat,
  oneof,
  option,
  property,
  record,
} from 'fast-check'
import type { Arbitrary } from 'fast-check'
import { describe, expect, it } from 'vitest'

import type { AlarmState, ScaleInSizing, TrackingInput } from '../../src/index.js'
import { decideTargetTracking, NO_COOLDOWNS, withParameters } from '../../src/index.js'
import { NOW_MS, trackingCases } from '../golden/tracking-cases.js'

describe.each(['target-tracking.json', 'cooldown-netting.json'])('%s', (file) => {
  it.each(trackingCases(file))('$rule: $name', (golden) => {
    const decision = decideTargetTracking(golden.input, withParameters(golden.parameters))
    const { scaleTo, reason } = golden.expected
    if (scaleTo === undefined) expect(decision).toEqual({ kind: 'none', reason })
    else expect(decision).toMatchObject({ kind: 'scale', capacity: scaleTo })
    if (golden.expectedPolicy !== undefined)
      expect(decision).toMatchObject({ policyName: golden.expectedPolicy })
  })
})

const states = constantFrom<AlarmState>('OK', 'ALARM', 'INSUFFICIENT_DATA')
const activity = option(
  record({
    baseCapacity: nat(300),
    cooldownSeconds: nat(600),
    completedAtMs: option(
      nat(900).map((secondsAgo) => NOW_MS - secondsAgo * 1_000),
      { nil: undefined },
    ),
  }),
  { nil: undefined },
)
// Amounts as services report them: so near to zero that a quotient rounds to it, a metric says nothing.
const amount = (range: { min: number; max: number }): Arbitrary<number> =>
  double({ ...range, noNaN: true }).map((value) => (Math.abs(value) < 1e-3 ? 0 : value))
const metric = option(
  record({
    value: amount({ min: -1e6, max: 1e6 }),
    timestampMs: nat(600).map((secondsAgo) => NOW_MS - secondsAgo * 1_000),
  }),
  { nil: undefined },
)
const inputs: Arbitrary<TrackingInput> = record({
  direction: constantFrom('out', 'in'),
  policyName: constant('policy-0'),
  readings: array(
    record({
      targetValue: amount({ min: -10, max: 1e4 }),
      disableScaleIn: boolean(),
      high: states,
      low: states,
      metric,
    }),
    { minLength: 1, maxLength: 4 },
  ).map((readings) => readings.map((reading, index) => ({ ...reading, policyName: `policy-${index}` }))),
  capacity: record({ min: nat(50), room: nat(200), running: nat(300), desired: nat(300) }).map(
    ({ min, room, running, desired }) => ({ min, max: min + room, running, desired }),
  ),
  cooldowns: record({ out: activity, in: activity }),
  suspended: record({ out: boolean(), in: boolean() }),
  isDeploying: boolean(),
  nowMs: constant(NOW_MS),
})
const sizings = constantFrom<ScaleInSizing>('proportional', 'gradual')

/** Nothing stands in the way of a scale-in but the sizes. */
const readyForScaleIn: Arbitrary<TrackingInput> = inputs.map((input) => ({
  ...input,
  direction: 'in',
  readings: input.readings.map((reading) => ({
    ...reading,
    targetValue: Math.abs(reading.targetValue) + 1,
    disableScaleIn: false,
    high: 'OK',
    low: 'ALARM',
    metric: { value: reading.metric?.value ?? 0, timestampMs: NOW_MS - 90_000 },
  })),
  capacity: { ...input.capacity, desired: input.capacity.min + 1 + input.capacity.desired },
  cooldowns: NO_COOLDOWNS,
  suspended: { out: false, in: false },
  isDeploying: false,
}))

describe('whatever the readings', () => {
  it('a decision stays within the limits, in its direction, in whole tasks', () => {
    assert(
      property(oneof(inputs, readyForScaleIn), sizings, (input, scaleInSizing) => {
        const decision = decideTargetTracking(input, withParameters({ scaleInSizing }))
        if (decision.kind === 'none') return
        const { min, max, desired } = input.capacity
        expect(Number.isInteger(decision.capacity)).toBe(true)
        expect(decision.capacity).toBeGreaterThanOrEqual(min)
        expect(decision.capacity).toBeLessThanOrEqual(max)
        if (input.direction === 'out') expect(decision.capacity).toBeGreaterThan(desired)
        else expect(decision.capacity).toBeLessThan(desired)
      }),
      { numRuns: 2_000 },
    )
  })

  it('one metric without data, or with old data, keeps every task', () => {
    assert(
      property(readyForScaleIn, nat(3), boolean(), (input, index, isOld) => {
        const blind = isOld ? { value: 0, timestampMs: NOW_MS - 301_000 } : undefined
        const readings = input.readings.map((reading, at) =>
          at === index % input.readings.length ? { ...reading, metric: blind } : reading,
        )
        expect(decideTargetTracking({ ...input, readings })).toEqual({ kind: 'none', reason: 'MissingData' })
      }),
    )
  })

  it('one AlarmLow with insufficient data keeps every task', () => {
    assert(
      property(readyForScaleIn, nat(3), (input, index) => {
        const readings = input.readings.map((reading, at) =>
          at === index % input.readings.length ? { ...reading, low: 'INSUFFICIENT_DATA' as const } : reading,
        )
        expect(decideTargetTracking({ ...input, readings })).toEqual({
          kind: 'none',
          reason: 'PolicyNotReady',
        })
      }),
    )
  })

  it('a proportional scale-in leaves every metric at its target or below', () => {
    let scaledIn = 0
    assert(
      property(readyForScaleIn, (input) => {
        const decision = decideTargetTracking(input)
        if (decision.kind === 'none' || decision.capacity === input.capacity.max) return
        scaledIn += 1
        for (const { metric, targetValue } of input.readings) {
          const load = Math.max(0, metric?.value ?? 0) * input.capacity.running
          expect(load).toBeLessThanOrEqual(targetValue * decision.capacity * (1 + 1e-6))
        }
      }),
      { numRuns: 1_000 },
    )
    expect(scaledIn).toBeGreaterThan(50)
  })
})
