import { expect, it } from 'vitest'

import { trackingAlarms, withParameters } from '../../src/index.js'

const policy = {
  resourceId: 'service/media/thumbnails',
  policyArn:
    'arn:aws:autoscaling:us-east-1:123456789012:scalingPolicy:1:resource/ecs/service/media/thumbnails:policyName/backlog',
  targetValue: 70,
  periodSeconds: 60,
  ids: { high: 'aaaa', low: 'bbbb' },
}

it('a policy has an alarm above its target and one below nine tenths of it', () => {
  const { high, low } = trackingAlarms(policy)
  expect(high).toMatchObject({
    alarmName: 'TargetTracking-service/media/thumbnails-AlarmHigh-aaaa',
    comparisonOperator: 'GreaterThanThreshold',
    threshold: 70,
    periodSeconds: 60,
    evaluationPeriods: 3,
    datapointsToAlarm: 3,
    treatMissingData: 'missing',
  })
  expect(low).toMatchObject({
    alarmName: 'TargetTracking-service/media/thumbnails-AlarmLow-bbbb',
    comparisonOperator: 'LessThanThreshold',
    threshold: 63,
    evaluationPeriods: 15,
    datapointsToAlarm: 15,
  })
  expect(high.description).toBe(
    `DO NOT EDIT OR DELETE. For TargetTrackingScaling policy ${policy.policyArn}.`,
  )
})

it('thresholds are the round numbers of live alarms', () => {
  const lows = [80, 75, 1, 0.1].map((targetValue) => trackingAlarms({ ...policy, targetValue }).low.threshold)
  expect(lows).toEqual([72, 67.5, 0.9, 0.09])
})

it('a twenty-second metric scales in after the same fifteen minutes', () => {
  const { high, low } = trackingAlarms({ ...policy, periodSeconds: 20 })
  expect([high.evaluationPeriods, low.evaluationPeriods * low.periodSeconds]).toEqual([3, 900])
})

it('the low alarm of another policy family is one parameter away', () => {
  const { low } = trackingAlarms(policy, withParameters({ trackingLowDatapoints: 9 }))
  expect([low.evaluationPeriods, low.datapointsToAlarm]).toEqual([9, 9])
})
