import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { manualClock } from '@longshore/core/testing'
import { sleep } from '@longshore/core/time'
import { startLocalAws } from '@longshore/local'
import { describe, expect, it, onTestFinished } from 'vitest'
import { connectAws, ConfigError, createPublisher } from '../src/index.js'
import type { Lease, Publisher, PublisherOptions, Service } from '../src/index.js'
import { fakeAws } from './fake-aws.js'
import type { FakeAws } from './fake-aws.js'
import { serviceWith } from './services.js'

interface Served {
  readonly aws: FakeAws
  readonly clock: ReturnType<typeof manualClock>
  readonly publisher: Publisher
  readonly page: (path: string) => Promise<[number, string]>
}

async function serve(
  services: Service | readonly Service[] = serviceWith(),
  {
    prepare,
    ...options
  }: PublisherOptions & { readonly prepare?: (served: Pick<Served, 'aws' | 'clock'>) => void } = {},
): Promise<Served> {
  const aws = fakeAws()
  const clock = manualClock()
  prepare?.({ aws, clock })
  const publisher = createPublisher(services, { connect: () => aws, clock, health: { port: 0 }, ...options })
  onTestFinished(() => publisher.stop())
  await publisher.start()
  const page = async (path: string): Promise<[number, string]> => {
    const answer = await fetch(`${publisher.healthUrl}${path}`, { headers: { Connection: 'close' } })
    return [answer.status, await answer.text()]
  }
  return { aws, clock, publisher, page }
}

const OK = [200, 'ok\n']

