import type { AlarmReading, LivePolicy, PolicyStatus } from '@longshore/scaler'
import { describe, expect, it } from 'vitest'
import { renderPolicies } from '../../src/render/policies.js'
import { createStyle } from '../../src/style.js'

const style = createStyle({ stdout: { write: () => undefined }, env: {} })
const NOTHING = {
  type: '',
  arn: '',
  tracking: undefined,
  steps: undefined,
  predictive: undefined,
  alarmNames: [],
}
const tracking: NonNullable<LivePolicy['tracking']> = {
  metric: { kind: 'predefined', type: 'ECSServiceAverageCPUUtilization', resourceLabel: undefined },
  unit: undefined,
  targetValue: 70,
  scaleOutCooldownSeconds: undefined,
  scaleInCooldownSeconds: 120,
  disableScaleIn: false,
}
const low: AlarmReading = {
  name: 'low',
  arn: '',
  description: undefined,
  watches: undefined,
  unit: undefined,
  periodSeconds: 60,
  comparison: 'LessThanThreshold',
  threshold: 63,
  evaluationPeriods: 15,
  datapointsToAlarm: undefined,
  treatMissingData: 'missing',
  isActionsEnabled: false,
  actions: { alarm: [], others: [] },
  state: 'ALARM',
  reason: '',
  changedAtMs: Date.UTC(2026, 0, 1),
  direction: 'below',
}

function steps(adjustment: string, ...changes: number[]): NonNullable<LivePolicy['steps']> {
  return {
    adjustment,
    minAdjustmentMagnitude: undefined,
    aggregation: 'Average',
    cooldownSeconds: 60,
    steps: changes.map((scalingAdjustment, index) => ({
      metricIntervalLowerBound: index,
      metricIntervalUpperBound: undefined,
      scalingAdjustment,
    })),
  }
}

function shown(policy: Partial<LivePolicy>, more: Partial<PolicyStatus> = {}): string[] {
  const status: PolicyStatus = {
    policy: { ...NOTHING, name: 'cpu', ...policy },
    isOwn: true,
    alarms: [],
    lastActivity: null,
    ...more,
  }
  return renderPolicies([status], style).map(([, text]) => text)
}

describe('a policy', () => {
  it('of target tracking has its metric, target, cooldowns, and alarms with their states', () => {
    expect(shown({ tracking }, { isOwn: false, alarms: [low] })).toEqual([
      'cpu (not ours): holds ECSServiceAverageCPUUtilization at 70; cooldowns 300 s out, 120 s in',
      '  in, below 63 in 15 × 60 s: ALARM since 2026-01-01T00:00:00Z, actions switched off',
    ])
    expect(shown({ tracking: { ...tracking, disableScaleIn: true } })[0]).toMatch(
      /300 s out, never scales in$/,
    )
  })

  it.each([
    [steps('ChangeInCapacity', 1, 2), 'steps of tasks more or fewer, +1, +2; cooldown 60 s', 'out, '],
    [steps('ChangeInCapacity', -1, -2), 'steps of tasks more or fewer, -1, -2; cooldown 60 s', 'in, '],
    [
      steps('PercentChangeInCapacity', -10, 10),
      'steps of percent more or fewer, -10, +10; cooldown 60 s',
      '',
    ],
    [
      steps('ExactCapacity', 1, 2, 3, 4, 5),
      'steps of tasks in all, 5 steps from +1 to +5; cooldown 60 s',
      '',
    ],
  ])('of steps %# has them, and the way that its alarm goes', (live, text, way) => {
    const [first, second] = shown({ steps: live }, { alarms: [{ ...low, datapointsToAlarm: 12 }] })
    expect(first).toBe(`cpu: ${text}`)
    expect(second).toMatch(new RegExp(`^ {2}${way}below 63 in 12 of 15 × 60 s`))
  })

  it.each([
    ['ForecastAndScale', 'scales out by forecasts'],
    ['ForecastOnly', 'forecasts only, scaling nothing'],
  ] as const)('that predicts with %s says what it does', (mode, words) => {
    const predictive = {
      metricPair: 'ECSServiceCPUUtilization',
      resourceLabel: undefined,
      targetValue: 60,
      mode,
      schedulingBufferSeconds: 300,
      maxCapacityBufferPercent: undefined,
    }
    expect(shown({ predictive })).toEqual([`cpu: ${words}: ECSServiceCPUUtilization at 60`])
  })

  it('tells what it did last, and why where it did nothing', () => {
    const lastActivity = {
      status: 'Successful',
      description: 'Setting desired count to 4.',
      cause: '',
      message: undefined,
      startedAtMs: Date.UTC(2026, 0, 1),
      endedAtMs: undefined,
      notScaled: ['AlreadyAtMaxCapacity'],
    }
    expect(shown({ tracking }, { lastActivity }).slice(1)).toEqual([
      '  no alarm',
      '  last: 2026-01-01T00:00:00Z Successful: Setting desired count to 4. (AlreadyAtMaxCapacity)',
    ])
    expect(shown({ tracking }, { alarms: undefined })[1]).toBe('  alarms could not be read')
    expect(renderPolicies(undefined, style)).toEqual([['policies', 'could not be read']])
  })
})
