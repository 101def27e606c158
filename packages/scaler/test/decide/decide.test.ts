import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decide } from '../../src/index.js'
import type { Observation, QueueCounts, Reading, ServiceCounts } from '../../src/index.js'
import { serviceWith } from '../services.js'

const service = serviceWith()
const queue: Reading<QueueCounts> = { value: { visible: 600, inFlight: 20, delayed: 3 } }
const counts: Reading<ServiceCounts> = { value: { desired: 3, running: 2, pending: 1, isDeploying: false } }
const missing = { value: undefined, code: 'ACCESS_DENIED', reason: 'Not allowed.' } as const

describe('decide', () => {
  it('publishes the backlog per task, with the inputs it comes from', () => {
    expect(decide(service, { atMs: 0, queue, service: counts })).toEqual({
      kind: 'publish',
      backlogPerTask: 300,
      target: 3_000,
      waitEstimateMs: 6_000,
      queue: queue.value,
      service: counts.value,
    })
  })

  it('holds for each missing reading and says which', () => {
    expect(decide(service, { atMs: 0, queue: missing, service: counts })).toEqual({
      kind: 'hold',
      reason: 'Not allowed.',
      causes: ['queue:ACCESS_DENIED'],
    })
    const gone = { value: undefined, code: 'SERVICE_NOT_FOUND', reason: 'No service.' } as const
    expect(decide(service, { atMs: 0, queue: missing, service: gone })).toEqual({
      kind: 'hold',
      reason: 'Not allowed. No service.',
      causes: ['queue:ACCESS_DENIED', 'service:SERVICE_NOT_FOUND'],
    })
  })

  it('says the same reason once', () => {
    const both = decide(service, { atMs: 0, queue: missing, service: missing })
    expect(both).toMatchObject({ kind: 'hold', reason: 'Not allowed.' })
  })

  it('never publishes anything when a reading is missing, whatever the other says', () => {
    const reading = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<Reading<T>> =>
      fc.oneof(
        value.map((value) => ({ value })),
        fc.constant(missing),
      )
    const observations: fc.Arbitrary<Observation> = fc.record({
      atMs: fc.nat(),
      queue: reading(fc.record({ visible: fc.nat(), inFlight: fc.nat(), delayed: fc.nat() })),
      service: reading(
        fc.record({ desired: fc.nat(), running: fc.nat(), pending: fc.nat(), isDeploying: fc.boolean() }),
      ),
    })
    fc.assert(
      fc.property(observations, (observation) => {
        const isComplete = observation.queue.value !== undefined && observation.service.value !== undefined
        expect(decide(service, observation).kind).toBe(isComplete ? 'publish' : 'hold')
      }),
    )
  })
})
