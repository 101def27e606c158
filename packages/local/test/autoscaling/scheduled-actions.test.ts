import { afterEach, describe, expect, it } from 'vitest'
import type { PutScheduledActionCommandInput } from '@aws-sdk/client-application-auto-scaling'

import { readGolden } from '../../../model/test/golden/read-golden.js'
import { INVALID_SCHEDULES, scheduleCases } from '../../../model/test/golden/schedule-cases.js'
import type { LocalAutoScaling } from './local-autoscaling.js'
import { ACCOUNT_ID, REGION, startAutoScaling, THUMBNAILS } from './local-autoscaling.js'

const MINUTE_MS = 60_000

interface Capacity {
  readonly minCapacity?: number
  readonly maxCapacity?: number
}

const { runs, problems } = readGolden('scheduled-actions.json') as {
  readonly runs: readonly {
    readonly name: string
    readonly limits: readonly [min: number, max: number]
    readonly desired: number
    readonly action: Capacity
    readonly becomes?: readonly [min: number, max: number]
    readonly capacity?: number | null
    readonly problem?: string
  }[]
  readonly problems: readonly {
    readonly name: string
    readonly action: Capacity | null
    readonly startMs?: number
    readonly endMs?: number
    readonly problem: string | null
  }[]
}

let local: LocalAutoScaling
afterEach(() => local.close())

const put = (more: Partial<PutScheduledActionCommandInput> = {}) =>
  local.client.putScheduledAction({
    ...THUMBNAILS,
    ScheduledActionName: 'morning',
    Schedule: 'rate(1 minute)',
    ScalableTargetAction: { MinCapacity: 1 },
    ...more,
  })
const actionOf = ({ minCapacity, maxCapacity }: Capacity) => ({
  MinCapacity: minCapacity,
  MaxCapacity: maxCapacity,
})
const described = async (more = {}) =>
  (await local.client.describeScheduledActions({ ServiceNamespace: 'ecs', ...more })).ScheduledActions ?? []
const limits = async () => {
  const [target] =
    (await local.client.describeScalableTargets({ ServiceNamespace: 'ecs' })).ScalableTargets ?? []
  return [target?.MinCapacity, target?.MaxCapacity]
}
const newestActivity = async () =>
  (await local.client.describeScalingActivities(THUMBNAILS)).ScalingActivities?.[0]

describe('a schedule runs when the model says', () => {
  it.each(scheduleCases())('$rule: $name', async (golden) => {
    const { createdMs, startMs, endMs } = golden.window
    local = await startAutoScaling({ startMs: createdMs })
    await local.register()
    await put({
      Schedule: golden.schedule,
      Timezone: golden.timezone,
      StartTime: startMs === undefined ? undefined : new Date(startMs),
      EndTime: endMs === undefined ? undefined : new Date(endMs),
    })
    const lastRun = async () => (await newestActivity())?.StartTime?.toISOString()
    await local.clock.advance(golden.afterMs - createdMs)
    for (const run of golden.runs) {
      if (run === '…') return
      const before = await lastRun()
      await local.clock.advance(Date.parse(run) - local.clock.now() - 2)
      // Activities are kept for six weeks only.
      expect([before, undefined]).toContain(await lastRun())
      await local.clock.advance(2)
      expect(Date.parse((await lastRun()) ?? '')).toBe(Date.parse(run))
    }
    expect(local.clock.pending).toBe(0)
  })

  it.each(INVALID_SCHEDULES)('$schedule is refused ($timezone)', async ({ schedule, timezone, message }) => {
    local = await startAutoScaling()
    await local.register()
    // The shape of the call already asks for a text of one character at least.
    const isEmpty = schedule === '' || timezone === ''
    await expect(put({ Schedule: schedule, Timezone: timezone })).rejects.toMatchObject({
      name: 'ValidationException',
      message: isEmpty ? (expect.stringContaining('greater than or equal to 1') as string) : message,
    })
    expect(await described()).toEqual([])
  })
})

