import { expect, test } from 'vitest'
import type { Claimant, Share, Standing } from '../../src/admit/share.js'
import { Slots } from '../../src/admit/slots.js'
import type { ManualClock } from '../../src/testing/index.js'
import { manualClock } from '../../src/testing/index.js'

/** Something with messages that take so long each. */
class Source implements Claimant {
  promisedUntilMs = 0
  waiting = 0
  started = 0
  busyMs = 0
  rooms = 0
  readonly #on: { readonly slots: Slots; readonly clock: ManualClock; readonly takesMs: number }
  readonly #share: Share

  constructor(
    on: { readonly slots: Slots; readonly clock: ManualClock; readonly takesMs: number },
    standing: Partial<Standing> = {},
  ) {
    this.#on = on
    this.#share = on.slots.join(this, { priority: 0, weight: 1, ...standing })
  }

  get isReady(): boolean {
    return this.waiting > 0
  }

  get fillable(): number {
    return this.waiting
  }

  get wanted(): number {
    return this.waiting
  }

  get share(): Share {
    return this.#share
  }

  start(): void {
    const { clock, slots, takesMs } = this.#on
    this.waiting -= 1
    this.started += 1
    clock.schedule(takesMs, () => {
      this.busyMs += takesMs
      slots.release(this.#share)
    })
  }

  onRoom(): void {
    this.rooms += 1
  }

  put(count: number): void {
    this.waiting += count
    this.#on.slots.fill()
  }
}

function stage(limit: number): { slots: Slots; clock: ManualClock } {
  const clock = manualClock()
  return { clock, slots: new Slots(clock, limit) }
}

test('the limit may be raised and lowered while handlings run', async () => {
  const { slots, clock } = stage(2)
  const only = new Source({ slots, clock, takesMs: 100 })
  only.put(100)
  expect(slots).toMatchObject({ running: 2, idle: 0 })
  slots.limit = 5
  expect(slots).toMatchObject({ running: 5, idle: 0 })
  slots.limit = 1
  expect(slots).toMatchObject({ running: 5, idle: -4 })
  await clock.advance(100)
  expect(slots).toMatchObject({ running: 1, idle: 0 })
  only.waiting = 0
  await clock.advance(100)
  slots.limit = 3
  expect(only.rooms).toBeGreaterThan(0)
  expect(slots.idleFor(only.share)).toBe(3)
})

test('shares of slot time converge to the weights, however different the handling times', async () => {
  for (const limit of [1, 3, 20]) {
    const { slots, clock } = stage(limit)
    const three = new Source({ slots, clock, takesMs: 10 }, { weight: 3 })
    const two = new Source({ slots, clock, takesMs: 35 }, { weight: 2 })
    const one = new Source({ slots, clock, takesMs: 300 }, { weight: 1 })
    for (const source of [three, two, one]) source.put(100_000)
    await clock.advance(30_000)
    const parts = [three, two, one].map(({ busyMs }) => busyMs / (limit * 30_000))
    const expected = [3 / 6, 2 / 6, 1 / 6]
    for (const [index, part] of parts.entries()) {
      expect(Math.abs(part - (expected[index] ?? 0)), `${parts.join()} of ${limit} slots`).toBeLessThan(0.03)
    }
  }
})

test('what one queue leaves goes to the others, and it has no claim to it later', async () => {
  const { slots, clock } = stage(4)
  const idle = new Source({ slots, clock, takesMs: 20 }, { weight: 9 })
  const busy = new Source({ slots, clock, takesMs: 20 }, { weight: 1 })
  busy.put(100_000)
  await clock.advance(100_000)
  expect(busy.busyMs).toBe(4 * 100_000)
  idle.put(100_000)
  // It may take everything for as long as it was to make up for, a second; then each has its part again.
  await clock.advance(1_000)
  const before = busy.busyMs
  await clock.advance(10_000)
  expect((busy.busyMs - before) / 40_000).toBeCloseTo(0.1, 1)
  expect(busy.busyMs - before).toBeGreaterThan(2_000)
})

test('a lower priority starts nothing while a higher one has something to start', async () => {
  const { slots, clock } = stage(3)
  const low = new Source({ slots, clock, takesMs: 10 }, { priority: 1, weight: 100 })
  const high = new Source({ slots, clock, takesMs: 10 }, { priority: 2 })
  low.put(1_000)
  await clock.advance(5)
  high.put(30)
  await clock.advance(5)
  const before = low.started
  await clock.advance(95)
  expect(low.started).toBe(before)
  expect(high.waiting).toBe(0)
  expect(slots.isOutranked(low.share)).toBe(true)
  expect(slots.isOutranked(high.share)).toBe(false)
  await clock.advance(100)
  expect(low.started).toBeGreaterThan(before)
  expect(slots.isOutranked(low.share)).toBe(false)
})

test('a slot is kept for what a receive of a higher priority may bring, until that waits itself', async () => {
  const { slots, clock } = stage(1)
  const high = new Source({ slots, clock, takesMs: 10 }, { priority: 1 })
  const low = new Source({ slots, clock, takesMs: 10 })
  high.promisedUntilMs = clock.now() + 250
  low.put(1)
  expect(slots.isOutranked(low.share)).toBe(true)
  await clock.advance(249)
  expect(low.started).toBe(0)
  high.promisedUntilMs = 0
  await clock.advance(1)
  expect(low.started).toBe(1)
  expect(slots.isOutranked(low.share)).toBe(false)
  slots.close()
  expect(clock.pending).toBe(1)
})

test('idle slots are offered once: what another has spoken for is not idle for me', () => {
  const { slots, clock } = stage(10)
  const one = new Source({ slots, clock, takesMs: 10 })
  const other = new Source({ slots, clock, takesMs: 10 })
  expect(slots.idleFor(one.share)).toBe(10)
  other.waiting = 4
  expect(slots.idleFor(one.share)).toBe(6)
  other.waiting = 40
  expect(slots.idleFor(one.share)).toBe(0)
})
