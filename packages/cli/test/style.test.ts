import { describe, expect, it } from 'vitest'
import { createStyle } from '../src/style.js'

const isColoured = (isTTY: boolean | undefined, env: Record<string, string>): boolean => {
  const stdout = isTTY === undefined ? { write: () => true } : { write: () => true, isTTY }
  return createStyle({ stdout, env }).added('+') !== '+'
}

describe('colours', () => {
  it('are for terminals', () => {
    expect(isColoured(true, {})).toBe(true)
    expect(isColoured(false, {})).toBe(false)
    expect(isColoured(undefined, {})).toBe(false)
  })

  it('are off where NO_COLOR says so, or the terminal has none', () => {
    expect(isColoured(true, { NO_COLOR: '1' })).toBe(false)
    expect(isColoured(true, { NO_COLOR: '' })).toBe(true)
    expect(isColoured(true, { TERM: 'dumb' })).toBe(false)
  })

  it('are wherever FORCE_COLOR asks for them, and nobody says no', () => {
    expect(isColoured(false, { FORCE_COLOR: '1' })).toBe(true)
    expect(isColoured(false, { FORCE_COLOR: '3', TERM: 'dumb' })).toBe(true)
    expect(isColoured(false, { FORCE_COLOR: '' })).toBe(false)
    expect(isColoured(true, { FORCE_COLOR: '' })).toBe(true)
    expect(isColoured(true, { FORCE_COLOR: '0' })).toBe(false)
    expect(isColoured(true, { FORCE_COLOR: '1', NO_COLOR: '1' })).toBe(false)
  })
})
