import { manualClock } from '@longshore/core/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RegisterScalableTargetCommandInput } from '@aws-sdk/client-application-auto-scaling'

import { ApplicationAutoScaling } from '../../src/autoscaling/application-auto-scaling.js'
import { CloudWatch } from '../../src/cloudwatch/cloudwatch.js'
import type { LocalAutoScaling } from './local-autoscaling.js'
import { ACCOUNT_ID, REGION, startAutoScaling, THUMBNAILS } from './local-autoscaling.js'

let local: LocalAutoScaling
beforeEach(async () => (local = await startAutoScaling()))
afterEach(() => local.close())

const describeTargets = async () =>
  (await local.client.describeScalableTargets({ ServiceNamespace: 'ecs' })).ScalableTargets ?? []

describe('RegisterScalableTarget', () => {
  it('creates a target', async () => {
    const arn = await local.register({ MinCapacity: 0, MaxCapacity: 40 })
    expect(arn).toMatch(
      new RegExp(`^arn:aws:application-autoscaling:${REGION}:${ACCOUNT_ID}:scalable-target/[0-9a-z]{36}$`),
    )
    expect(await describeTargets()).toEqual([
      {
        ...THUMBNAILS,
        ScalableTargetARN: arn,
        RoleARN: `arn:aws:iam::${ACCOUNT_ID}:role/aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService`,
        MinCapacity: 0,
        MaxCapacity: 40,
        CreationTime: new Date(local.clock.now()),
        SuspendedState: {
          DynamicScalingInSuspended: false,
          DynamicScalingOutSuspended: false,
          ScheduledScalingSuspended: false,
        },
      },
    ])
  })

  it('changes what a later call names, and leaves the rest', async () => {
    const arn = await local.register({ MinCapacity: 1, MaxCapacity: 10 })
    expect(await local.register({ MaxCapacity: 30 })).toBe(arn)
    await local.client.registerScalableTarget({
      ...THUMBNAILS,
      SuspendedState: { DynamicScalingInSuspended: true },
    })
    await local.client.registerScalableTarget({
      ...THUMBNAILS,
      SuspendedState: { ScheduledScalingSuspended: true },
    })
    expect(await describeTargets()).toMatchObject([
      {
        MinCapacity: 1,
        MaxCapacity: 30,
        SuspendedState: {
          DynamicScalingInSuspended: true,
          DynamicScalingOutSuspended: false,
          ScheduledScalingSuspended: true,
        },
      },
    ])
  })

  it('scales at once where the count is outside the limits', async () => {
    await local.register({ MinCapacity: 4, MaxCapacity: 10 })
    expect(local.service.set).toEqual([4])
    await local.clock.advance(60_000)
    await local.register({ MinCapacity: 1, MaxCapacity: 3 })
    await local.clock.advance(60_000)
    expect(local.service.set).toEqual([4, 3])
    const { ScalingActivities = [] } = await local.client.describeScalingActivities(THUMBNAILS)
    expect(
      ScalingActivities.map(({ Cause, Description, StatusCode }) => ({ Cause, Description, StatusCode })),
    ).toEqual([
      {
        Cause: 'maximum capacity was set to 3',
        Description: 'Setting desired count to 3.',
        StatusCode: 'Successful',
      },
      {
        Cause: 'minimum capacity was set to 4',
        Description: 'Setting desired count to 4.',
        StatusCode: 'Successful',
      },
    ])
  })

  const refused: readonly (readonly [string, Partial<RegisterScalableTargetCommandInput>, string])[] = [
    ['no limits', {}, 'MinCapacity and MaxCapacity are required'],
    [
      'a maximum below the minimum',
      { MinCapacity: 5, MaxCapacity: 2 },
      'Maximum capacity cannot be less than minimum capacity',
    ],
    [
      'a negative minimum',
      { MinCapacity: -1, MaxCapacity: 2 },
      "1 validation error detected: Value '-1' at 'minCapacity' failed to satisfy constraint: Member must have value greater than or equal to 0",
    ],
    [
      'a service that does not exist',
      { ResourceId: 'service/media/ghost', MinCapacity: 1, MaxCapacity: 2 },
      "ECS service doesn't exist: service/media/ghost",
    ],
    [
      'an ARN for a cluster',
      {
        ResourceId: `service/arn:aws:ecs:${REGION}:${ACCOUNT_ID}:cluster/media/thumbnails`,
        MinCapacity: 1,
        MaxCapacity: 2,
      },
      'Unsupported service namespace, resource type or scalable dimension',
    ],
    [
      'another namespace',
      { ServiceNamespace: 'dynamodb', MinCapacity: 1, MaxCapacity: 2 },
      "Value 'dynamodb' at 'serviceNamespace' failed to satisfy constraint: Member must satisfy enum value set: [ecs]",
    ],
    [
      'another dimension and no resource',
      { ScalableDimension: 'dynamodb:table:ReadCapacityUnits', ResourceId: '' },
      '2 validation errors detected: ',
    ],
  ]
  it.each(refused)('refuses %s', async (_what, overrides, message) => {
    const call = local.client.registerScalableTarget({ ...THUMBNAILS, ...overrides })
    await expect(call).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining(message) as string,
    })
    expect(await describeTargets()).toEqual([])
  })
})

