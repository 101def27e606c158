import {
  CreateClusterCommand,
  CreateServiceCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs'
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs'
import { manualClock } from '@longshore/core/testing'
import { scaledClock } from '@longshore/core/time'
import { startLocalAws } from '@longshore/local'
import { describe, expect, it, onTestFinished } from 'vitest'
import { connectAws, NothingPublishedError } from '../src/index.js'
import type { Service } from '../src/index.js'
import { publisherHandler } from '../src/lambda.js'
import type { PublishReport } from '../src/lambda.js'
import { fakeAws } from './fake-aws.js'
import type { FakeAws } from './fake-aws.js'
import { serviceWith } from './services.js'

const MINUTE_MS = 60_000

interface Setup {
  readonly aws: FakeAws
  readonly clock: ReturnType<typeof manualClock>
  readonly lines: string[]
  readonly connected: (string | undefined)[]
  /** Invokes it as Lambda does, with a minute's time, and runs the clock until it has ended. */
  invoke(how?: { time?: string; timeoutMs?: number }): Promise<PublishReport>
}

function setup(services: Service | readonly Service[] = serviceWith()): Setup {
  const aws = fakeAws()
  const clock = manualClock()
  const lines: string[] = []
  const connected: (string | undefined)[] = []
  const connect = (region: string | undefined): FakeAws => {
    connected.push(region)
    return aws
  }
  const handler = publisherHandler(services, { connect, clock, log: (line) => lines.push(line) })
  return {
    aws,
    clock,
    lines,
    connected,
    async invoke({ time, timeoutMs = MINUTE_MS } = {}) {
      const endMs = clock.now() + timeoutMs
      const result = handler({ time }, { getRemainingTimeInMillis: () => endMs - clock.now() })
      result.catch(() => undefined)
      await clock.advance(timeoutMs)
      expect(clock.pending).toBe(0)
      return result
    },
  }
}

const callsOf = ({ aws }: Setup, name: string): number => aws.calls.filter((call) => call === name).length

describe('a publisher in Lambda', () => {
  it('makes six beats ten seconds apart, and logs each with its inputs', async () => {
    const run = setup()
    run.aws.queue = { visible: 500, inFlight: 7, delayed: 1 }
    const startMs = run.clock.now()
    expect(await run.invoke()).toEqual({ beats: 6, published: 6, held: 0, failed: 0 })
    const records = run.lines.map(
      (line) => JSON.parse(line) as { at: string; event: string; decision: object },
    )
    expect(records.map(({ at }) => Date.parse(at) - startMs)).toEqual(
      [0, 10, 20, 30, 40, 50].map((s) => s * 1_000),
    )
    expect(records[0]).toMatchObject({
      event: 'published',
      service: 'thumbnails',
      decision: { backlogPerTask: 3_000, queue: run.aws.queue, service: run.aws.service },
    })
  })

  it.each([
    ['25 s late', 25_000, 4],
    ['55 s late', 55_000, 1],
    ['minutes late, as a repeated one', 300_000, 1],
  ])('leaves out beats whose time has passed: %s', async (_name, lateMs, beats) => {
    const run = setup()
    const time = new Date(run.clock.now() - lateMs).toISOString()
    expect(await run.invoke({ time })).toMatchObject({ beats })
  })

  it('ends before its time is over', async () => {
    const run = setup()
    expect(await run.invoke({ timeoutMs: 25_000 })).toMatchObject({ beats: 3, published: 3 })
    expect(await run.invoke({ timeoutMs: 3_000 })).toMatchObject({ beats: 1 })
  })

  it('gives a beat up that would outlast it', async () => {
    const run = setup()
    run.aws.hang('publishMetrics')
    await expect(run.invoke({ timeoutMs: 5_000 })).rejects.toThrow(/The time of the function was over/)
  })

  it('connects once for all invocations of a region, and publishes its services together', async () => {
    const names = ['thumbnails', 'uploads', 'reports']
    const run = setup(names.map((service) => serviceWith({ service, queue: service })))
    expect(await run.invoke()).toMatchObject({ beats: 18, published: 18 })
    await run.invoke()
    expect(run.connected).toEqual([undefined])
    expect(callsOf(run, 'publishMetrics')).toBe(12)
    expect(new Set(run.aws.published.map(({ metric }) => metric.dimensions.ServiceName))).toEqual(
      new Set(names),
    )
  })

  it('fails only when nothing at all was published, and says why once', async () => {
    const run = setup()
    run.aws.fail('publishMetrics', 'ACCESS_DENIED')
    await expect(run.invoke()).rejects.toThrow(new NothingPublishedError(['publishMetrics failed.']))
    run.aws.fail('publishMetrics', undefined)
    run.aws.fail('queueCounts', 'QUEUE_NOT_FOUND')
    await expect(run.invoke()).rejects.toThrow('Nothing was published: queueCounts failed.')
    run.aws.fail('queueCounts', 'QUEUE_NOT_FOUND')
    const mended = run.invoke()
    run.clock.schedule(45_000, () => run.aws.fail('queueCounts', undefined))
    expect(await mended).toEqual({ beats: 6, published: 1, held: 5, failed: 0 })
  })
})

it('keeps its connections over a local AWS', async () => {
  const calls: string[] = []
  const local = await startLocalAws({ timeScale: 20, onCall: ({ operation }) => calls.push(operation) })
  onTestFinished(() => local.close())
  const client = {
    endpoint: local.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: '000000000000', secretAccessKey: 'local' },
  }
  const ecs = new ECSClient(client)
  const sqs = new SQSClient({ ...client, useQueueUrlAsEndpoint: false })
  await sqs.send(new CreateQueueCommand({ QueueName: 'thumbnails' }))
  await ecs.send(new CreateClusterCommand({ clusterName: 'media' }))
  const containerDefinitions = [{ name: 'worker', image: 'node', memory: 128, command: ['true'] }]
  await ecs.send(new RegisterTaskDefinitionCommand({ family: 'worker', containerDefinitions }))
  const created = { cluster: 'media', serviceName: 'thumbnails', taskDefinition: 'worker', desiredCount: 0 }
  await ecs.send(new CreateServiceCommand(created))
  for (const each of [ecs, sqs]) each.destroy()
  calls.length = 0

  const clock = scaledClock({ timeScale: 20, originMs: Number(local.environment.LONGSHORE_TIME_ORIGIN) })
  const aws = connectAws({ endpoint: local.endpoint })
  onTestFinished(() => aws.close())
  const handler = publisherHandler(serviceWith(), { connect: () => aws, clock, log: () => {} })
  for (let invocation = 0; invocation < 2; invocation++) {
    const endMs = clock.now() + 15_000
    const report = await handler({}, { getRemainingTimeInMillis: () => endMs - clock.now() })
    // On a busy machine the last beat may be given up for want of time.
    expect(report.held).toBe(0)
    expect(report.published).toBeGreaterThan(0)
  }
  expect(calls.filter((call) => call === 'GetQueueUrl')).toHaveLength(1)
  expect(calls.filter((call) => call === 'PutMetricData').length).toBeGreaterThanOrEqual(2)
})

describe('publishers that share a connection', () => {
  it('wait half a second for each other, and no longer', async () => {
    const names = ['thumbnails', 'uploads']
    const run = setup(names.map((service) => serviceWith({ service, queue: service })))
    const counts = run.aws.queueCounts.bind(run.aws)
    run.aws.queueCounts = (queue, signal) =>
      queue === 'uploads'
        ? new Promise((resolve) => run.clock.schedule(2_000, () => resolve(counts(queue, signal))))
        : counts(queue, signal)
    expect(await run.invoke()).toMatchObject({ published: 12 })
    expect(callsOf(run, 'publishMetrics')).toBe(12)
  })
})
