import { expect, test } from 'vitest'
import { manualClock } from '../src/testing/index.js'
import type { Timed } from '../src/timetable.js'
import { Timetable } from '../src/timetable.js'

interface Entry extends Timed {
  readonly name: number
}

function entry(name: number): Entry {
  return { name, dueMs: 0, heapIndex: -1 }
}

test('entries come out in the order of their times, whatever was set, moved and removed before', async () => {
  const seed = 20_261_122
  let state = seed
  const random = (limit: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff
    return state % limit
  }
  const clock = manualClock()
  const startMs = clock.now()
  const rung: Entry[] = []
  const timetable = new Timetable<Entry>(clock, () => {
    for (let due = timetable.take(clock.now()); due !== undefined; due = timetable.take(clock.now()))
      rung.push(due)
  })
  const entries = Array.from({ length: 300 }, (_, name) => entry(name))
  const expected = new Map<Entry, number>()
  for (let step = 0; step < 3_000; step += 1) {
    const chosen = entries[random(entries.length)]
    if (chosen === undefined) continue
    if (random(4) === 0) {
      timetable.remove(chosen)
      expected.delete(chosen)
    } else {
      const dueMs = startMs + 1 + random(10_000)
      timetable.set(chosen, dueMs)
      expected.set(chosen, dueMs)
    }
  }
  expect(timetable.size, `seed ${seed}`).toBe(expected.size)
  await clock.advance(10_001)
  expect(rung.map(({ dueMs }) => dueMs)).toEqual([...expected.values()].toSorted((a, b) => a - b))
  expect(new Set(rung)).toEqual(new Set(expected.keys()))
})

test('many entries take one timer, and none is left when the last has gone', () => {
  const clock = manualClock()
  const timetable = new Timetable<Entry>(clock, () => {})
  const entries = Array.from({ length: 100 }, (_, name) => entry(name))
  for (const [index, each] of entries.entries()) timetable.set(each, clock.now() + 1_000 - index)
  expect(clock.pending).toBe(1)
  for (const each of entries) timetable.remove(each)
  expect(clock.pending).toBe(0)
})

test('it rings for an entry that became due earlier than the rest', async () => {
  const clock = manualClock()
  const rings: number[] = []
  const timetable = new Timetable<Entry>(clock, () => {
    rings.push(clock.now())
    while (timetable.take(clock.now()) !== undefined);
  })
  const startMs = clock.now()
  timetable.set(entry(1), startMs + 500)
  timetable.set(entry(2), startMs + 100)
  await clock.advance(1_000)
  expect(rings).toEqual([startMs + 100, startMs + 500])
  expect(clock.pending).toBe(0)
})
