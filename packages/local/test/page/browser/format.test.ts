import { describe, expect, it } from 'vitest'

import { alarmName, isScaleIn } from '../../../src/page/browser/alarm-name.js'
import { exportLine } from '../../../src/page/browser/exports.js'
import { bytes, count, number, rate, span } from '../../../src/page/browser/format.js'
import { EMPTY_STATE } from '../../../src/page/browser/merge.js'

describe('how the page writes', () => {
  it.each([
    [0, '0'],
    [12, '12'],
    [384.61, '385'],
    [0.0312, '0.031'],
    [24.55, '24.6'],
    [1_234, '1,234'],
    [1_234.6, '1,235'],
    [2_500_000, '2.5 M'],
  ])('the number %d', (value, text) => expect(number(value)).toBe(text))

  it.each([
    [-5, '0 s'],
    [59_999, '59 s'],
    [60_000, '1 min'],
    [7_500_000, '2 h 5 min'],
    [7_200_000, '2 h'],
    [345_600_000, '4 d'],
  ])('a span of %d ms', (ms, text) => expect(span(ms)).toBe(text))

  it('rates, sizes and counts', () => {
    expect([rate(0), rate(0.25), rate(24.5), rate(1_500)]).toEqual(['0', '0.3', '25', '1,500'])
    expect([bytes(79), bytes(10_240)]).toEqual(['79 B', '10 KiB'])
    expect([count(1, 'message'), count(2, 'message')]).toEqual(['1 message', '2 messages'])
  })

  it('the names of a policy’s alarms by what they do', () => {
    const id = '11111111-2222-3333-4444-555555555555'
    const low = `TargetTracking-service/demo/my-service-AlarmLow-${id}`
    expect(alarmName(low)).toBe('my-service · scale in')
    expect(alarmName(low.replace('Low', 'High'))).toBe('my-service · scale out')
    expect(alarmName('queue too long')).toBe('queue too long')
    expect([isScaleIn(low), isScaleIn('queue too long')]).toEqual([true, false])
  })

  it('the line to export so that a shell takes it', () => {
    const environment = { AWS_REGION: 'eu-west-1', ODD: "it's" }
    const setup = {
      timeScale: 1,
      originMs: 0,
      windowMinutes: 60,
      accountId: '',
      region: '',
      environment,
      features: [],
    }
    expect(exportLine({ ...EMPTY_STATE, view: { setup } })).toBe(
      String.raw`export AWS_REGION=eu-west-1 ODD='it'\''s'`,
    )
  })
})
