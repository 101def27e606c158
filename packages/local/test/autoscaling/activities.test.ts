import { afterEach, describe, expect, it } from 'vitest'

import type { LocalAutoScaling } from './local-autoscaling.js'
import { startAutoScaling, THUMBNAILS } from './local-autoscaling.js'

let local: LocalAutoScaling
afterEach(() => local.close())

const newestActivity = async () =>
  (await local.client.describeScalingActivities(THUMBNAILS)).ScalingActivities?.[0]

describe('a service that does not follow', () => {
  it('ends the activity Unfulfilled after a while, and the policy is free again', async () => {
    local = await startAutoScaling({ parameters: { activityTimeoutSeconds: 120 } })
    local.service.launchMs = Infinity
    await local.register()
    await local.track()
    await local.passMinutes(25, 25, 25, undefined, undefined, undefined)
    const activity = await newestActivity()
    expect(activity).toMatchObject({
      StatusCode: 'Unfulfilled',
      StatusMessage: 'Successfully set desired count to 5. Only 2 tasks run.',
    })
  })

  it('whose desired count somebody else changes ends it Overridden', async () => {
    local = await startAutoScaling()
    await local.register()
    await local.track()
    await local.passMinutes(25, 25, 25)
    await local.clock.advance(30_000)
    local.service.desired = 3
    await local.clock.advance(10_000)
    expect((await newestActivity())?.StatusCode).toBe('Overridden')
  })

  it('because it is gone fails it, and later alarms say so once', async () => {
    local = await startAutoScaling()
    await local.register()
    await local.track()
    await local.passMinutes(25, 25, 25)
    await local.clock.advance(30_000)
    local.service.isGone = true
    await local.passMinutes(25, 25, 25)
    expect(await local.activities()).toEqual([
      'Failed: Attempting to scale due to alarm triggered',
      'Failed: Setting desired count to 5.',
    ])
    expect((await newestActivity())?.StatusMessage).toBe(
      "ECS service doesn't exist: service/media/thumbnails",
    )
  })
})

it('an alarm set by hand acts with the metric that the caller names', async () => {
  local = await startAutoScaling()
  await local.register()
  const { Alarms } = await local.track()
  await local.cloudWatch.setAlarmState({
    AlarmName: Alarms?.[0]?.AlarmName,
    StateValue: 'ALARM',
    StateReason: 'a rehearsal',
    StateReasonData: JSON.stringify({ recentDatapoints: [30] }),
  })
  expect(local.service.set).toEqual([6])
})

it('activities come in pages, newest first, and stay when the target goes', async () => {
  local = await startAutoScaling()
  await local.register({ MinCapacity: 3, MaxCapacity: 20 })
  await local.clock.advance(60_000)
  await local.register({ MinCapacity: 4, MaxCapacity: 20 })
  await local.client.deregisterScalableTarget(THUMBNAILS)
  const first = await local.client.describeScalingActivities({ ...THUMBNAILS, MaxResults: 1 })
  const second = await local.client.describeScalingActivities({ ...THUMBNAILS, NextToken: first.NextToken })
  expect([first, second].map((page) => page.ScalingActivities?.map((activity) => activity.Cause))).toEqual([
    ['minimum capacity was set to 4'],
    ['minimum capacity was set to 3'],
  ])
  expect(second.NextToken).toBeUndefined()
  await expect(
    local.client.describeScalingActivities({ ...THUMBNAILS, NextToken: 'x' }),
  ).rejects.toMatchObject({
    name: 'InvalidNextTokenException',
  })
})

it('activities are kept for six weeks', async () => {
  local = await startAutoScaling()
  await local.register({ MinCapacity: 3, MaxCapacity: 20 })
  await local.clock.advance(60_000)
  const weeksMs = 42 * 86_400_000
  await local.clock.advance(weeksMs - 60_000)
  expect(await local.activities()).toEqual(['Successful: Setting desired count to 3.'])
  await local.clock.advance(1)
  expect(await local.activities()).toEqual([])
})
