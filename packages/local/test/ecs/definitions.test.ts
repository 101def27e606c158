import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Described, LocalEcs } from './local-ecs.js'
import { ACCOUNT, localEcs, REGION } from './local-ecs.js'

let local: LocalEcs
beforeEach(() => {
  local = localEcs()
})
afterEach(() => local[Symbol.asyncDispose]())

const arn = (resource: string): string => `arn:aws:ecs:${REGION}:${ACCOUNT}:${resource}`
const container = { name: 'main', image: 'app', memory: 64, command: ['true'] }

describe('clusters', () => {
  test('are created once, described by name and ARN, and listed by page', async () => {
    await local.call('CreateCluster')
    const { cluster } = await local.call('CreateCluster', {
      clusterName: 'media',
      tags: [{ key: 'team', value: 'a' }],
    })
    expect(cluster).toMatchObject({
      clusterArn: arn('cluster/media'),
      status: 'ACTIVE',
      clusterName: 'media',
    })
    await local.call('CreateCluster', { clusterName: 'media' })

    const described = await local.call('DescribeClusters', {
      clusters: ['media', arn('cluster/default'), 'nowhere', 'arn:aws:ecs:us-east-1:999:cluster/media'],
      include: ['TAGS'],
    })
    expect(described.clusters).toMatchObject([
      { clusterName: 'media', tags: [{ key: 'team', value: 'a' }] },
      { clusterName: 'default', tags: [] },
    ])
    expect(described.failures).toMatchObject([{ arn: arn('cluster/nowhere'), reason: 'MISSING' }, {}])

    const first = await local.call('ListClusters', { maxResults: 1 })
    expect(first.clusterArns).toEqual([arn('cluster/default')])
    expect(await local.call('ListClusters', { nextToken: first.nextToken })).toEqual({
      clusterArns: [arn('cluster/media')],
    })
    expect(await local.refusal('ListClusters', { nextToken: '%' })).toEqual({
      code: 'InvalidParameterException',
      message: 'Invalid token',
    })
  })

  test('stay known as INACTIVE after they are deleted, and can be made again', async () => {
    await local.call('CreateCluster', { clusterName: 'media' })
    expect(await local.call('DeleteCluster', { cluster: 'media' })).toMatchObject({
      cluster: { status: 'INACTIVE' },
    })
    expect(await local.call('DescribeClusters', { clusters: ['media'] })).toMatchObject({
      clusters: [{ status: 'INACTIVE' }],
    })
    expect(await local.call('ListClusters')).toEqual({ clusterArns: [] })
    expect(await local.refusal('ListTasks', { cluster: 'media' })).toEqual({
      code: 'ClusterNotFoundException',
      message: 'Cluster not found.',
    })
    expect(await local.call('CreateCluster', { clusterName: 'media' })).toMatchObject({
      cluster: { status: 'ACTIVE' },
    })
  })

  test('with services or tasks cannot be deleted', async () => {
    await local.call('CreateCluster', { clusterName: 'media' })
    await local.registerShell('app', 'true')
    await local.call('RunTask', { cluster: 'media', taskDefinition: 'app' })
    expect(await local.refusal('DeleteCluster', { cluster: 'media' })).toEqual({
      code: 'ClusterContainsTasksException',
      message: 'The Cluster cannot be deleted while Tasks are active.',
    })
    await local.call('CreateService', { cluster: 'media', serviceName: 's', taskDefinition: 'app' })
    expect(await local.refusal('DeleteCluster', { cluster: 'media' })).toEqual({
      code: 'ClusterContainsServicesException',
      message: 'The Cluster cannot be deleted while Services are active.',
    })
  })
})

