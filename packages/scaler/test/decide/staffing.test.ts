import { describe, expect, it } from 'vitest'
import { staffedSlots } from '../../src/index.js'
import type { StaffingInput } from '../../src/index.js'

const load: StaffingInput = {
  offeredSlots: 100,
  meanHandlingMs: 1_000,
  variation: 1,
  waitMs: 0,
  percentile: 0.99,
}

/** Erlang's C: the share of messages that wait, exactly, with exponential times. */
function erlangC(offered: number, slots: number): number {
  let blocked = 1
  for (let n = 1; n <= slots; n += 1) blocked = (offered * blocked) / (n + offered * blocked)
  const rho = offered / slots
  return blocked / (1 - rho * (1 - blocked))
}

/** The fewest slots with which at most one message in a hundred waits longer than `waitMs`, exactly. */
function fewestSlots({ offeredSlots, meanHandlingMs, waitMs }: StaffingInput): number {
  for (let slots = Math.floor(offeredSlots) + 1; ; slots += 1) {
    const decay = Math.exp((-(slots - offeredSlots) * waitMs) / meanHandlingMs)
    if (erlangC(offeredSlots, slots) * decay <= 0.01) return slots
  }
}

describe('staffedSlots', () => {
  it('wants none for no load', () => {
    expect(staffedSlots({ ...load, offeredSlots: 0 })).toBe(0)
  })

  it.each([10, 30, 100, 400, 1_000])(
    'comes within two slots of Erlang’s exact answer at a load of %i',
    (offeredSlots) => {
      for (const waitMs of [0, 100, 500, 2_000, 60_000]) {
        const input = { ...load, offeredSlots, waitMs }
        expect(
          Math.abs(Math.ceil(staffedSlots(input)) - fewestSlots(input)),
          `${waitMs} ms`,
        ).toBeLessThanOrEqual(2)
      }
    },
  )

  it('comes close to the load itself where the wait is long, and wants more for more variation', () => {
    expect(staffedSlots({ ...load, waitMs: 600_000 })).toBeLessThan(100.1)
    expect(staffedSlots({ ...load, variation: 4 })).toBeGreaterThan(staffedSlots(load))
    expect(staffedSlots({ ...load, variation: 0 })).toBeLessThan(staffedSlots(load))
  })
})