describe('the health of a publisher', () => {
  it('is ready once a beat has published, on loopback alone, and gone once it stops', async () => {
    const { clock, publisher, page } = await serve(serviceWith(), {
      prepare: ({ aws, clock: at }) => {
        aws.queueCounts = () => sleep(at, 1_000).then(() => aws.queue)
      },
    })
    expect(new URL(publisher.healthUrl ?? '').hostname).toBe('127.0.0.1')
    expect(await page('/ready')).toEqual([503, 'media/thumbnails: no beat has ended yet.\n'])
    expect(await page('/live')).toEqual(OK)
    await clock.advance(1_000)
    expect(await page('/ready')).toEqual(OK)
    await publisher.stop()
    expect(publisher.healthUrl).toBeUndefined()
  })

  it('is not ready while a reading is missing, and dead after three minutes of that, until a beat succeeds', async () => {
    const { aws, clock, page } = await serve()
    await clock.advance(5_000)
    aws.fail('queueCounts', 'ACCESS_DENIED')
    await clock.advance(170_000)
    expect(await page('/ready')).toEqual([503, 'media/thumbnails holds: queueCounts failed.\n'])
    expect(await page('/live')).toEqual(OK)
    await clock.advance(10_000)
    expect(await page('/live')).toEqual([
      503,
      'No beat has succeeded for 185 s. media/thumbnails holds: queueCounts failed.\n',
    ])
    aws.fail('queueCounts', undefined)
    await clock.advance(10_000)
    expect(await page('/live')).toEqual(OK)
  })

  it('is dead where nothing was published from the start, and says what AWS refuses', async () => {
    const { aws, clock, page } = await serve()
    aws.fail('publishMetrics', 'ACCESS_DENIED')
    await clock.advance(180_000)
    expect(await page('/live')).toEqual([
      503,
      'No beat has succeeded for 180 s. media/thumbnails: publishMetrics failed.\n',
    ])
  })

  it('is dead where a beat never ends', async () => {
    const { aws, clock, page } = await serve()
    await clock.advance(5_000)
    aws.hang('queueCounts')
    await clock.advance(180_000)
    expect(await page('/live')).toEqual([503, 'No beat of media/thumbnails has ended for 185 s.\n'])
  })

  it('lives on while one of its services gets on, and is not ready for the other', async () => {
    const services = [serviceWith(), serviceWith({ service: 'other', queue: 'other' })]
    const { clock, page } = await serve(services, {
      prepare: ({ aws }) => {
        aws.queueCounts = (name) =>
          name === 'other' ? Promise.reject(new Error('It is gone.')) : Promise.resolve(aws.queue)
      },
    })
    await clock.advance(600_000)
    expect(await page('/live')).toEqual(OK)
    expect(await page('/ready')).toEqual([503, 'media/other holds: It is gone.\n'])
    // The other's beat waits for company with its PutMetricData; a stop does not.
  })

  it('is well while another publisher leads, and says that it does not', async () => {
    const lease: Lease = { hold: () => Promise.resolve(false), release: () => Promise.resolve() }
    const { aws, clock, page } = await serve(serviceWith(), { lease: () => lease })
    await clock.advance(600_000)
    expect(aws.published).toEqual([])
    expect(await page('/live')).toEqual(OK)
    expect(await page('/ready')).toEqual(OK)
    const [, text] = await page('/metrics')
    expect(text).toContain('longshore_publisher_leading{cluster="media",service="thumbnails"} 0\n')
  })

  it('tells its figures in the text format of Prometheus', async () => {
    const { aws, clock, page } = await serve()
    aws.queue = { visible: 500, inFlight: 7, delayed: 0 }
    await clock.advance(25_000)
    aws.fail('publishMetrics', 'THROTTLED')
    await clock.advance(10_000)
    aws.fail('serviceCounts', 'CLUSTER_NOT_FOUND')
    await clock.advance(10_000)
    const of = 'cluster="media",service="thumbnails"'
    const [status, text] = await page('/metrics')
    expect(status).toBe(200)
    const lines = text.split('\n')
    for (const line of [
      `longshore_publisher_beats_total{${of},outcome="published"} 3`,
      `longshore_publisher_beats_total{${of},outcome="held"} 1`,
      `longshore_publisher_holds_total{${of},reading="service",code="CLUSTER_NOT_FOUND"} 1`,
      `longshore_publisher_failures_total{${of},operation="publish",code="THROTTLED"} 1`,
      `longshore_publisher_success_age_seconds{${of}} 25`,
      `longshore_publisher_leading{${of}} 1`,
    ])
      expect(lines).toContain(line)
    expect(text, 'what is not known').not.toContain('longshore_service_backlog_per_task{')

    aws.fail('serviceCounts', undefined)
    aws.fail('publishMetrics', undefined)
    await clock.advance(10_000)
    const known = (await page('/metrics'))[1].split('\n')
    expect(known).toContain(`longshore_service_messages_visible{${of}} 500`)
    expect(known).toContain(`longshore_service_tasks_running{${of}} 1`)
    expect(known).toContain(`longshore_service_backlog_per_task_target{${of}} 3000`)
    for (const line of known.filter((each) => each !== '' && !each.startsWith('#')))
      expect(line).toMatch(/^[a-z_]+(\{([a-z]+="[^"]*",?)+\})? -?\d+(\.\d+)?(e[+-]\d+)?$/)
  })

  it('counts a controller that cannot act', async () => {
    const { aws, clock, page } = await serve(serviceWith({ strategy: 'controller' }))
    aws.fail('scalableTarget', 'ACCESS_DENIED')
    await clock.advance(0)
    const [, text] = await page('/metrics')
    expect(text).toMatch(
      /^longshore_publisher_failures_total\{.*operation="capacity",code="ACCESS_DENIED"\} 1$/m,
    )
  })

  it('refuses a port that is taken before anything begins', async () => {
    const taken = createServer()
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void taken.close())
    const { port } = taken.address() as AddressInfo
    const aws = fakeAws()
    const publisher = createPublisher(serviceWith(), { connect: () => aws, health: { port } })
    const error: unknown = await publisher.start().catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(ConfigError)
    expect((error as ConfigError).message).toContain('health.port: expected a port that nothing listens on')
    expect(aws.calls).toEqual([])
  })
})

it('a connection tells of each call by its IAM action, and why it failed', async () => {
  const local = await startLocalAws()
  onTestFinished(() => local.close())
  const calls: string[] = []
  const aws = connectAws({
    endpoint: local.endpoint,
    region: 'us-east-1',
    onCall: ({ action, code, tookMs }) => calls.push(`${action} ${code ?? 'ok'} ${tookMs > 0}`),
  })
  onTestFinished(() => aws.close())
  await aws.alarms(['none'])
  await aws.queueCounts('none').catch(() => undefined)
  expect(calls).toEqual(['cloudwatch:DescribeAlarms ok true', 'sqs:GetQueueUrl QUEUE_NOT_FOUND true'])
})
