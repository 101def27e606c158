import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { readTaskIdentity } from '../../src/ecs/task-identity.js'

// The answer in the documentation of the task metadata endpoint, version 4, shortened.
const METADATA = {
  Cluster: 'arn:aws:ecs:us-west-2:111122223333:cluster/default',
  TaskARN: 'arn:aws:ecs:us-west-2:111122223333:task/default/e9028f8d5d8e4f258373e7b93ce9a3c3',
  Family: 'curltest',
  Revision: '3',
  DesiredStatus: 'RUNNING',
  KnownStatus: 'RUNNING',
  AvailabilityZone: 'us-west-2a',
  LaunchType: 'FARGATE',
}

async function serve(
  answer: (path: string) => { status: number; body: string } | undefined,
): Promise<string> {
  const server: Server = createServer((request, response) => {
    const found = answer(request.url ?? '')
    if (found !== undefined) response.writeHead(found.status).end(found.body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v4/abc`
}

test('the task is known by the metadata endpoint’s answer', async () => {
  const uri = await serve((path) =>
    path === '/v4/abc/task'
      ? { status: 200, body: JSON.stringify({ ...METADATA, ServiceName: 'thumbnails' }) }
      : undefined,
  )
  expect(await readTaskIdentity({ ECS_CONTAINER_METADATA_URI_V4: uri })).toEqual({
    cluster: METADATA.Cluster,
    taskArn: METADATA.TaskARN,
    family: 'curltest',
    revision: '3',
    service: 'thumbnails',
    availabilityZone: 'us-west-2a',
  })
})

test('outside of ECS, and where the endpoint fails or lies, there is no identity and no error', async () => {
  expect(await readTaskIdentity({})).toBeUndefined()
  expect(await readTaskIdentity({ ECS_CONTAINER_METADATA_URI_V4: '' })).toBeUndefined()
  for (const answer of [
    { status: 500, body: '' },
    { status: 200, body: 'not JSON' },
    { status: 200, body: 'null' },
  ]) {
    const uri = await serve(() => answer)
    expect(await readTaskIdentity({ ECS_CONTAINER_METADATA_URI_V4: uri })).toBeUndefined()
  }
  expect(await readTaskIdentity({ ECS_CONTAINER_METADATA_URI_V4: 'http://127.0.0.1:1' })).toBeUndefined()
})

test('an endpoint that does not answer is given up after a second', async () => {
  const uri = await serve(() => undefined)
  const startedMs = performance.now()
  expect(await readTaskIdentity({ ECS_CONTAINER_METADATA_URI_V4: uri })).toBeUndefined()
  expect(performance.now() - startedMs).toBeGreaterThan(900)
})
