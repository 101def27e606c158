import { manualClock } from '@longshore/core/testing'
import type { ManualClock } from '@longshore/core/testing'
import { describe, expect, it } from 'vitest'

import { EMPTY_STATE } from '../../src/page/browser/merge.js'
import type { PageState } from '../../src/page/browser/page-state.js'
import { streamState } from '../../src/page/stream.js'

interface Stage {
  readonly clock: ManualClock
  readonly written: string[]
  readonly gone: AbortController
  state: PageState | Error
  isBusy: boolean
}

/** A stream of a state that the test sets, to a client that the test slows. */
async function stage(): Promise<Stage> {
  const on: Stage = {
    clock: manualClock(),
    written: [],
    gone: new AbortController(),
    state: withClock(1),
    isBusy: false,
  }
  const read = (): Promise<PageState> =>
    on.state instanceof Error ? Promise.reject(on.state) : Promise.resolve(on.state)
  const client = {
    write: (text: string) => void on.written.push(text),
    get isBusy() {
      return on.isBusy
    },
  }
  streamState({ clock: on.clock, signal: on.gone.signal, read }).stream?.(client)
  await on.clock.advance(0)
  return on
}

function withClock(nowMs: number): PageState {
  return { ...EMPTY_STATE, view: { clock: { nowMs, realNowMs: nowMs } } }
}

describe('a stream of the state', () => {
  it('skips what a slow listener has no time for, and tells it all at once later', async () => {
    const on = await stage()
    on.written.length = 0
    on.isBusy = true
    for (const nowMs of [2, 3, 4]) {
      on.state = withClock(nowMs)
      await on.clock.advance(500)
    }
    expect(on.written).toEqual([])
    on.isBusy = false
    await on.clock.advance(500)
    expect(on.written).toEqual(['event: patch\ndata: {"view":{"clock":{"nowMs":4,"realNowMs":4}}}\n\n'])
    on.gone.abort()
    expect(on.clock.pending).toBe(0)
  })

  it('says why a state cannot be read, and goes on', async () => {
    const on = await stage()
    on.written.length = 0
    on.state = new Error('no luck')
    await on.clock.advance(500)
    on.state = withClock(9)
    await on.clock.advance(500)
    expect(on.written).toEqual([
      'event: patch\ndata: {"view":{"problem":"no luck"}}\n\n',
      'event: patch\ndata: {"view":{"clock":{"nowMs":9,"realNowMs":9}}}\n\n',
    ])
    on.gone.abort()
  })

  it('starts nothing for a listener that has gone', async () => {
    const on = await stage()
    on.gone.abort()
    on.written.length = 0
    await on.clock.advance(5_000)
    expect([on.written, on.clock.pending]).toEqual([[], 0])
  })
})
