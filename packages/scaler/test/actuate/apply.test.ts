import { describe, expect, it } from 'vitest'
import { ApplyError, applyChanges, NotOursError, proposeChanges, proposeRemoval } from '../../src/index.js'
import type { Service } from '../../src/index.js'
import { fakeAws } from '../fake-aws.js'
import type { FakeAws } from '../fake-aws.js'
import { found, serviceWith } from '../services.js'

async function applied(service: Service = serviceWith()): Promise<FakeAws> {
  const aws = fakeAws()
  await applyChanges((await proposeChanges(service, aws)).changes, { aws })
  return aws
}

describe('applyChanges', () => {
  it('makes the target first, then policies, then the alarms that set them off', async () => {
    const aws = fakeAws()
    const { changes } = await proposeChanges(serviceWith(), aws)
    const names: string[] = []
    await applyChanges(changes, { aws, onApplied: ({ name }) => names.push(name) })
    expect(names).toEqual([
      'service/media/thumbnails',
      'longshore-backlog-per-task',
      'longshore-fallback',
      'longshore/media/thumbnails/fallback',
    ])
    expect(aws.account.alarms.at(-1)?.actions.alarm).toEqual([aws.account.policies[1]?.arn])
  })

  it('updates what a changed configuration touches, and keeps a suspension that it says nothing of', async () => {
    const aws = await applied()
    const { target } = aws.account
    const suspended = { scaleIn: true, scaleOut: false, scheduled: false }
    aws.account.target = target && { ...target, suspended }

    const wider = serviceWith({ tasks: { min: 0, max: 60, concurrency: 20 } })
    await applyChanges((await proposeChanges(wider, aws)).changes, { aws })
    expect(aws.account.target).toMatchObject({ minCapacity: 0, maxCapacity: 60, suspended })

    const resumed = serviceWith({ suspended: { scaleIn: false } })
    const { changes } = await proposeChanges(resumed, aws)
    expect(changes[0]?.fields).toContainEqual({ field: 'suspended', before: 'scaleIn', after: 'nothing' })
    await applyChanges(changes, { aws })
    expect(aws.account.target?.suspended).toEqual({ scaleIn: false, scaleOut: false, scheduled: false })
  })

  it('says what was applied when AWS refuses a change, and goes on from there', async () => {
    const aws = fakeAws()
    const { changes } = await proposeChanges(serviceWith(), aws)
    aws.fail('putScalingPolicy', 'ACCESS_DENIED')
    const failure = await applyChanges(changes, { aws }).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(ApplyError)
    expect(failure).toMatchObject({
      applied: [{ name: 'service/media/thumbnails' }],
      failed: { name: 'longshore-backlog-per-task' },
      message:
        'Could not create longshore-backlog-per-task: putScalingPolicy failed. What was applied before it stays: service/media/thumbnails. Applying again goes on from there.',
    })

    aws.fail('putScalingPolicy', undefined)
    const rest = await proposeChanges(serviceWith(), aws)
    expect(rest.changes[0]?.name).toBe('longshore-backlog-per-task')
    await applyChanges(rest.changes, { aws })
    expect((await proposeChanges(serviceWith(), aws)).changes).toEqual([])
  })

  it('gives an alarm the ARN of a policy that was put before, also by another run', async () => {
    const aws = await applied()
    await aws.deleteAlarm('longshore/media/thumbnails/fallback')
    await applyChanges((await proposeChanges(serviceWith(), aws)).changes, { aws })
    expect(aws.account.alarms.at(-1)).toMatchObject({
      name: 'longshore/media/thumbnails/fallback',
      actions: { alarm: [aws.account.policies[1]?.arn] },
    })
  })
})

it('an alarm follows its policy that had to be made anew, in the same run', async () => {
  const ladder = serviceWith({ strategy: 'ladder' })
  const aws = await applied(ladder)
  const { account } = aws
  const before = found(account.policies.find(({ name }) => name === 'longshore-deficit'))
  const other: typeof before = { ...before, type: 'TargetTrackingScaling', steps: undefined }
  account.policies = account.policies.map((policy) => (policy === before ? other : policy))
  const { changes } = await proposeChanges(ladder, aws)
  expect(changes.map(({ action, name }) => `${action} ${name}`)).toEqual([
    'replace longshore-deficit',
    'update longshore/media/thumbnails/deficit',
  ])
  await applyChanges(changes, { aws })
  const after = found(account.policies.find(({ name }) => name === 'longshore-deficit'))
  expect(after.arn).not.toBe(before.arn)
  const alarm = found(account.alarms.find(({ name }) => name.endsWith('/deficit')))
  expect(alarm.actions.alarm).toEqual([after.arn])
  expect((await proposeChanges(ladder, aws)).changes).toEqual([])
})