describe('a run', () => {
  it.each(runs)('$name', async (golden) => {
    local = await startAutoScaling({ tasks: golden.desired })
    await local.register({ MinCapacity: golden.limits[0], MaxCapacity: golden.limits[1] })
    await put({ ScalableTargetAction: actionOf(golden.action) })
    await local.clock.advance(MINUTE_MS)
    expect(await limits()).toEqual(golden.becomes ?? golden.limits)
    expect(local.service.set).toEqual(typeof golden.capacity === 'number' ? [golden.capacity] : [])
    if (golden.problem === undefined) return
    expect(await newestActivity()).toMatchObject({
      StatusCode: 'Failed',
      Cause: 'scheduled action name morning was triggered',
      StatusMessage: expect.stringContaining(golden.problem) as string,
    })
  })

  it('is two activities: the limits, and what follows from them, whatever cools down', async () => {
    local = await startAutoScaling()
    await local.register()
    await local.track()
    await local.passMinutes(25, 25, 25)
    await local.clock.advance(30_000)
    await put({ Schedule: 'rate(1 minute)', ScalableTargetAction: { MinCapacity: 8, MaxCapacity: 12 } })
    await local.clock.advance(MINUTE_MS)
    expect(local.service.set).toEqual([5, 8])
    const { ScalingActivities = [] } = await local.client.describeScalingActivities(THUMBNAILS)
    expect(ScalingActivities).toMatchObject([
      { Cause: 'minimum capacity was set to 8', Description: 'Setting desired count to 8.' },
      {
        Cause: 'scheduled action name morning was triggered',
        Description: 'Setting min capacity to 8 and max capacity to 12',
        StatusCode: 'Successful',
        StatusMessage: 'Successfully set min capacity to 8 and max capacity to 12',
      },
      { Description: 'Setting desired count to 5.' },
    ])
  })

  it('of several actions at one time comes in the order in which they were put', async () => {
    local = await startAutoScaling()
    await local.register()
    for (const MaxCapacity of [9, 7, 8]) {
      await put({ ScheduledActionName: `max-${MaxCapacity}`, ScalableTargetAction: { MaxCapacity } })
    }
    await local.clock.advance(MINUTE_MS)
    expect(await limits()).toEqual([1, 8])
  })

  it('is passed over while those are suspended, and not made up for', async () => {
    local = await startAutoScaling()
    await local.register()
    const suspend = (ScheduledScalingSuspended: boolean) =>
      local.client.registerScalableTarget({ ...THUMBNAILS, SuspendedState: { ScheduledScalingSuspended } })
    await put({ ScalableTargetAction: { MinCapacity: 3 }, Schedule: 'rate(10 minutes)' })
    await suspend(true)
    await local.clock.advance(15 * MINUTE_MS)
    await suspend(false)
    expect(await limits()).toEqual([1, 20])
    await local.clock.advance(4 * MINUTE_MS)
    expect(await limits()).toEqual([1, 20])
    await local.clock.advance(MINUTE_MS)
    expect(await limits()).toEqual([3, 20])
  })

  it('of a service that is gone changes the limits and scales nothing', async () => {
    local = await startAutoScaling()
    await local.register()
    await put({ ScalableTargetAction: { MinCapacity: 3 } })
    local.service.isGone = true
    await local.clock.advance(MINUTE_MS)
    expect(await limits()).toEqual([3, 20])
    expect(local.service.set).toEqual([])
  })
})

