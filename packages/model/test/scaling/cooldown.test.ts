import { describe, expect, it } from 'vitest'

import {
  afterCompletion,
  afterFailure,
  afterScaleIn,
  afterScaleOut,
  isCooling,
  NO_COOLDOWNS,
  scaleOutBase,
} from '../../src/index.js'

const T0 = Date.UTC(2026, 0, 1)
const activity = { baseCapacity: 10, cooldownSeconds: 300 }

describe('a scale-out cooldown', () => {
  it('begins when the activity completes, and counts from the base of the activity until it ends', () => {
    const inProgress = afterScaleOut(activity)
    expect(scaleOutBase(inProgress, { running: 12, nowMs: T0 })).toBe(10)
    const done = afterCompletion(inProgress, 'out', T0 + 60_000)
    expect(scaleOutBase(done, { running: 15, nowMs: T0 + 359_999 })).toBe(10)
    expect(scaleOutBase(done, { running: 15, nowMs: T0 + 360_000 })).toBe(15)
  })

  it('nets a step of 3 during one of 2 to a single task, as in the step-scaling example', () => {
    const done = afterCompletion(afterScaleOut(activity), 'out', T0)
    const base = scaleOutBase(done, { running: 12, nowMs: T0 + 60_000 })
    expect(base + 3 - 12).toBe(1)
  })

  it('ends the cooldown of a scale-in', () => {
    const scaledIn = afterCompletion(afterScaleIn(NO_COOLDOWNS, activity), 'in', T0)
    expect(isCooling(scaledIn.in, T0 + 1_000)).toBe(true)
    expect(isCooling(afterScaleOut(activity).in, T0 + 1_000)).toBe(false)
  })
})

describe('an activity that fails', () => {
  it('has no cooldown', () => {
    expect(afterFailure(afterScaleOut(activity), 'out')).toEqual(NO_COOLDOWNS)
  })
})

it('completing what is not there changes nothing', () => {
  expect(afterCompletion(NO_COOLDOWNS, 'out', T0)).toBe(NO_COOLDOWNS)
})
