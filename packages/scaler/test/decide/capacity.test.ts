import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decideCapacity, decideNext, NO_MEMORY } from '../../src/index.js'
import type {
  CapacityDecision,
  CapacityInput,
  LiveTarget,
  Memory,
  Observation,
  Service,
} from '../../src/index.js'
import { observation } from '../observations.js'
import { serviceWith } from '../services.js'

const controller = serviceWith({ strategy: 'controller' })
const target: LiveTarget = {
  arn: 'arn:target',
  resourceId: 'service/media/thumbnails',
  minCapacity: 0,
  maxCapacity: 40,
  suspended: { scaleIn: false, scaleOut: false, scheduled: false },
}

function capacityAfter(
  observations: readonly Observation[],
  more: Partial<CapacityInput> = {},
  service: Service = controller,
): CapacityDecision {
  let memory: Memory = NO_MEMORY
  let atMs = 0
  let input: CapacityInput | undefined
  for (const each of observations) {
    const decided = decideNext(service, each, memory)
    memory = decided.memory
    atMs = each.atMs
    if (decided.decision.kind !== 'publish') throw new Error('It holds.')
    const { decision } = decided
    input = { service, decision, memory, target, lastScaleInAtMs: undefined, observedAtMs: atMs, nowMs: atMs }
  }
  if (input === undefined) throw new Error('Nothing was observed.')
  return decideCapacity({ ...input, ...more })
}

const steady = (seconds: number, counts: Parameters<typeof observation>[0]): Observation[] =>
  Array.from({ length: seconds / 10 + 1 }, (_, beat) => observation({ ...counts, atMs: beat * 10_000 }))