describe('task definitions', () => {
  test('count revisions within a family and never use one twice', async () => {
    for (const revision of [1, 2]) {
      const { taskDefinition } = await local.call('RegisterTaskDefinition', {
        family: 'app',
        containerDefinitions: [{ ...container, dockerLabels: { kept: 'as given' } }],
      })
      expect(taskDefinition).toMatchObject({
        taskDefinitionArn: arn(`task-definition/app:${revision}`),
        revision,
        status: 'ACTIVE',
        compatibilities: ['EC2'],
        containerDefinitions: [
          { essential: true, cpu: 0, environment: [], dockerLabels: { kept: 'as given' } },
        ],
      })
    }
    const { taskDefinition } = await local.call('DeregisterTaskDefinition', { taskDefinition: 'app:2' })
    expect(taskDefinition).toMatchObject({ status: 'INACTIVE', deregisteredAt: local.control.now() / 1_000 })
    expect(await local.call('DescribeTaskDefinition', { taskDefinition: 'app' })).toMatchObject({
      taskDefinition: { revision: 1 },
    })
    expect(await local.call('DescribeTaskDefinition', { taskDefinition: 'app:2' })).toMatchObject({
      taskDefinition: { revision: 2, status: 'INACTIVE' },
    })
    const third = (
      await local.call('RegisterTaskDefinition', { family: 'app', containerDefinitions: [container] })
    ).taskDefinition as Described
    expect(third.revision).toBe(3)
  })

  test('list by family and status, in either order, by page', async () => {
    for (const family of ['b', 'a', 'a-b', ...Array.from({ length: 10 }, () => 'a')]) {
      await local.registerShell(family, 'true')
    }
    const names = async (input: object): Promise<string[]> => {
      const found: string[] = []
      let nextToken: unknown
      do {
        const page = await local.call('ListTaskDefinitions', { ...input, maxResults: 4, nextToken })
        found.push(...(page.taskDefinitionArns as string[]).map((given) => given.split('/')[1] ?? ''))
        nextToken = page.nextToken
      } while (nextToken !== undefined)
      return found
    }
    const ascending = [...Array.from({ length: 11 }, (_, at) => `a:${at + 1}`), 'a-b:1', 'b:1']
    expect(await names({})).toEqual(ascending)
    expect(await names({ sort: 'DESC' })).toEqual(ascending.toReversed())
    expect(await names({ familyPrefix: 'a-b' })).toEqual(['a-b:1'])
    expect(await names({ status: 'INACTIVE' })).toEqual([])
  })

  test.each([
    ['no family', { containerDefinitions: [container] }, 'Family should not be null or empty.'],
    ['no container', { family: 'app' }, 'Container list cannot be empty.'],
    [
      'no name',
      { containerDefinitions: [{ ...container, name: '' }] },
      'Container.name should not be null or empty.',
    ],
    [
      'no image',
      { containerDefinitions: [{ ...container, image: undefined }] },
      'Container.image should not be null or empty.',
    ],
    [
      'no memory',
      { containerDefinitions: [{ ...container, memory: undefined }] },
      "Invalid setting for container 'main'. At least one of 'memory' or 'memoryReservation' must be specified.",
    ],
    [
      'nothing essential',
      { containerDefinitions: [{ ...container, essential: false }] },
      /at least one essential/,
    ],
    ['twice the same name', { containerDefinitions: [container, container] }, /unique/],
    [
      'a command left to the image',
      { containerDefinitions: [{ ...container, command: [] }] },
      /no image is pulled here/,
    ],
    [
      'a dependency that is missing',
      { containerDefinitions: [{ ...container, dependsOn: [{ containerName: 'db', condition: 'START' }] }] },
      /depends on 'db', which is not/,
    ],
    [
      'containers that depend on each other',
      {
        containerDefinitions: [
          { ...container, name: 'one', dependsOn: [{ containerName: 'two', condition: 'START' }] },
          { ...container, name: 'two', dependsOn: [{ containerName: 'one', condition: 'START' }] },
        ],
      },
      'Containers depend on each other: one -> two -> one.',
    ],
    [
      'Fargate without its network mode',
      { containerDefinitions: [container], requiresCompatibilities: ['FARGATE'] },
      "Fargate only supports network mode 'awsvpc'.",
    ],
    [
      'a stopTimeout beyond what Fargate allows',
      {
        containerDefinitions: [{ ...container, stopTimeout: 121 }],
        requiresCompatibilities: ['FARGATE'],
        networkMode: 'awsvpc',
        cpu: '256',
        memory: '512',
      },
      /between 2 and 120 seconds; got 121/,
    ],
  ])('are refused with %s', async (_, change, message) => {
    const input =
      'family' in change || message === 'Family should not be null or empty.'
        ? change
        : { family: 'app', ...change }
    const refusal = await local.refusal('RegisterTaskDefinition', input)
    expect(refusal.code).toBe('ClientException')
    expect(refusal.message).toMatch(message)
  })

  test('with a member of the wrong type are refused by its path', async () => {
    const wrong = { family: 'app', containerDefinitions: [{ ...container, command: 'node worker.js' }] }
    expect(await local.refusal('RegisterTaskDefinition', wrong)).toEqual({
      code: 'SerializationException',
      message: 'containerDefinitions[0].command: expected a list of strings, got string.',
    })
  })

  test('that are unknown or inactive are refused where they would be used', async () => {
    await local.call('CreateCluster')
    expect(await local.refusal('DescribeTaskDefinition', { taskDefinition: 'none' })).toEqual({
      code: 'ClientException',
      message: 'Unable to describe task definition.',
    })
    expect(await local.refusal('RunTask', { taskDefinition: 'none' })).toEqual({
      code: 'ClientException',
      message: 'TaskDefinition not found.',
    })
    await local.registerShell('app', 'true')
    await local.call('DeregisterTaskDefinition', { taskDefinition: 'app:1' })
    expect(await local.refusal('RunTask', { taskDefinition: 'app:1' })).toEqual({
      code: 'ClientException',
      message: 'TaskDefinition is inactive',
    })
    expect(await local.refusal('DeregisterTaskDefinition', { taskDefinition: 'app:9' })).toEqual({
      code: 'ClientException',
      message: 'The specified task definition does not exist.',
    })
  })
})

describe('tags', () => {
  test('are added, replaced, removed and listed on every kind of resource', async () => {
    await local.call('CreateCluster')
    const definition = await local.registerShell('app', 'true')
    const { service } = await local.call('CreateService', { serviceName: 's', taskDefinition: 'app' })
    const { tasks } = await local.call('RunTask', { taskDefinition: 'app' })
    const arns = [
      arn('cluster/default'),
      definition,
      (service as Described).serviceArn,
      (tasks as Described[])[0]?.taskArn,
    ]
    for (const resourceArn of arns) {
      await local.call('TagResource', {
        resourceArn,
        tags: [
          { key: 'a', value: '1' },
          { key: 'b', value: '2' },
        ],
      })
      await local.call('TagResource', { resourceArn, tags: [{ key: 'a', value: '3' }] })
      await local.call('UntagResource', { resourceArn, tagKeys: ['b'] })
      expect(await local.call('ListTagsForResource', { resourceArn })).toEqual({
        tags: [{ key: 'a', value: '3' }],
      })
    }
    const missing = { resourceArn: arn('service/default/none') }
    expect(await local.refusal('ListTagsForResource', missing)).toMatchObject({
      code: 'InvalidParameterException',
    })
  })
})
