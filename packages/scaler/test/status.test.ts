import { manualClock } from '@longshore/core/testing'
import { describe, expect, it } from 'vitest'
import { applyChanges, proposeChanges, readStatus } from '../src/index.js'
import type { ScalingActivity } from '../src/index.js'
import { fakeAws } from './fake-aws.js'
import { found, serviceWith } from './services.js'

const service = serviceWith()
const clock = manualClock()

describe('readStatus', () => {
  it('says that nothing scales a service that was never applied', async () => {
    const status = await readStatus(service, { aws: fakeAws(), clock })
    expect(status).toMatchObject({ target: null, policy: null, problems: [], atMs: clock.now() })
    expect(status.changes).toHaveLength(4)
    expect(status.explanation).toMatch(/^Nothing scales this service/)
  })

  it('reads the queue, the service, the target, the policy, its alarms and the policies of others', async () => {
    const aws = fakeAws()
    await applyChanges((await proposeChanges(service, aws)).changes, { aws })
    const [own] = aws.account.policies
    aws.account.policies.push({ ...found(own), name: 'cpu', alarmNames: ['other'] })
    aws.queue = { visible: 9_000, inFlight: 0, delayed: 0 }
    const status = await readStatus(service, { aws, clock })
    expect(status).toMatchObject({
      decision: { kind: 'publish', backlogPerTask: 9_000, target: 3_000 },
      target: { minCapacity: 0, maxCapacity: 40 },
      policy: { name: 'longshore-backlog-per-task' },
      everyPolicy: [
        { policy: { name: 'longshore-backlog-per-task' }, isOwn: true, alarms: [{}, {}], lastActivity: null },
        { policy: { name: 'longshore-fallback' }, isOwn: true },
        { policy: { name: 'cpu' }, isOwn: false, alarms: [] },
      ],
      alarms: [{ direction: 'above' }, { direction: 'below' }],
      changes: [],
      problems: [],
    })
    expect(status.explanation).toMatch(/fires once 3 periods/)
  })

  it('shows both policies of a ladder, and none for a controller', async () => {
    const aws = fakeAws()
    const ladder = serviceWith({ strategy: 'ladder' })
    await applyChanges((await proposeChanges(ladder, aws)).changes, { aws })
    const status = await readStatus(ladder, { aws, clock })
    expect(status.policies?.map(({ name }) => name)).toEqual(['longshore-deficit', 'longshore-surplus'])
    expect(status.changes).toEqual([])
    const controlled = await readStatus(serviceWith({ strategy: 'controller' }), { aws, clock })
    expect(controlled).toMatchObject({ policy: null, policies: [] })
    expect(controlled.explanation).toMatch(/^The objective needs 0 tasks only\. The controller/)
  })

  it('tells of each policy what it did last, also where it scaled nothing', async () => {
    const aws = fakeAws()
    await applyChanges((await proposeChanges(service, aws)).changes, { aws })
    const activity = (policy: string, notScaled: string[] = []): ScalingActivity => ({
      status: 'Successful',
      description: '',
      cause: `monitor alarm a in state ALARM triggered policy ${policy}`,
      message: undefined,
      startedAtMs: 0,
      endedAtMs: 0,
      notScaled,
    })
    aws.activities = [
      activity('longshore-fallback', ['AlreadyAtMaxCapacity']),
      activity('longshore-fallback'),
      activity('longshore-backlog-per-task-2'),
    ]
    const { everyPolicy } = await readStatus(service, { aws, clock })
    expect(everyPolicy?.map(({ lastActivity }) => lastActivity)).toEqual([null, aws.activities[0]])
  })

  it('asks ECS why tasks do not come, and who is protected where they do not go, and nobody else', async () => {
    const aws = fakeAws()
    await applyChanges((await proposeChanges(service, aws)).changes, { aws })
    aws.events = [{ atMs: 0, message: '(service thumbnails) was unable to place a task.' }]
    aws.protectedCount = 2
    aws.service = { desired: 3, running: 1, pending: 0, isDeploying: false }
    const coming = await readStatus(service, { aws, clock })
    expect(coming).toMatchObject({ lastEvent: aws.events[0], protectedTasks: undefined })
    expect(aws.calls).not.toContain('protectedTasks')
    expect(coming.explanation).toMatch(/1 of 3 tasks running\. ECS says: /)

    aws.calls.length = 0
    aws.service = { desired: 1, running: 3, pending: 0, isDeploying: false }
    const going = await readStatus(service, { aws, clock })
    expect(going).toMatchObject({ lastEvent: undefined, protectedTasks: 2 })
    expect(aws.calls).not.toContain('serviceEvents')
    expect(going.explanation).toMatch(/3 tasks running, 1 wanted\. 2 of them are protected/)

    aws.calls.length = 0
    aws.service = { desired: 1, running: 1, pending: 0, isDeploying: false }
    await readStatus(service, { aws, clock })
    expect(aws.calls).not.toContain('serviceTasks')
  })

  it('says whose the scalable target is where it is not ours', async () => {
    const aws = fakeAws()
    await applyChanges((await proposeChanges(service, aws)).changes, { aws })
    aws.account.target = aws.account.target && { ...aws.account.target, tags: {} }
    const status = await readStatus(service, { aws, clock })
    expect(status.changes).toBeUndefined()
    expect(status.problems).toEqual([expect.stringMatching(/^Somebody else made the scalable target/)])
  })

  it('shows what it could read when the rest fails, and says what failed once', async () => {
    const aws = fakeAws()
    for (const call of ['scalableTarget', 'scalingPolicies', 'queueCounts'] as const)
      aws.fail(call, 'ACCESS_DENIED')
    const status = await readStatus(service, { aws, clock })
    expect(status).toMatchObject({ target: undefined, policy: undefined, changes: undefined })
    expect(status.observation.service.value).toEqual(aws.service)
    expect(status.problems).toEqual([
      'queueCounts failed.',
      'scalableTarget failed.',
      'scalingPolicies failed.',
    ])
    expect(status.explanation).toMatch(/while a reading is missing/)
  })
})