describe('proposeChanges', () => {
  it('refuses a service that does not exist instead of planning for it', async () => {
    const aws = fakeAws()
    aws.fail('serviceCounts', 'SERVICE_NOT_FOUND')
    await expect(proposeChanges(serviceWith(), aws)).rejects.toMatchObject({ code: 'SERVICE_NOT_FOUND' })
  })

  it('takes over nothing that somebody else made', async () => {
    const aws = await applied()
    const { target, alarms } = aws.account
    aws.account.target = target && { ...target, tags: { team: 'media' } }
    aws.account.alarms = alarms.map((alarm) => Object.assign(alarm, { tags: {} }))
    const error: unknown = await proposeChanges(serviceWith(), aws).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(NotOursError)
    expect(error).toMatchObject({
      code: 'NOT_OURS',
      conflicts: [{ kind: 'scalableTarget' }, { kind: 'alarm', name: 'longshore/media/thumbnails/fallback' }],
      message: expect.stringMatching(
        /the tag longshore:service=media\/thumbnails is missing\. Nothing was changed/,
      ),
    })
  })

  it('sees alarms of target tracking that were changed by hand, and has them made anew', async () => {
    const aws = await applied()
    aws.account.alarms = aws.account.alarms.map((alarm) =>
      alarm.comparison === 'GreaterThanThreshold' ? { ...alarm, datapointsToAlarm: 1 } : alarm,
    )
    const { changes } = await proposeChanges(serviceWith(), aws)
    expect(changes).toMatchObject([
      {
        action: 'replace',
        name: 'longshore-backlog-per-task',
        fields: [{ field: 'highAlarm', before: '> 3000 in 1 × 60s', after: '> 3000 in 3 × 60s' }],
      },
    ])
    await applyChanges(changes, { aws })
    expect((await proposeChanges(serviceWith(), aws)).changes).toEqual([])
  })

  it('leaves bounds as a schedule has set them', async () => {
    const service = serviceWith({
      schedules: [{ name: 'mornings', when: 'cron(0 8 * * ? *)', min: 5, max: 80 }],
    })
    const aws = await applied(service)
    const { target } = aws.account
    aws.account.target = target && { ...target, minCapacity: 5, maxCapacity: 80 }
    expect((await proposeChanges(service, aws)).changes).toEqual([])
    aws.account.target = target && { ...target, minCapacity: 7, maxCapacity: 80 }
    const { changes } = await proposeChanges(service, aws)
    expect(changes[0]?.fields).toEqual([{ field: 'minCapacity', before: 7, after: 0 }])
    await applyChanges(changes, { aws })
    expect(aws.account.target).toMatchObject({ minCapacity: 0, maxCapacity: 80 })
  })
})

describe('proposeRemoval', () => {
  it('removes what is ours, and the target last', async () => {
    const aws = await applied()
    const { changes, kept } = await proposeRemoval(serviceWith(), aws)
    expect(kept).toEqual([])
    expect(changes.map(({ action, name }) => `${action} ${name}`)).toEqual([
      'remove longshore/media/thumbnails/fallback',
      'remove longshore-backlog-per-task',
      'remove longshore-fallback',
      'remove service/media/thumbnails',
    ])
  })

  it('keeps what others made, and the target that it stands on', async () => {
    const aws = await applied()
    const [policy] = aws.account.policies
    aws.account.policies.push({ ...found(policy), name: 'cpu', alarmNames: [] })
    const { changes, kept } = await proposeRemoval(serviceWith(), aws)
    await applyChanges(changes, { aws })
    expect(kept).toEqual(['The scalable target service/media/thumbnails stays: others use it (cpu).'])
    expect(aws.account.policies.map(({ name }) => name)).toEqual(['cpu'])
    expect(aws.account.target).not.toBeNull()
  })

  it('takes no target and no alarm without our tag, nor those of a service whose name begins alike', async () => {
    const aws = await applied()
    const { target, alarms } = aws.account
    aws.account.target = target && { ...target, tags: {} }
    aws.account.alarms = alarms.map((alarm) =>
      Object.assign(alarm, { tags: { 'longshore:service': 'media/thumbnails2' } }),
    )
    const { changes, kept } = await proposeRemoval(serviceWith(), aws)
    expect(changes.map(({ kind }) => kind)).toEqual(['scalingPolicy', 'scalingPolicy'])
    expect(kept).toEqual([
      'The alarm longshore/media/thumbnails/fallback stays: it lacks our tag.',
      'The scalable target service/media/thumbnails stays: it lacks our tag.',
    ])
  })

  it('works where the service is gone', async () => {
    const aws = await applied()
    aws.fail('serviceCounts', 'SERVICE_NOT_FOUND')
    expect((await proposeRemoval(serviceWith(), aws)).changes).toHaveLength(4)
  })
})
