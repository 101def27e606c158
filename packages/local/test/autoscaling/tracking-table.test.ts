import { afterEach, describe, expect, it } from 'vitest'
import type { TrackingInput } from '@longshore/model'

import { trackingCases } from '../../../model/test/golden/tracking-cases.js'
import type { LocalAutoScaling } from './local-autoscaling.js'
import { metricNamed, REPORTED_REASONS, startAutoScaling, THUMBNAILS } from './local-autoscaling.js'

let local: LocalAutoScaling
afterEach(() => local.close())

/** Cooldowns come from activities and ages from time: other tests have them. */
const isOfThisInstant = ({ cooldowns, readings, nowMs }: TrackingInput) =>
  cooldowns.out === undefined &&
  cooldowns.in === undefined &&
  readings.every(({ metric }) => metric === undefined || nowMs - metric.timestampMs < 300_000)

async function setState(AlarmName: string, StateValue: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA', value?: number) {
  const StateReasonData = value === undefined ? undefined : JSON.stringify({ recentDatapoints: [value] })
  const state = { AlarmName, StateReason: 'as a test', StateReasonData }
  // Points are taken with any state, an action with a change of it alone.
  if (StateValue === 'INSUFFICIENT_DATA') await local.cloudWatch.setAlarmState({ ...state, StateValue: 'OK' })
  await local.cloudWatch.setAlarmState({ ...state, StateValue })
}

/** Puts a policy for each reading and brings its alarms where they are to be; answers the name of the one that acts. */
async function prepare({ readings, policyName, direction }: TrackingInput): Promise<string> {
  let acting = ''
  for (const reading of readings) {
    const { Alarms = [] } = await local.track(
      {
        TargetValue: reading.targetValue,
        DisableScaleIn: reading.disableScaleIn,
        ...metricNamed(reading.policyName),
      },
      reading.policyName,
    )
    const [high = '', low = ''] = Alarms.map((alarm) => alarm.AlarmName ?? '')
    await local.cloudWatch.disableAlarmActions({ AlarmNames: [high, low] })
    await setState(high, reading.high, reading.metric?.value)
    await setState(low, reading.low, reading.metric?.value)
    if (reading.policyName === policyName) acting = direction === 'out' ? high : low
  }
  return acting
}

describe('the server tracks targets as the model does', () => {
  const cases = trackingCases('target-tracking.json').filter(({ input }) => isOfThisInstant(input))

  it.each(cases)('$rule: $name', async ({ input, parameters, expected }) => {
    const { capacity, suspended, isDeploying } = input
    local = await startAutoScaling({ tasks: capacity.min, parameters })
    await local.register({ MinCapacity: capacity.min, MaxCapacity: capacity.max })
    await local.client.registerScalableTarget({
      ...THUMBNAILS,
      SuspendedState: { DynamicScalingOutSuspended: suspended.out, DynamicScalingInSuspended: suspended.in },
    })
    const acting = await prepare(input)
    Object.assign(local.service, { desired: capacity.desired, running: capacity.running, isDeploying })
    await local.cloudWatch.enableAlarmActions({ AlarmNames: [acting] })
    const own = input.readings.find(({ policyName }) => policyName === input.policyName)
    await setState(acting, 'OK', own?.metric?.value)
    await setState(acting, (input.direction === 'out' ? own?.high : own?.low) ?? 'OK', own?.metric?.value)
    expect(local.service.set).toEqual(expected.scaleTo === undefined ? [] : [expected.scaleTo])
    if (expected.scaleTo !== undefined) return
    const isTold = REPORTED_REASONS.has(expected.reason ?? '')
    expect(await local.activities(true)).toEqual(isTold ? [`Failed: ${expected.reason}`] : [])
  })
})

const LIMITS = { MinCapacity: 0, MaxCapacity: 1_000 }

/** Makes the activity that a case's cooldown comes from, and waits until it was completed as long ago. */
async function makeActivity({ cooldowns, capacity, nowMs }: TrackingInput): Promise<void> {
  const [direction, activity] =
    cooldowns.out === undefined ? (['in', cooldowns.in] as const) : (['out', cooldowns.out] as const)
  const { baseCapacity = 0, completedAtMs } = activity ?? {}
  const { Alarms = [] } = await local.track(metricNamed('policy-0'), 'policy-0')
  const [high = '', low = ''] = Alarms.map((alarm) => alarm.AlarmName ?? '')
  const metric = baseCapacity === 0 ? 1_000 : (10 * capacity.desired) / baseCapacity
  await setState(direction === 'out' ? high : low, 'ALARM', metric)
  expect(local.service.set).toEqual([capacity.desired])
  await local.cloudWatch.disableAlarmActions({ AlarmNames: [high, low] })
  if (completedAtMs === undefined) return
  local.service.running = capacity.desired
  const end = async () =>
    (await local.client.describeScalingActivities(THUMBNAILS)).ScalingActivities?.[0]?.EndTime?.getTime()
  while ((await end()) === undefined) await local.clock.advance(1_000)
  await local.clock.advance(((await end()) ?? 0) + (nowMs - completedAtMs) - local.clock.now())
}

describe('the server nets cooldowns as the model does', () => {
  it.each(trackingCases('cooldown-netting.json'))('$rule: $name', async ({ input, parameters, expected }) => {
    const { capacity } = input
    const tasks = (input.cooldowns.out ?? input.cooldowns.in)?.baseCapacity ?? 0
    local = await startAutoScaling({ tasks, parameters })
    local.service.launchMs = Infinity
    await local.register(LIMITS)
    await makeActivity(input)
    await local.register({ MinCapacity: capacity.min, MaxCapacity: capacity.max })
    const acting = await prepare(input)
    Object.assign(local.service, { desired: capacity.desired, running: capacity.running })
    local.service.set.length = 0
    await local.cloudWatch.enableAlarmActions({ AlarmNames: [acting] })
    const metric = input.readings[0]?.metric?.value
    await setState(acting, 'OK', metric)
    await setState(acting, 'ALARM', metric)
    expect(local.service.set).toEqual(expected.scaleTo === undefined ? [] : [expected.scaleTo])
  })
})
