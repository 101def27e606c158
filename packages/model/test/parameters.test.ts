import { expect, it } from 'vitest'

import { DEFAULTS, PARAMETERS, withParameters } from '../src/index.js'

it('every parameter says its unit, meaning, source and confidence, and the defaults are its values', () => {
  for (const [name, parameter] of Object.entries(PARAMETERS)) {
    expect(DEFAULTS).toHaveProperty(name, parameter.value)
    for (const text of [parameter.unit, parameter.meaning, parameter.source]) expect(text, name).not.toBe('')
    expect('HML', name).toContain(parameter.confidence)
  }
})

it('an override replaces one value and leaves the rest', () => {
  expect(withParameters({ trackingLowDatapoints: 9 })).toEqual({ ...DEFAULTS, trackingLowDatapoints: 9 })
})
