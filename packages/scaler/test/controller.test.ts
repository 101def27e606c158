// A controller over a service in memory: messages arrive, tasks launch and take them, and nothing takes real time.
import { manualClock } from '@longshore/core/testing'
import { describe, expect, it } from 'vitest'
import { createScaler } from '../src/index.js'
import type { Lease, Scaler, ScalerEvents } from '../src/index.js'
import { fakeAws } from './fake-aws.js'
import type { FakeAws } from './fake-aws.js'
import { serviceWith } from './services.js'

const SECOND_MS = 1_000

/** A service of tasks with 20 slots of 0.4 s, and 30 s from desired to running. */
class Plant {
  readonly aws: FakeAws = fakeAws()
  readonly clock: ReturnType<typeof manualClock> = manualClock()
  #waiting = 0
  #launches: number[] = []
  #second = 0
  handled = 0
  /** Most tasks that ran, and seconds in which all of them were idle. */
  most = 0

  constructor() {
    this.aws.service = { desired: 0, running: 0, pending: 0, isDeploying: false }
  }

  async run(seconds: number, arrivalsPerSecond: number): Promise<void> {
    for (let second = 0; second < seconds; second += 1) {
      this.#step(arrivalsPerSecond)
      await this.clock.advance(SECOND_MS)
    }
  }

