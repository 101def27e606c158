import { manualClock } from '@longshore/core/testing'
import { describe, expect, it } from 'vitest'
import { applyChanges, proposeChanges, readStatus } from '../src/index.js'
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
      otherPolicies: ['cpu'],
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