it('an account has three thousand targets at most', () => {
  const clock = manualClock()
  const account = { accountId: ACCOUNT_ID, region: REGION, clock, controlClock: clock, random: () => 0.5 }
  const cloudWatch = new CloudWatch(account, { onAlarmActions: () => {} })
  const counts = { desired: 1, running: 1, pending: 0, isDeploying: false }
  const ecs = { serviceCounts: () => counts, setDesiredCount: () => {} }
  const autoScaling = new ApplicationAutoScaling(account, { cloudWatch, ecs })
  const context = { origin: '', signal: new AbortController().signal }
  const register = (service: number) =>
    autoScaling.operations.RegisterScalableTarget?.(
      { ...THUMBNAILS, ResourceId: `service/media/${service}`, MinCapacity: 1, MaxCapacity: 2 },
      context,
    )
  for (let service = 0; service < 3_000; service++) register(service)
  expect(() => register(3_000)).toThrow(expect.objectContaining({ code: 'LimitExceededException' }) as Error)
  expect(register(2_999)).toBeDefined()
})

describe('DescribeScalableTargets', () => {
  it('filters by resource, and needs a namespace', async () => {
    await local.register()
    const described = async (ResourceIds: string[]) =>
      (await local.client.describeScalableTargets({ ServiceNamespace: 'ecs', ResourceIds })).ScalableTargets
        ?.length
    expect(await described([THUMBNAILS.ResourceId])).toBe(1)
    expect(await described(['service/media/other'])).toBe(0)
    await expect(local.client.describeScalableTargets({ ServiceNamespace: undefined })).rejects.toThrow(
      "1 validation error detected: Value null at 'serviceNamespace' failed to satisfy constraint: Member must not be null",
    )
  })
})

describe('DeregisterScalableTarget', () => {
  it('takes the policies and their alarms along', async () => {
    await local.register()
    await local.track()
    expect((await local.cloudWatch.describeAlarms({})).MetricAlarms).toHaveLength(2)
    await local.client.deregisterScalableTarget(THUMBNAILS)
    expect(await describeTargets()).toEqual([])
    expect((await local.client.describeScalingPolicies({ ServiceNamespace: 'ecs' })).ScalingPolicies).toEqual(
      [],
    )
    expect((await local.cloudWatch.describeAlarms({})).MetricAlarms).toEqual([])
    expect(local.clock.pending).toBe(0)
  })

  it('refuses a target that is not registered', async () => {
    await expect(local.client.deregisterScalableTarget(THUMBNAILS)).rejects.toMatchObject({
      name: 'ObjectNotFoundException',
      message:
        'No scalable target found for service namespace: ecs, resource ID: service/media/thumbnails, scalable dimension: ecs:service:DesiredCount',
    })
  })
})

describe('tags of a target', () => {
  it('come with its registration, change by the tag operations, and go with it', async () => {
    const limits = { MinCapacity: 1, MaxCapacity: 2 }
    const { ScalableTargetARN: ResourceARN } = await local.client.registerScalableTarget({
      ...THUMBNAILS,
      ...limits,
      Tags: { team: 'media' },
    })
    await local.client.tagResource({ ResourceARN, Tags: { tier: '1' } })
    expect((await local.client.listTagsForResource({ ResourceARN })).Tags).toEqual({
      team: 'media',
      tier: '1',
    })
    await local.client.untagResource({ ResourceARN, TagKeys: ['team'] })
    expect((await local.client.listTagsForResource({ ResourceARN })).Tags).toEqual({ tier: '1' })
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`key${at}`, 'x']))
    await expect(local.client.tagResource({ ResourceARN, Tags: many })).rejects.toMatchObject({
      name: 'TooManyTagsException',
    })
    await local.client.deregisterScalableTarget(THUMBNAILS)
    await expect(local.client.listTagsForResource({ ResourceARN })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      $metadata: { httpStatusCode: 404 },
    })
  })
})
