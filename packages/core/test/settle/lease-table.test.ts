import { expect, test } from 'vitest'
import { LeaseTable, shareLeases } from '../../src/settle/lease-table.js'

/** What each of two threads sees of the same memory. */
function threads(): { main: LeaseTable; keeper: LeaseTable } {
  const shared = shareLeases(4)
  return { main: new LeaseTable(shared), keeper: new LeaseTable(shared) }
}

test('only one of two threads may call about a lease at a time', () => {
  const { main, keeper } = threads()
  const generation = main.hold(2, 1_000)
  expect(keeper.take(2, generation, 'keeper')).toBe(true)
  expect(main.take(2, generation, 'main')).toBe(false)
  keeper.giveBack(2, generation, { by: 'keeper', expiresAtMs: 5_000 })
  expect(main.expiresAtMs(2)).toBe(5_000)
  expect(main.take(2, generation, 'main')).toBe(true)
  expect(keeper.take(2, generation, 'keeper')).toBe(false)
})

test('a lease that is over can neither be taken nor given back, though its place is held anew', () => {
  const { main, keeper } = threads()
  const before = main.hold(0, 1_000)
  expect(keeper.take(0, before, 'keeper')).toBe(true)
  main.free(0)
  const after = main.hold(0, 2_000)
  expect(keeper.isOf(0, before)).toBe(false)
  keeper.giveBack(0, before, { by: 'keeper', expiresAtMs: 9_000 })
  expect(keeper.take(0, before, 'keeper')).toBe(false)
  expect(main.expiresAtMs(0)).toBe(2_000)
  expect(main.isHeld(0, after)).toBe(true)
})

test('what one has taken the other cannot give back', () => {
  const { main, keeper } = threads()
  const generation = main.hold(1, 1_000)
  main.take(1, generation, 'main')
  keeper.giveBack(1, generation, { by: 'keeper', expiresAtMs: 9_000 })
  expect(main.isHeld(1, generation)).toBe(false)
  expect(main.expiresAtMs(1)).toBe(1_000)
})
