import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { StateChanges } from '../../../src/page/changes.js'
import { EMPTY_STATE, merge } from '../../../src/page/browser/merge.js'
import type { StatePatch } from '../../../src/page/browser/merge.js'
import type { PageState } from '../../../src/page/browser/page-state.js'

const entries = fc.dictionary(
  fc.constantFrom('a', 'b', 'c', '__proto__ of d'),
  fc.record({ value: fc.integer({ max: 3 }) }),
)
const states = fc.record({ queues: entries, tasks: entries, series: entries })

describe('changes', () => {
  it('merged one after the other, are the state that was told', () => {
    fc.assert(
      fc.property(fc.array(states, { minLength: 1 }), (told) => {
        const changes = new StateChanges()
        let merged: PageState = EMPTY_STATE
        for (const sections of told) {
          const state = { ...EMPTY_STATE, ...sections } as unknown as PageState
          merged = merge(merged, JSON.parse(changes.tell(state)) as StatePatch)
          expect(merged).toEqual({ ...state, view: { problem: undefined } })
        }
      }),
    )
  })

  it('are none when nothing changed', () => {
    const changes = new StateChanges()
    const state = { ...EMPTY_STATE, log: { lines: [] } }
    changes.tell(state)
    expect(changes.tell({ ...EMPTY_STATE, log: { lines: [] } })).toBe('{}')
  })

  it('leave sections alone that they do not name', () => {
    const before = { ...EMPTY_STATE, log: { lines: [] } }
    expect(merge(before, { queues: {} }).log).toBe(before.log)
  })

  it('take a problem back with the next word', () => {
    const told = merge(EMPTY_STATE, { view: { problem: 'no luck' } })
    expect(told.view.problem).toBe('no luck')
    expect(merge(told, { view: {} }).view.problem).toBeUndefined()
  })
})