  #step(arrivals: number): void {
    this.#second += 1
    const { desired } = this.aws.service
    let { running } = this.aws.service
    running += this.#launches.filter((at) => at <= this.#second).length
    this.#launches = this.#launches.filter((at) => at > this.#second)
    running = Math.min(running, desired)
    this.#launches = this.#launches.slice(0, Math.max(0, desired - running))
    while (running + this.#launches.length < desired) this.#launches.push(this.#second + 30)
    this.#waiting += arrivals
    const taken = Math.min(this.#waiting, running * 50)
    this.#waiting -= taken
    this.handled += taken
    this.most = Math.max(this.most, running)
    this.aws.queue = {
      visible: this.#waiting,
      inFlight: Math.min(running * 20, Math.round(taken * 0.4)),
      delayed: 0,
    }
    this.aws.service = { desired, running, pending: this.#launches.length, isDeploying: false }
  }
}

function start(
  plant: Plant,
  options: { lease?: Lease } = {},
): { scaler: Scaler; events: [string, ScalerEvents['capacity:set']][] } {
  const events: [string, ScalerEvents['capacity:set']][] = []
  const service = serviceWith({ strategy: 'controller', launchTime: '30s' })
  const scaler = createScaler(service, { aws: plant.aws, clock: plant.clock, ...options })
  scaler.on('capacity:set', (event) => events.push([`${event.capacity.from}→${event.capacity.to}`, event]))
  scaler.start()
  return { scaler, events }
}

describe('a controller over a service', () => {
  it('goes from zero to what the load needs, follows it, and goes back to zero', async () => {
    const plant = new Plant()
    const { scaler, events } = start(plant)
    await plant.run(60, 0)
    expect(events).toEqual([])
    await plant.run(600, 200)
    // 200 messages a second are 80 slots, or four tasks.
    expect(plant.aws.service.running).toBeGreaterThanOrEqual(4)
    expect(plant.aws.service.running).toBeLessThanOrEqual(6)
    expect(plant.aws.queue.visible).toBeLessThan(1_000)
    await plant.run(900, 0)
    expect(plant.aws.service).toMatchObject({ desired: 0, running: 0 })
    expect(plant.handled).toBe(600 * 200)
    expect(plant.most).toBeLessThanOrEqual(24)
    await scaler.stop()
  })

  it('changes nothing while a reading is missing, and shrinks nothing before it knows enough again', async () => {
    const plant = new Plant()
    const { scaler, events } = start(plant)
    await plant.run(300, 200)
    const before = plant.aws.service.desired
    events.length = 0
    plant.aws.fail('queueCounts', 'THROTTLED')
    await plant.run(600, 0)
    plant.aws.fail('queueCounts', undefined)
    await plant.run(100, 0)
    expect(events).toEqual([])
    expect(plant.aws.service.desired).toBe(before)
    await plant.run(600, 0)
    expect(plant.aws.service.desired).toBe(0)
    await scaler.stop()
  })

  it('lets a cooldown pass between taking tasks away, as slowly as the load may fall', async () => {
    const plant = new Plant()
    const { scaler, events } = start(plant)
    await plant.run(300, 800)
    events.length = 0
    for (let load = 800; load > 0; load -= 20) await plant.run(10, load)
    await plant.run(120, 0)
    await scaler.stop()
    const taken = events.filter(([, { capacity }]) => capacity.to < capacity.from).map(([, { atMs }]) => atMs)
    expect(taken.length).toBeGreaterThan(2)
    for (const [index, atMs] of taken.slice(1).entries()) {
      expect(atMs - (taken[index] ?? 0)).toBeGreaterThanOrEqual(60_000)
    }
  })

  it('moves the minimum, and leaves what is switched off, the maximum and the tags of the target', async () => {
    const aws = fakeAws()
    const service = serviceWith({ strategy: 'controller', controller: { sets: 'min' } })
    const suspended = { scaleIn: false, scaleOut: false, scheduled: true }
    const target = {
      arn: 'arn:target',
      resourceId: 'service/media/thumbnails',
      minCapacity: 0,
      maxCapacity: 12,
      suspended,
      tags: { team: 'media' },
    }
    aws.account.target = target
    aws.queue = { visible: 100_000, inFlight: 0, delayed: 0 }
    const scaler = createScaler(service, { aws, clock: manualClock() })
    await scaler.beat()
    await scaler.stop()
    expect(aws.account.target).toEqual({ ...target, minCapacity: 12 })
  })

  it('tells of a size that could not be set, and goes on', async () => {
    const plant = new Plant()
    plant.aws.fail('setDesiredCount', 'ACCESS_DENIED')
    const { scaler } = start(plant)
    const failures: string[] = []
    scaler.on('capacity:failed', ({ error }) => failures.push(error.message))
    await plant.run(20, 100)
    expect(failures.length).toBeGreaterThanOrEqual(2)
    expect(plant.aws.published.length).toBeGreaterThan(0)
    plant.aws.fail('setDesiredCount', undefined)
    await plant.run(20, 100)
    expect(plant.aws.service.desired).toBeGreaterThan(0)
    await scaler.stop()
  })

  it('acts only while it holds the lease, and another takes over with what it has seen', async () => {
    const plant = new Plant()
    let holder: string | undefined
    const leaseOf = (name: string): Lease => ({
      hold: async () => (holder ??= name) === name,
      release: async () => void (holder = holder === name ? undefined : holder),
    })
    const one = start(plant, { lease: leaseOf('one') })
    const other = start(plant, { lease: leaseOf('other') })
    await plant.run(300, 200)
    expect(one.events.length).toBeGreaterThan(0)
    expect(other.events).toEqual([])
    await one.scaler.stop()
    expect(holder).toBeUndefined()
    await plant.run(300, 800)
    expect(holder).toBe('other')
    expect(other.events.length).toBeGreaterThan(0)
    expect(plant.aws.service.running).toBeGreaterThanOrEqual(16)
    await other.scaler.stop()
  })

  it('does nothing when whether it leads cannot be known', async () => {
    const plant = new Plant()
    const lost: Lease = {
      hold: () => Promise.reject(new Error('no table')),
      release: () => Promise.reject(new Error('no table')),
    }
    const { scaler, events } = start(plant, { lease: lost })
    await plant.run(60, 100)
    expect(events).toEqual([])
    expect(plant.aws.published).toEqual([])
    expect((await scaler.beat()).outcome).toBe('following')
    await scaler.stop()
  })
})
