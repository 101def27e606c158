import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ConfigError } from '../../src/index.js'
import type { Service, ServiceConfig } from '../../src/index.js'
import {
  createSimulation,
  ownSetup,
  parseTraffic,
  simulate,
  taskHourPrice,
} from '../../src/simulate/index.js'
import type { SimulateOptions } from '../../src/simulate/index.js'
import { serviceWith } from '../services.js'

const STRATEGIES = ['targetTracking', 'ladder', 'controller'] as const
const CERTAIN = { countsDelaySeconds: 0, launchVariation: 0 }

const small: Partial<ServiceConfig> = {
  tasks: { min: 0, max: 5, concurrency: 4 },
  handling: { mean: '1s' },
  objective: { wait: { p99: '60s' } },
}

/** Nothing scales it. */
function constantTasks(count: number, config: Partial<ServiceConfig>): Service {
  return serviceWith({ ...config, tasks: { min: count, max: count, concurrency: 1 }, fallback: false })
}

function run(config: Partial<ServiceConfig>, traffic: string, options: Partial<SimulateOptions> = {}) {
  return simulate(serviceWith(config), { traffic: parseTraffic(traffic), ...options })
}

describe('a simulation', () => {
  const anyRun = fc.record({
    strategy: fc.constantFrom(...STRATEGIES),
    min: fc.integer({ min: 0, max: 2 }),
    max: fc.integer({ min: 2, max: 9 }),
    concurrency: fc.integer({ min: 1, max: 5 }),
    mean: fc.integer({ min: 1, max: 40 }),
    variation: fc.constantFrom(0, 1, 4),
    rate: fc.integer({ min: 0, max: 400 }),
    size: fc.integer({ min: 1, max: 2_000 }),
    seed: fc.nat(1_000),
  })

  it('loses no message, and keeps to its bounds, whatever comes', () => {
    fc.assert(
      fc.property(anyRun, ({ strategy, min, max, concurrency, mean, variation, rate, size, seed }) => {
        const service = serviceWith({
          strategy,
          tasks: { min, max, concurrency },
          handling: { mean: `${mean / 10}s`, variation },
        })
        const traffic = parseTraffic(`constant:rate=${rate}/m + batch:size=${size},at=10m,every=30m`)
        const simulation = createSimulation(service, { traffic, seed, duration: '90m' })
        for (let minute = 1; minute <= 90; minute += 1) {
          simulation.advance(minute * 60_000)
          const { arrived, handled, visible, inFlight } = simulation.messages
          expect(handled + visible + inFlight).toBe(arrived)
          const { desired } = simulation.tasks
          expect(desired >= min && desired <= max).toBe(true)
        }
        expect(simulation.isOver).toBe(true)
      }),
      { numRuns: 12 },
    )
  })

  it('gives the same figures for the same seed, and others for another', () => {
    const traffic = 'diurnal:low=1/s,high=8/s,period=2h + noise:cv=0.5'
    const options = { duration: '2h', seed: 7 } as const
    const first = run({ ...small, strategy: 'controller' }, traffic, options)
    expect(run({ ...small, strategy: 'controller' }, traffic, options)).toEqual(first)
    expect(run({ ...small, strategy: 'controller' }, traffic, { ...options, seed: 8 })).not.toEqual(first)
  })

  it('may be advanced in any steps', () => {
    const options = { traffic: parseTraffic('constant:rate=3/s'), duration: '1h' } as const
    const service = serviceWith(small)
    const simulation = createSimulation(service, options)
    for (let atMs = 0; !simulation.isOver; atMs += 77_000) simulation.advance(atMs)
    expect(simulation.outcome()).toEqual(simulate(service, options))
  })

  it('compares strategies under the same messages', () => {
    const arrived = STRATEGIES.map(
      (strategy) =>
        run({ ...small, strategy }, 'constant:rate=2/s', { duration: '1h' }).figures.messages.arrived,
    )
    expect(new Set(arrived).size).toBe(1)
  })

  it('says what is wrong with its options, all of it', () => {
    const wrong = {
      traffic: parseTraffic('constant:rate=1/s'),
      sed: 1,
      duration: '0s',
      handling: { mean: 5 },
    }
    const attempt = (): unknown => simulate(serviceWith(), wrong as never)
    expect(attempt).toThrow(ConfigError)
    expect(attempt).toThrow(/duration: expected a duration .*above 0.*, got "0s"/)
    expect(attempt).toThrow(/handling\.mean: expected a duration/)
    expect(attempt).toThrow(/sed: .*did you mean seed\?/)
  })

  it('refuses traffic that it would count for minutes', () => {
    expect(() => run(small, 'constant:rate=1000000/s')).toThrow(
      /200,000,000 messages at most.*86,400,000,000/,
    )
  })
})

