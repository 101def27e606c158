import { describe, expect, it } from 'vitest'
import { ApplyError, applyChanges, proposeChanges } from '../../src/index.js'
import { fakeAws } from '../fake-aws.js'
import { serviceWith } from '../services.js'

describe('applyChanges', () => {
  it('leaves nothing to change: applied twice is applied once', async () => {
    const aws = fakeAws()
    const { changes } = await proposeChanges(serviceWith(), aws)
    const applied: string[] = []
    await applyChanges(changes, { aws, onApplied: ({ name }) => applied.push(name) })
    expect(applied).toEqual(['service/media/thumbnails', 'longshore-backlog-per-task'])
    expect((await proposeChanges(serviceWith(), aws)).changes).toEqual([])

    await applyChanges(changes, { aws })
    expect((await proposeChanges(serviceWith(), aws)).changes).toEqual([])
    expect(aws.policies).toHaveLength(1)
  })

  it('updates what a changed configuration touches, and keeps a suspension', async () => {
    const aws = fakeAws()
    await applyChanges((await proposeChanges(serviceWith(), aws)).changes, { aws })
    aws.target = aws.target && { ...aws.target, suspended: { scaleIn: true, scaleOut: false } }

    const wider = serviceWith({ tasks: { min: 1, max: 60, concurrency: 20 } })
    const { changes } = await proposeChanges(wider, aws)
    expect(changes).toHaveLength(1)
    await applyChanges(changes, { aws })
    expect(aws.target).toMatchObject({ minCapacity: 1, maxCapacity: 60, suspended: { scaleIn: true } })
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
    expect(rest.changes.map(({ name }) => name)).toEqual(['longshore-backlog-per-task'])
    await applyChanges(rest.changes, { aws })
    expect((await proposeChanges(serviceWith(), aws)).changes).toEqual([])
  })
})

describe('proposeChanges', () => {
  it('refuses a service that does not exist instead of planning for it', async () => {
    const aws = fakeAws()
    aws.fail('serviceCounts', 'SERVICE_NOT_FOUND')
    await expect(proposeChanges(serviceWith(), aws)).rejects.toMatchObject({ code: 'SERVICE_NOT_FOUND' })
  })
})
