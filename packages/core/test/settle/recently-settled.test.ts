import { expect, test } from 'vitest'
import { RecentlySettled } from '../../src/settle/recently-settled.js'
import { manualClock } from '../../src/testing/index.js'

test('a message is remembered for half an hour', async () => {
  const clock = manualClock()
  const recent = new RecentlySettled(clock)
  recent.add('a', 'done')
  await clock.advance(30 * 60_000 - 1)
  expect(recent.outcomeOf('a')).toBe('done')
  expect(recent.outcomeOf('b')).toBeUndefined()
  await clock.advance(1)
  expect(recent.outcomeOf('a')).toBeUndefined()
})

test('a million messages are remembered in bounded memory, the last ones surely', () => {
  const recent = new RecentlySettled(manualClock())
  for (let id = 0; id < 1_000_000; id += 1) recent.add(String(id), 'done')
  expect(recent.size).toBeLessThanOrEqual(20_000)
  expect(recent.outcomeOf('999999')).toBe('done')
  expect(recent.outcomeOf('990000')).toBe('done')
  expect(recent.outcomeOf('970000')).toBeUndefined()
})

test('what is over leaves memory, though nothing much happens', async () => {
  const clock = manualClock()
  const recent = new RecentlySettled(clock)
  for (let id = 0; id < 100; id += 1) recent.add(String(id), 'done')
  for (let round = 0; round < 2; round += 1) {
    await clock.advance(31 * 60_000)
    recent.add(`new ${round}`, 'done')
  }
  expect(recent.size).toBe(2)
})