describe('PutScheduledAction', () => {
  it.each(problems)('$name', async ({ action, startMs, endMs, problem }) => {
    local = await startAutoScaling()
    await local.register()
    const call = put({
      ScalableTargetAction: action === null ? undefined : actionOf(action),
      StartTime: startMs === undefined ? undefined : new Date(startMs),
      EndTime: endMs === undefined ? undefined : new Date(endMs),
    })
    if (problem === null) await call
    else await expect(call).rejects.toMatchObject({ name: 'ValidationException', message: problem })
    expect(await described()).toHaveLength(problem === null ? 1 : 0)
  })

  it('is described as it was put', async () => {
    local = await startAutoScaling()
    await local.register()
    const start = new Date(local.clock.now() + 3_600_000)
    const action = {
      Schedule: 'cron(0 9 ? * MON-FRI *)',
      Timezone: 'Europe/Zurich',
      StartTime: start,
      EndTime: new Date(start.getTime() + 86_400_000),
      ScalableTargetAction: { MinCapacity: 2, MaxCapacity: 30 },
    }
    await put(action)
    expect(await described()).toEqual([
      {
        ...THUMBNAILS,
        ...action,
        ScheduledActionName: 'morning',
        ScheduledActionARN: expect.stringMatching(
          `^arn:aws:autoscaling:${REGION}:${ACCOUNT_ID}:scheduledAction:[0-9a-f-]{36}:resource/ecs/service/media/thumbnails:scheduledActionName/morning$`,
        ) as string,
        CreationTime: new Date(local.clock.now()),
      },
    ])
  })

  it('changes an action: start and end go where they are not named again, the rest stays', async () => {
    local = await startAutoScaling()
    await local.register()
    await put({ Timezone: 'Asia/Tokyo', EndTime: new Date(local.clock.now() + 86_400_000) })
    const [before] = await described()
    await local.clock.advance(1_000)
    await put({ Schedule: undefined, ScalableTargetAction: { MaxCapacity: 5 } })
    const [after] = await described()
    expect(after).toMatchObject({
      ScheduledActionARN: before?.ScheduledActionARN,
      CreationTime: before?.CreationTime,
      Schedule: 'rate(1 minute)',
      Timezone: 'Asia/Tokyo',
      ScalableTargetAction: { MaxCapacity: 5 },
    })
    expect(after).not.toHaveProperty('EndTime')
  })

  it('refuses a new action without a schedule, a name with a slash, the 201st, and a target that is not there', async () => {
    local = await startAutoScaling()
    await expect(put()).rejects.toMatchObject({ name: 'ObjectNotFoundException' })
    await local.register()
    await expect(put({ Schedule: undefined })).rejects.toThrow('Schedule must be set')
    await expect(put({ ScheduledActionName: 'a/b' })).rejects.toThrow('regular expression')
    for (let at = 0; at < 200; at += 1) await put({ ScheduledActionName: `action-${at}` })
    await expect(put()).rejects.toMatchObject({ name: 'LimitExceededException' })
  })
})

it('scheduled actions are described by name and resource, in pages, and deleted', async () => {
  local = await startAutoScaling()
  await local.register()
  for (const ScheduledActionName of ['c', 'a', 'b']) await put({ ScheduledActionName })
  const names = async (more = {}) => (await described(more)).map((action) => action.ScheduledActionName)
  expect(await names()).toEqual(['a', 'b', 'c'])
  expect(await names({ ScheduledActionNames: ['c', 'unknown'] })).toEqual(['c'])
  expect(await names({ ResourceId: 'service/media/other' })).toEqual([])
  const page = { ServiceNamespace: 'ecs', MaxResults: 2 } as const
  const first = await local.client.describeScheduledActions(page)
  await local.client.deleteScheduledAction({ ...THUMBNAILS, ScheduledActionName: 'a' })
  expect(await names({ ...page, NextToken: first.NextToken })).toEqual(['c'])
  await expect(
    local.client.deleteScheduledAction({ ...THUMBNAILS, ScheduledActionName: 'a' }),
  ).rejects.toMatchObject({
    name: 'ObjectNotFoundException',
    message: expect.stringContaining('scheduled action name: a') as string,
  })
  await local.client.deregisterScalableTarget(THUMBNAILS)
  expect(await names()).toEqual([])
  expect(local.clock.pending).toBe(0)
})
