import { describe, expect, it } from 'vitest'

import { becomesNoisy, processingTimeAt, staysNoisy } from '../../src/index.js'

const QUIET = { inFlight: 0, queueInFlight: 0, processingShare: 0 }
const FIVE_MINUTES_MS = 300_000

describe('a group becomes noisy', () => {
  it('with 30 messages in flight that are more than a tenth of the queue’s', () => {
    expect(becomesNoisy({ ...QUIET, inFlight: 30, queueInFlight: 299 })).toBe(true)
    expect(becomesNoisy({ ...QUIET, inFlight: 30, queueInFlight: 300 })).toBe(false)
    expect(becomesNoisy({ ...QUIET, inFlight: 29, queueInFlight: 29 })).toBe(false)
  })

  it('with more than a tenth of the recent processing time, however few its messages', () => {
    expect(becomesNoisy({ inFlight: 1, queueInFlight: 50, processingShare: 0.101 })).toBe(true)
    expect(becomesNoisy({ inFlight: 1, queueInFlight: 50, processingShare: 0.1 })).toBe(false)
  })
})

describe('a noisy group', () => {
  it('is quiet again when its backlog is drained, or nothing was sent to it for five minutes', () => {
    expect(staysNoisy({ visible: 1, silentMs: FIVE_MINUTES_MS - 1 })).toBe(true)
    expect(staysNoisy({ visible: 0, silentMs: 0 })).toBe(false)
    expect(staysNoisy({ visible: 1, silentMs: FIVE_MINUTES_MS })).toBe(false)
  })
})

describe('recent processing time', () => {
  const windowMs = 60_000
  const start = { valueMs: 0, atMs: 0 }
  const at = (nowMs: number, inFlight: number, from = start) =>
    processingTimeAt(from, { inFlight, nowMs, windowMs })

  it('grows with what is in flight, at first as fast as time goes by', () => {
    expect(at(100, 3).valueMs).toBeCloseTo(300, 0)
    expect(at(100, 0)).toEqual({ valueMs: 0, atMs: 100 })
  })

  it('ends at the window’s length for each message that stays in flight', () => {
    expect(at(3_600_000, 2).valueMs).toBeCloseTo(2 * windowMs, 0)
  })

  it('fades when nothing is in flight', () => {
    const busy = at(60_000, 1)
    expect(at(120_000, 0, busy).valueMs).toBeCloseTo(busy.valueMs / Math.E, 6)
  })

  it('is the same however often it is reckoned', () => {
    let often = start
    for (let nowMs = 0; nowMs <= 10_000; nowMs += 7) often = at(nowMs, 4, often)
    expect(at(10_000, 4, often).valueMs).toBeCloseTo(at(10_000, 4).valueMs, 6)
  })
})
