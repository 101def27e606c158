import { DEFAULTS } from '@longshore/model'
import { describe, expect, it } from 'vitest'

import { readOptions } from '../../src/options.js'
import { LocalAwsError } from '../../src/server/local-aws-error.js'

const problemsOf = (parameters: object) => {
  try {
    readOptions({ parameters })
  } catch (error) {
    if (error instanceof LocalAwsError) return error.problems
    throw error
  }
  return []
}

describe('the option parameters', () => {
  it("leaves the model's values where it names none", () => {
    expect(readOptions({}).parameters).toEqual(DEFAULTS)
    expect(
      readOptions({ parameters: { scaleInSizing: 'gradual', trackingHighDatapoints: 1 } }).parameters,
    ).toEqual({
      ...DEFAULTS,
      scaleInSizing: 'gradual',
      trackingHighDatapoints: 1,
    })
  })

  it('gives way to the options that say the same', () => {
    const parameters = { sqsMetricDelaySeconds: 1, sqsReactivationDelaySeconds: 2 }
    expect(readOptions({ parameters }).parameters).toMatchObject(parameters)
    expect(readOptions({ parameters, metricDelay: '90s', metricWakeDelay: '5m' }).parameters).toMatchObject({
      sqsMetricDelaySeconds: 90,
      sqsReactivationDelaySeconds: 300,
    })
  })

  it('says which parameter is wrong, and which one may be meant', () => {
    const parameters = {
      scaleInSizing: 'slow',
      isActivityPartOfCooldown: 'yes',
      defaultCooldownSeconds: -1,
      trackingHighDatapoint: 3,
    }
    expect(problemsOf(parameters)).toEqual([
      { path: 'parameters.scaleInSizing', expected: "'proportional' or 'gradual'", got: '"slow"' },
      { path: 'parameters.isActivityPartOfCooldown', expected: 'true or false', got: '"yes"' },
      { path: 'parameters.defaultCooldownSeconds', expected: 'a number of 0 or more (s)', got: '-1' },
      {
        path: 'parameters.trackingHighDatapoint',
        expected: 'a known option',
        got: 'an unknown option',
        nearest: 'parameters.trackingHighDatapoints',
      },
    ])
    expect(problemsOf([])).toMatchObject([{ path: 'parameters' }])
  })
})
