import { describe, expect, it } from 'vitest'
import type { ServiceConfig } from '../../src/index.js'
import { baselineSetups, createComparison, parseTraffic, simulate } from '../../src/simulate/index.js'
import type { Setup, SimulateOptions } from '../../src/simulate/index.js'
import { found, serviceWith } from '../services.js'

const small: Partial<ServiceConfig> = {
  tasks: { min: 0, max: 40, concurrency: 2 },
  handling: { mean: '1s' },
  objective: { wait: { p99: '2m' } },
}

function baseline(name: string, config: Partial<ServiceConfig> = small): Setup {
  return found(baselineSetups(serviceWith(config)).find((setup) => setup.name === name))
}

/** The counts that were desired, one after the other. */
function course(name: string, traffic: string, options: Partial<SimulateOptions> = {}): number[] {
  const given = { traffic: parseTraffic(traffic), duration: '1h', ...options } as const
  return simulate(serviceWith(small), given, baseline(name)).changes.map(({ to }) => to)
}

describe('what teams do today', () => {
  it('KEDA and the HPA: one task at first, then four more or twice as many every 15 s, and to zero after five minutes', () => {
    expect(course('KEDA', 'batch:size=200,at=10m').slice(0, 5)).toEqual([1, 5, 10, 20, 40])
    expect(course('KEDA', 'batch:size=200,at=10m').at(-1)).toBe(0)
  })

  it('watchbot: a tenth of the maximum every five minutes, and all away at once', () => {
    const counts = course('watchbot', 'constant:rate=10/s')
    expect(counts.slice(0, 3)).toEqual([4, 8, 12])
    expect(course('watchbot', 'batch:size=20,at=10m').at(-1)).toBe(0)
  })

  it("AWS's guide: cannot leave zero, since nothing is divided by no tasks", () => {
    expect(course('AWS guide', 'constant:rate=10/s')).toEqual([])
    expect(course('AWS guide, math', 'constant:rate=10/s')).toEqual([])
    expect(course('AWS guide', 'constant:rate=10/s', { startTasks: 1 })[0]).toBeGreaterThan(1)
  })

  it("CDK's pattern: one task at least, one more from 100 messages on, five more from 500 on", () => {
    expect(baseline('CDK pattern').min).toBe(1)
    expect(course('CDK pattern', 'batch:size=400,at=10m')[0]).toBe(2)
    expect(course('CDK pattern', 'batch:size=3000,at=10m')[0]).toBe(6)
  })

  it('Copilot: its target from the objective', () => {
    const [policy] = baseline('Copilot worker').policies
    expect(policy).toMatchObject({
      targetValue: 240,
      scaleOutCooldownSeconds: 60,
      scaleInCooldownSeconds: 120,
    })
  })
})

describe('a comparison', () => {
  const compared = createComparison(serviceWith(small), {
    traffic: parseTraffic('diurnal:low=1/s,high=30/s,period=2h + batch:size=500,at=40m'),
    duration: '2h',
  }).map(({ group, simulation }) => {
    simulation.advance(Infinity)
    return { group, messages: simulation.messages, outcome: simulation.outcome() }
  })

  it('loses no message, whoever scales, and each has a name of its own', () => {
    for (const { messages } of compared) {
      expect(messages.handled + messages.visible + messages.inFlight).toBe(messages.arrived)
    }
    const names = compared.map(({ outcome }) => outcome.name)
    expect(new Set(names).size).toBe(names.length)
  })

  it('keeps to the bounds', () => {
    for (const { outcome } of compared) {
      for (const { to } of outcome.changes) expect(to >= 0 && to <= 40, outcome.name).toBe(true)
    }
  })

  it('has a clairvoyant that is never late, for less than whoever else is not', () => {
    const clairvoyant = found(compared.find(({ outcome }) => outcome.name === 'clairvoyant')).outcome.figures
    expect(clairvoyant.latePercent).toBe(0)
    const others = compared.filter(
      ({ outcome }) => outcome.figures.latePercent < 0.1 && outcome.name !== 'clairvoyant',
    )
    expect(others.length).toBeGreaterThan(1)
    for (const { outcome } of others)
      expect(outcome.figures.cost, outcome.name).toBeGreaterThan(clairvoyant.cost)
  })

  it('shows ladder and controller near it, and target tracking above the guide it comes from', () => {
    const of = (name: string) => found(compared.find(({ outcome }) => outcome.name === name)).outcome.figures
    const { cost } = of('clairvoyant')
    for (const name of ['ladder', 'controller']) {
      expect(of(name).latePercent, name).toBeLessThan(1)
      expect(of(name).cost / cost, name).toBeLessThan(1.6)
    }
    expect(of('targetTracking').latePercent).toBeLessThanOrEqual(of('Copilot worker').latePercent)
  })
})
