import { manualClock } from '@longshore/core/testing'
import { describe, expect, it } from 'vitest'
import { AwsCallError, createScaler } from '../src/index.js'
import type { Scaler, ScalerEvents, ScalerOptions, ServiceConfig, WorkerMetrics } from '../src/index.js'
import { fakeAws } from './fake-aws.js'
import type { FakeAws } from './fake-aws.js'
import { serviceWith } from './services.js'

interface Setup {
  aws: FakeAws
  clock: ReturnType<typeof manualClock>
  scaler: Scaler
  events: [keyof ScalerEvents, ScalerEvents[keyof ScalerEvents]][]
}

function setup(options: ScalerOptions = {}): Setup {
  const aws = fakeAws()
  const clock = manualClock()
  const scaler = createScaler(serviceWith(), { aws, clock, ...options })
  const events: Setup['events'] = []
  for (const name of ['decision:published', 'decision:held', 'publish:failed'] as const) {
    scaler.on(name, (event) => events.push([name, event]))
  }
  return { aws, clock, scaler, events }
}

/** The values of target tracking's metric: one a beat. */
const publishedBeats = ({ published }: FakeAws): unknown[] =>
  published.filter(({ metric }) => metric.name === 'BacklogPerTask')

describe('a scaler', () => {
  it('publishes at once and then every ten seconds', async () => {
    const { aws, clock, scaler } = setup()
    aws.queue = { visible: 500, inFlight: 0, delayed: 0 }
    aws.service = { desired: 2, running: 2, pending: 0, isDeploying: false }
    scaler.start()
    await clock.advance(0)
    expect(aws.published.slice(0, 1)).toEqual([
      {
        metric: {
          namespace: 'Longshore',
          name: 'BacklogPerTask',
          dimensions: { ClusterName: 'media', ServiceName: 'thumbnails' },
        },
        value: 250,
        unit: 'Count',
      },
    ])
    await clock.advance(60_000)
    expect(publishedBeats(aws)).toHaveLength(7)
    await scaler.stop()
    expect(clock.pending).toBe(0)
  })

  it('tells each decision with its inputs', async () => {
    const { aws, clock, scaler, events } = setup()
    aws.queue = { visible: 500, inFlight: 7, delayed: 1 }
    scaler.start()
    await clock.advance(0)
    expect(events).toEqual([
      [
        'decision:published',
        {
          atMs: clock.now(),
          decision: expect.objectContaining({
            kind: 'publish',
            backlogPerTask: 3_000,
            target: 3_000,
            waitEstimateMs: 10_000,
            queue: aws.queue,
            service: aws.service,
          }),
        },
      ],
    ])
    await scaler.stop()
  })

  it('publishes nothing while a reading is missing, and says so once for each cause', async () => {
    const { aws, clock, scaler, events } = setup()
    aws.fail('serviceCounts', 'THROTTLED')
    scaler.start()
    await clock.advance(30_000)
    expect(aws.published).toEqual([])
    expect(events.map(([name]) => name)).toEqual(['decision:held'])

    aws.fail('serviceCounts', 'ACCESS_DENIED')
    await clock.advance(20_000)
    expect(events.map(([name]) => name)).toEqual(['decision:held', 'decision:held'])

    aws.fail('serviceCounts', undefined)
    await clock.advance(10_000)
    aws.fail('serviceCounts', 'ACCESS_DENIED')
    await clock.advance(20_000)
    expect(events.map(([name]) => name).slice(2)).toEqual(['decision:published', 'decision:held'])
    expect(publishedBeats(aws)).toHaveLength(1)
    await scaler.stop()
  })

  it('reports a publish that fails and goes on with the next beat', async () => {
    const { aws, clock, scaler, events } = setup()
    aws.fail('publishMetrics', 'ACCESS_DENIED')
    scaler.start()
    await clock.advance(10_000)
    aws.fail('publishMetrics', undefined)
    await clock.advance(10_000)
    expect(events.map(([name]) => name)).toEqual(['publish:failed', 'publish:failed', 'decision:published'])
    expect(events[0]?.[1]).toMatchObject({
      error: { code: 'ACCESS_DENIED' },
      decision: { backlogPerTask: 0 },
    })
    expect(scaler.status()).toMatchObject({ beats: 3, lastPublishedAtMs: clock.now() })
    await scaler.stop()
  })

  it('leaves out the beats that a slow one has missed', async () => {
    const { aws, clock, scaler } = setup()
    aws.queueCounts = async () => {
      await new Promise<void>((resolve) => clock.schedule(25_000, resolve))
      return aws.queue
    }
    scaler.start()
    await clock.advance(29_000)
    expect(publishedBeats(aws)).toHaveLength(1)
    await clock.advance(26_000)
    expect(publishedBeats(aws)).toHaveLength(2)
    const stopped = scaler.stop()
    await clock.advance(25_000)
    await stopped
  })

  it('stops at once in the middle of a call that hangs, and publishes nothing more', async () => {
    const { aws, clock, scaler, events } = setup()
    aws.hang('queueCounts')
    scaler.start()
    await clock.advance(1_000)
    await scaler.stop()
    await clock.advance(60_000)
    expect(aws.published).toEqual([])
    expect(events).toEqual([])
    expect(scaler.status()).toMatchObject({
      state: 'stopped',
      beats: 0,
      lastDecision: undefined,
      lastPublishedAtMs: undefined,
    })
    expect(() => scaler.start()).toThrow('was stopped')
    expect(await scaler.beat()).toEqual({ outcome: 'stopped' })
  })

  it('gives up a publish that hangs when stopped', async () => {
    const { aws, scaler, clock, events } = setup()
    aws.hang('publishMetrics')
    scaler.start()
    await clock.advance(0)
    await scaler.stop()
    expect(events).toEqual([])
  })

  it('makes one beat on demand, and joins calls made together', async () => {
    const { aws, scaler } = setup()
    const [one, other] = await Promise.all([scaler.beat(), scaler.beat()])
    expect(one).toBe(other)
    expect(one).toMatchObject({ outcome: 'published' })
    expect(publishedBeats(aws)).toHaveLength(1)
    aws.fail('queueCounts', 'QUEUE_NOT_FOUND')
    expect(await scaler.beat()).toMatchObject({
      outcome: 'held',
      decision: { causes: ['queue:QUEUE_NOT_FOUND'] },
    })
    await scaler.stop()
  })

  it('goes by the handling time that the workers publish, read once a minute, where it is told to', async () => {
    const aws = fakeAws()
    const clock = manualClock()
    const measuring = serviceWith({ handling: { mean: '400ms', measured: true } })
    const scaler = createScaler(measuring, { aws, clock })
    aws.queue = { visible: 500, inFlight: 0, delayed: 0 }
    const wait = async (): Promise<number | undefined> => {
      const beat = await scaler.beat()
      return beat.outcome === 'published' ? beat.decision.waitEstimateMs : Number.NaN
    }
    aws.handledByWorkers = { count: 5, busyMs: 50_000 }
    expect(await wait()).toBe(10_000)
    aws.handledByWorkers = { count: 100, busyMs: 80_000 }
    await clock.advance(50_000)
    expect(await wait()).toBe(10_000)
    await clock.advance(10_000)
    expect(await wait()).toBe(20_000)
    // It is true for some minutes yet, and then it is not known: the configured mean may be far too short.
    aws.fail('handled', 'THROTTLED')
    await clock.advance(4 * 60_000)
    expect(await wait()).toBe(20_000)
    await clock.advance(60_000)
    expect(await wait()).toBeNaN()
    expect(scaler.status().lastDecision).toMatchObject({ causes: ['workers:THROTTLED'] })
    await scaler.stop()
  })

  const fairAndPlain = { queue: undefined, queues: [{ name: 'fair', fair: true }, { name: 'plain' }] }
  const measuring = { handling: { mean: '400ms', measured: true } } as const
  it.each<[string, Parameters<FakeAws['fail']>[0], Partial<ServiceConfig>]>([
    ['queue', 'queueCounts', {}],
    ['service', 'serviceCounts', {}],
    ['queue', 'noisyVisible', fairAndPlain],
    ['workers', 'handled', measuring],
  ])('holds, and sets nothing, without its reading of the %s: %s', async (cause, call, changes) => {
    const aws = fakeAws()
    const service = serviceWith({ strategy: 'controller', ...changes })
    const scaler = createScaler(service, { aws, clock: manualClock() })
    aws.queue = { visible: 100_000, inFlight: 0, delayed: 0 }
    aws.fail(call, 'THROTTLED')
    const causes = [`${cause}:THROTTLED`]
    expect(await scaler.beat()).toMatchObject({ outcome: 'held', decision: { causes } })
    expect(aws.published).toEqual([])
    expect(aws.service.desired).toBe(1)
    aws.fail(call, undefined)
    expect(await scaler.beat()).toMatchObject({ outcome: 'published' })
    expect(aws.service.desired).toBe(40)
    await scaler.stop()
  })

  it('holds when one of several queues cannot be read, and when who tells of the workers fails', async () => {
    const aws = fakeAws()
    const counts = aws.queueCounts.bind(aws)
    aws.queueCounts = async (queue, signal) => {
      if (queue === 'plain') throw new AwsCallError('QUEUE_NOT_FOUND', 'No such queue.')
      return counts(queue, signal)
    }
    const several = createScaler(serviceWith(fairAndPlain), { aws, clock: manualClock() })
    expect(await several.beat()).toMatchObject({ decision: { causes: ['queue:QUEUE_NOT_FOUND'] } })
    const telemetry = (): Promise<never> => Promise.reject(new Error('nobody answers'))
    const told = createScaler(serviceWith(), { aws, clock: manualClock(), telemetry })
    expect(await told.beat()).toMatchObject({
      outcome: 'held',
      decision: { reason: 'nobody answers', causes: ['workers:CALL_FAILED'] },
    })
    await Promise.all([several.stop(), told.stop()])
  })

  it('asks for what workers publish by the dimensions that they publish with', async () => {
    const aws = fakeAws()
    const asked: WorkerMetrics[] = []
    aws.handled = (of) => {
      asked.push(of)
      return Promise.resolve(aws.handledByWorkers)
    }
    const measured = { dimensions: { Environment: 'live' } }
    const scaler = createScaler(serviceWith({ handling: { mean: '400ms', measured } }), { aws })
    await scaler.beat()
    await scaler.stop()
    expect(asked).toEqual([
      { namespace: 'Longshore', service: 'thumbnails', queue: 'thumbnails', ...measured },
    ])
  })

  it('takes an error that is not AWS’s as a missing reading too', async () => {
    const { aws, scaler } = setup()
    aws.serviceCounts = () => Promise.reject(new TypeError('broken'))
    expect(await scaler.beat()).toMatchObject({ outcome: 'held', decision: { reason: 'broken' } })
    await scaler.stop()
  })

  it.each(['500ms', '2m', 'soon'])('refuses a beat of %s', (beat) => {
    expect(() => setup({ beat: beat as '1s' })).toThrow(
      `beat: expected a duration from '1s' to '60s', got "${beat}"`,
    )
  })
})
