import { describe, expect, test } from 'vitest'
import { capacityProviderReservation } from '../../src/index.js'

const LARGE = { cpu: 2_048, memory: 4_096 }
const HALF = { cpu: 1_024, memory: 1_024 }
const reservation = (instances: number, occupied: number, waiting: readonly (typeof HALF)[] = []): number =>
  capacityProviderReservation({
    instances: Array.from({ length: instances }, () => LARGE),
    occupied,
    waiting,
  })

describe('the reservation of a capacity provider', () => {
  test('is what is needed in percent of what there is', () => {
    expect(reservation(4, 4)).toBe(100)
    expect(reservation(4, 1)).toBe(25)
    expect(reservation(2, 2, [HALF, HALF, HALF])).toBe(200)
  })

  test('is 100 for nothing on nothing, and 200 where the first instance is wanted', () => {
    expect(reservation(0, 0)).toBe(100)
    expect(reservation(0, 0, [HALF])).toBe(200)
  })

  test('packs what waits, the largest first, and leaves out what fits nowhere', () => {
    const wide = { cpu: 2_048, memory: 1 }
    expect(reservation(1, 0, [HALF, wide, HALF])).toBe(200)
    expect(reservation(1, 1, [{ cpu: 4_096, memory: 1 }])).toBe(100)
  })
})