describe('a controller', () => {
  it('goes from zero straight to what is required', () => {
    expect(capacityAfter([observation({ visible: 10_000 })])).toEqual({
      kind: 'set',
      what: 'desired',
      from: 0,
      to: 20,
    })
  })

  it('takes tasks away once fewer would have done for two minutes, to the most that was required', () => {
    const quiet = { running: 10, inFlight: 60 }
    expect(capacityAfter(steady(110, quiet))).toMatchObject({ reason: expect.stringMatching(/not known/) })
    expect(capacityAfter(steady(120, quiet))).toMatchObject({ kind: 'set', from: 10, to: 3 })
  })

  it('lets the last task go only after five minutes of empty queues', () => {
    expect(capacityAfter(steady(290, { running: 3 }))).toMatchObject({ from: 3, to: 1 })
    expect(capacityAfter(steady(290, { running: 1 }))).toMatchObject({ kind: 'keep' })
    expect(capacityAfter(steady(300, { running: 1 }))).toMatchObject({ from: 1, to: 0 })
    expect(capacityAfter(steady(300, { running: 1, delayed: 2 }))).toMatchObject({ kind: 'keep' })
  })

  it.each<[string, RegExp, Partial<CapacityInput>, Parameters<typeof observation>[0]?]>([
    ['what it read is old', /too old/, { nowMs: 340_000 }],
    [
      'scaling in is suspended',
      /suspended/,
      { target: { ...target, suspended: { ...target.suspended, scaleIn: true } } },
    ],
    ['a deployment goes on', /deployment/, {}, { isDeploying: true }],
    ['tasks went a moment ago', /just now/, { lastScaleInAtMs: 260_000 }],
  ])('takes none away while %s', (_, reason, more, counts = {}) => {
    expect(capacityAfter(steady(300, { running: 5, ...counts }), more)).toEqual({
      kind: 'keep',
      reason: expect.stringMatching(reason),
    })
  })

  it('adds none while scaling out is suspended', () => {
    const suspended = { ...target, suspended: { ...target.suspended, scaleOut: true } }
    expect(capacityAfter([observation({ visible: 10_000 })], { target: suspended }).kind).toBe('keep')
  })

  it('keeps to the bounds of the target, which a schedule may have moved', () => {
    const morning = { ...target, minCapacity: 5, maxCapacity: 12 }
    expect(capacityAfter([observation({ visible: 10_000 })], { target: morning })).toMatchObject({ to: 12 })
    const sales = serviceWith({
      strategy: 'controller',
      schedules: [{ name: 'sales', when: 'cron(0 8 * * ? *)', max: 60 }],
    })
    const flood = [observation({ visible: 100_000 })]
    expect(capacityAfter(flood, {}, sales)).toMatchObject({ to: 40 })
    expect(capacityAfter(flood, { target: { ...target, maxCapacity: 60 } }, sales)).toMatchObject({ to: 60 })
    expect(capacityAfter(steady(300, { running: 8 }), { target: morning })).toMatchObject({ to: 5 })
    expect(capacityAfter([observation({ running: 2 })], { target: morning })).toMatchObject({
      from: 2,
      to: 5,
    })
  })

  it('moves the minimum in place of the count where it is told to', () => {
    const service = serviceWith({ strategy: 'controller', controller: { sets: 'min' } })
    const out = capacityAfter([observation({ visible: 10_000 })], {}, service)
    expect(out).toEqual({ kind: 'set', what: 'min', from: 0, to: 20 })
    const raised = { ...target, minCapacity: 20 }
    const idle = capacityAfter(steady(120, { running: 20, inFlight: 20 }), { target: raised }, service)
    expect(idle).toEqual({ kind: 'set', what: 'min', from: 20, to: 1 })
    expect(capacityAfter([observation({ visible: 9 })], { target: null }, service)).toMatchObject({
      kind: 'keep',
    })
  })

  it('adds tasks ahead of a load that grows, where forecasts have come true', () => {
    const growing = (forecast: boolean): number => {
      const service = serviceWith({ strategy: 'controller', controller: { forecast } })
      // Ten more busy slots a minute, and no backlog.
      const seen = Array.from({ length: 61 }, (_, beat) =>
        observation({ atMs: beat * 10_000, running: 20, inFlight: Math.floor((beat * 20) / 6) }),
      )
      const capacity = capacityAfter(seen, {}, service)
      return capacity.kind === 'set' ? capacity.to : 20
    }
    expect(growing(true)).toBeGreaterThan(growing(false))
  })

  it('takes none away before it has read everything, without a gap, for as long as it looks back', () => {
    const queue = { visible: fc.nat(500), inFlight: fc.nat(100), running: fc.integer({ min: 1, max: 40 }) }
    const beat = fc.record({
      ...queue,
      elapsed: fc.constantFrom(10_000, 10_000, 10_000, 10_000, 20_000, 45_000),
      missing: fc.constantFrom(undefined, undefined, undefined, undefined, 'queue', 'service', 'workers'),
    })
    const missing = { value: undefined, code: 'THROTTLED', reason: 'Throttled.' } as const
    fc.assert(
      fc.property(fc.array(beat, { minLength: 10, maxLength: 60 }), (beats) => {
        let memory: Memory = NO_MEMORY
        let [atMs, readSinceMs, readAtMs] = [0, 0, -Infinity]
        for (const { elapsed, missing: part, ...counts } of beats) {
          atMs += elapsed
          const whole = observation({ ...counts, atMs })
          const queues = [{ name: 'thumbnails', counts: missing, noisyVisible: undefined }]
          const seen: Observation = {
            ...whole,
            ...(part === 'queue' && { queue: missing, queues }),
            ...(part === 'service' && { service: missing }),
            ...(part === 'workers' && { unheard: missing }),
          }
          const decided = decideNext(controller, seen, memory)
          memory = decided.memory
          const { decision } = decided
          expect(decision.kind).toBe(part === undefined ? 'publish' : 'hold')
          if (decision.kind === 'hold') continue
          if (atMs - readAtMs > 30_000) readSinceMs = atMs
          readAtMs = atMs
          const now = { observedAtMs: atMs, nowMs: atMs, lastScaleInAtMs: undefined }
          const capacity = decideCapacity({ service: controller, decision, memory, target, ...now })
          if (capacity.kind === 'set' && capacity.to < capacity.from) {
            expect(atMs - readSinceMs).toBeGreaterThanOrEqual(120_000)
          }
        }
      }),
    )
  })

  it('never leaves the bounds, never stops busy tasks, and never changes on one reading but upwards', () => {
    const beat = fc.record({
      visible: fc.nat(5_000),
      inFlight: fc.nat(800),
      running: fc.nat(60),
      pending: fc.nat(20),
      elapsed: fc.integer({ min: 1_000, max: 60_000 }),
    })
    const bounds = fc
      .tuple(fc.nat(10), fc.nat(60))
      .map(([min, more]) => ({ minCapacity: min, maxCapacity: min + more }))
    fc.assert(
      fc.property(
        fc.array(beat, { minLength: 1, maxLength: 30 }),
        bounds,
        (beats, { minCapacity, maxCapacity }) => {
          let atMs = 0
          const seen = beats.map(({ elapsed, ...counts }) =>
            observation({ ...counts, atMs: (atMs += elapsed) }),
          )
          const capacity = capacityAfter(seen, { target: { ...target, minCapacity, maxCapacity } })
          if (capacity.kind === 'keep') return
          const last = beats.at(-1) ?? { running: 0, inFlight: 0 }
          expect(capacity.to).toBeGreaterThanOrEqual(minCapacity)
          expect(capacity.to).toBeLessThanOrEqual(maxCapacity)
          const busy = Math.ceil(Math.min(last.inFlight, last.running * 20) / 20)
          expect(capacity.to).toBeGreaterThanOrEqual(Math.min(busy, maxCapacity, 40))
          if (beats.length === 1)
            expect(capacity.to > capacity.from || capacity.from > maxCapacity).toBe(true)
        },
      ),
    )
  })
})