describe('waits with constant tasks', () => {
  /** Erlang C: the mean wait of M/M/c, in seconds, for a mean handling time of one. */
  function erlangWait(servers: number, load: number): number {
    let term = 1
    let sum = 1
    for (let k = 1; k < servers; k += 1) {
      term *= load / k
      sum += term
    }
    const last = (term * load) / servers / (1 - load / servers)
    return last / (sum + last) / (servers - load)
  }

  it.for([
    { servers: 3, load: 2.1 },
    { servers: 8, load: 6 },
  ])('are those of M/M/$servers at a load of $load', ({ servers, load }) => {
    const service = constantTasks(servers, { handling: { mean: '1s' } })
    const { figures } = simulate(service, {
      traffic: parseTraffic(`constant:rate=${load * 3_600}/h`),
      duration: '15h',
      handling: { distribution: 'exponential' },
    })
    expect(figures.waitSeconds.mean / erlangWait(servers, load)).toBeCloseTo(1, 1)
    expect(figures.utilizationPercent / 100).toBeCloseTo(load / servers, 1)
  })

  it.for([{ variation: 0 }, { variation: 4 }])(
    "are those of Pollaczek and Khinchine's formula for one slot and a variation of $variation",
    ({ variation }) => {
      const load = 0.6
      const service = constantTasks(1, { handling: { mean: '1s', variation } })
      const { figures } = simulate(service, {
        traffic: parseTraffic(`constant:rate=${load}/s`),
        duration: '40h',
      })
      const expected = (load * (1 + variation)) / (2 * (1 - load))
      expect(Math.abs(figures.waitSeconds.mean / expected - 1)).toBeLessThan(0.1)
    },
  )
})

describe('a burst onto a service at zero', () => {
  // A beat at 5 s into every ten sees the message. Target tracking: the minutes that begin at 600, 660 and 720 s are above
  // the target, the alarm is evaluated half a minute after the last, at 810 s. The ladder: the ten seconds from 600 s on,
  // evaluated five seconds after their end, at 615 s. The controller acts by itself, at 605 s. A launch takes a minute.
  it.for([
    ['targetTracking', 210 + 60],
    ['ladder', 15 + 60],
    ['controller', 5 + 60],
  ] as const)('has its first task with %s after metric, alarm and launch: %d s', ([strategy, seconds]) => {
    const { figures } = run({ ...small, strategy }, 'batch:size=300,at=10m', {
      duration: '1h',
      assumptions: CERTAIN,
    })
    expect(figures.firstTaskSeconds).toBe(seconds)
    expect(figures.messages).toMatchObject({ arrived: 300, handled: 300, waiting: 0 })
    expect(figures.drainSeconds).toBeGreaterThan(0)
  })

  it('counts messages that nobody took with what they have waited', () => {
    const { figures } = run({ ...small, strategy: 'controller' }, 'batch:size=10,at=0s', {
      duration: '5m',
      launchTime: '10m',
    })
    expect(figures.waitSeconds).toMatchObject({ p50: 300, max: 300 })
    expect(figures).toMatchObject({ latePercent: 100, firstTaskSeconds: null, drainSeconds: null })
  })
})

describe('the figures', () => {
  it('bill a task from the pull of its image to its end', () => {
    const service = constantTasks(2, small)
    const { figures } = simulate(service, {
      traffic: parseTraffic('constant:rate=1/m'),
      duration: '12h',
      size: { vcpu: 0.5, memoryGb: 1, arm: true },
    })
    expect(figures.taskHours).toBeCloseTo(24, 1)
    expect(figures.cost).toBeCloseTo(24 * (0.5 * 0.03238 + 0.00356), 3)
    expect(figures.costPerDay).toBeCloseTo(2 * figures.cost, 2)
    expect(taskHourPrice({ vcpu: 1, memoryGb: 2, arm: false })).toBeCloseTo(0.04937)
  })

  it('tell turns from a climb', () => {
    const climb = run({ ...small, strategy: 'ladder' }, 'ramp:from=0/s,to=15/s,over=1h', { duration: '1h' })
    expect(climb.figures.scalingActions).toBeGreaterThan(2)
    expect(climb.figures.turnsPerHour).toBe(0)
    const waves = run({ ...small, strategy: 'ladder' }, 'square:low=0/s,high=15/s,period=30m', {
      duration: '3h',
    })
    expect(waves.figures.turnsPerHour).toBeGreaterThan(2)
  })
})

describe('what a task that ends leaves', () => {
  it('is handled by another: nothing is lost where handling outlasts the stop timeout', () => {
    const service = serviceWith({
      ...small,
      strategy: 'controller',
      handling: { mean: '90s', variation: 0 },
      objective: { wait: { p99: '5m' } },
    })
    const simulation = createSimulation(service, {
      traffic: parseTraffic('batch:size=60,at=1m,every=31m'),
      duration: '4h',
      assumptions: { stopTimeoutSeconds: 10 },
    })
    simulation.advance(Infinity)
    const { arrived, handled, visible, inFlight } = simulation.messages
    expect(handled + visible + inFlight).toBe(arrived)
    // Its worker protects a task with such messages, so that none is cut off.
    expect(simulation.messages.handedBack).toBe(0)
  })
})

describe('schedules and other policies of a plan', () => {
  it('raise the minimum when they are due', () => {
    const config = {
      ...small,
      schedules: [{ name: 'morning', when: 'cron(0 8 * * ? *)', min: 3 }],
    }
    const { changes } = run(config, 'constant:rate=0/s', { duration: '9h' })
    expect(changes).toEqual([{ atSeconds: 8 * 3_600, from: 0, to: 3 }])
  })

  it('add tasks by the fallback while nobody publishes', () => {
    const service = serviceWith(small)
    const setup = { ...ownSetup(service), loop: undefined }
    const { figures } = simulate(
      service,
      { traffic: parseTraffic('batch:size=600,at=10m'), duration: '1h' },
      setup,
    )
    expect(figures.messages.handled).toBe(600)
    expect(figures.firstTaskSeconds).toBeGreaterThan(180)
  })

  it('follow CPU', () => {
    const config = { ...small, tasks: { min: 1, max: 5, concurrency: 4 }, policies: { cpu: { target: 50 } } }
    const { changes } = run(config, 'constant:rate=4/s', { duration: '1h' })
    expect(changes[0]).toMatchObject({ from: 1, to: 2 })
  })
})
