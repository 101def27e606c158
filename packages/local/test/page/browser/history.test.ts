import { describe, expect, it } from 'vitest'

import { History } from '../../../src/page/browser/history.js'
import { EMPTY_STATE } from '../../../src/page/browser/merge.js'
import type { PageState, QueueEntry } from '../../../src/page/browser/page-state.js'

/** A queue's state `ms` after the start, at sixty times the speed, seen through a window of an hour. */
function at(ms: number, queue: Partial<QueueEntry>): PageState {
  const setup = {
    timeScale: 60,
    originMs: 0,
    windowMinutes: 60,
    accountId: '',
    region: '',
    environment: {},
    features: [],
  }
  const clock = { nowMs: ms * 60, realNowMs: ms }
  const entry = { name: 'q', visible: 0, inFlight: 0, delayed: 0, sent: 0, received: 0, deleted: 0, ...queue }
  return { ...EMPTY_STATE, view: { clock, setup }, queues: { q: entry as QueueEntry } }
}

describe('the history', () => {
  it('has each sample by the control plane’s time', () => {
    const history = new History()
    history.sample(at(0, { visible: 3 }))
    history.sample(at(500, { visible: 2 }))
    expect(history.line('q visible')).toEqual([
      [0, 3],
      [30_000, 2],
    ])
  })

  it('keeps the newest sample, nothing from before the window, and no more than a plot can show', () => {
    const history = new History()
    for (let ms = 0; ms <= 600_000; ms += 100) {
      history.sample(at(ms, { visible: ms }))
      expect(history.line('q visible').at(-1)).toEqual([ms * 60, ms])
    }
    const line = history.line('q visible')
    expect(line.length).toBeLessThanOrEqual(500)
    const [[firstMs] = [0]] = line
    expect(firstMs).toBeGreaterThanOrEqual(36_000_000 - 3_600_000)
    expect(firstMs).toBeLessThan(36_000_000 - 3_500_000)
    const gaps = line.slice(1).map(([nowMs], index) => nowMs - (line[index]?.[0] ?? 0))
    expect(Math.max(...gaps)).toBeLessThanOrEqual((2 * 3_600_000) / 250)
  })

  it('has every sample of the first minutes', () => {
    const history = new History()
    for (let ms = 0; ms < 50_000; ms += 125) history.sample(at(ms, { visible: ms }))
    expect(history.line('q visible')).toHaveLength(400)
  })

  it('has the rates of the last seconds of real time', () => {
    const history = new History()
    expect(history.rates('q')).toEqual({ sent: 0, deleted: 0 })
    for (let ms = 0; ms <= 20_000; ms += 500) {
      history.sample(at(ms, { sent: ms < 10_000 ? 0 : (ms - 10_000) / 100, deleted: ms / 250 }))
    }
    expect(history.rates('q')).toEqual({ sent: 10, deleted: 4 })
  })

  it('has no rate below none when a queue is made anew', () => {
    const history = new History()
    history.sample(at(0, { sent: 100 }))
    history.sample(at(1_000, { sent: 1 }))
    expect(history.rates('q').sent).toBe(0)
  })
})
