import { describe, expect, it } from 'vitest'
import { changesBetween, planFor } from '../../src/index.js'
import type { Live, LiveAlarm, LivePolicy } from '../../src/index.js'
import { livePolicy } from '../fake-account.js'
import { found, serviceWith } from '../services.js'

const NOTHING: Live = { target: null, policies: [], scheduledActions: [], alarms: [], trackingAlarms: [] }
const plan = planFor(serviceWith({ fallback: false }))
const nothingSuspended = { scaleIn: false, scaleOut: false, scheduled: false }
const target = { ...plan.target, arn: 'arn:target', suspended: nothingSuspended, tags: plan.tags }
const trackingAlarm: LiveAlarm = {
  name: 'high',
  arn: 'arn:high',
  description: undefined,
  watches: undefined,
  unit: undefined,
  periodSeconds: 60,
  comparison: 'GreaterThanThreshold',
  threshold: 3_000,
  evaluationPeriods: 3,
  datapointsToAlarm: 3,
  treatMissingData: 'missing',
  isActionsEnabled: true,
  actions: { alarm: ['arn:policy'], others: [] },
}
const trackingAlarms: LiveAlarm[] = [
  trackingAlarm,
  {
    ...trackingAlarm,
    name: 'low',
    comparison: 'LessThanThreshold',
    threshold: 2_700,
    evaluationPeriods: 15,
    datapointsToAlarm: 15,
  },
]
const policy: LivePolicy = livePolicy(found(plan.policies[0]), 'arn:policy', ['high', 'low'])
const applied: Live = { ...NOTHING, target, policies: [policy], trackingAlarms }

describe('changesBetween', () => {
  it('creates the target before the policy that needs it', () => {
    const changes = changesBetween(plan, NOTHING)
    expect(changes.map(({ action, kind, name }) => [action, kind, name])).toEqual([
      ['create', 'scalableTarget', 'service/media/thumbnails'],
      ['create', 'scalingPolicy', 'longshore-backlog-per-task'],
    ])
    expect(changes[0]?.fields).toEqual([
      { field: 'minCapacity', before: undefined, after: 0 },
      { field: 'maxCapacity', before: undefined, after: 40 },
    ])
  })

  it('finds nothing to do where all is as planned, whatever the order of dimensions and whoever else has policies', () => {
    const metric = {
      kind: 'metric',
      metric: {
        namespace: 'Longshore',
        name: 'BacklogPerTask',
        dimensions: { ServiceName: 'thumbnails', ClusterName: 'media' },
      },
      statistic: 'Average',
    } as const
    const turned = { ...policy, tracking: { ...found(policy.tracking), metric } }
    const foreign = { ...policy, name: 'cpu', arn: 'arn:cpu' }
    expect(changesBetween(plan, { ...applied, policies: [foreign, turned] })).toEqual([])
  })

  it('names each setting that differs, before and after', () => {
    const drifted = {
      ...policy,
      tracking: {
        ...found(policy.tracking),
        scaleOutCooldownSeconds: undefined,
        targetValue: 100,
        unit: 'Count',
      },
    }
    const live = { ...applied, target: { ...target, maxCapacity: 10 }, policies: [drifted] }
    expect(changesBetween(plan, live).map(({ action, fields }) => [action, fields])).toEqual([
      ['update', [{ field: 'maxCapacity', before: 10, after: 40 }]],
      [
        'update',
        [
          { field: 'unit', before: 'Count', after: undefined },
          { field: 'targetValue', before: 100, after: 3_000 },
          { field: 'scaleOutCooldown', before: undefined, after: '130s' },
        ],
      ],
    ])
  })

  it('replaces a policy of our name that is of another type', () => {
    const steps = found(planFor(serviceWith({ strategy: 'ladder' })).policies[0])
    const other = { ...livePolicy(steps, 'arn:policy', []), name: policy.name }
    expect(changesBetween(plan, { ...applied, policies: [other] })).toMatchObject([
      { action: 'replace', name: 'longshore-backlog-per-task' },
    ])
  })

  it.each<[string, (alarm: LiveAlarm) => LiveAlarm | undefined, string]>([
    ['deleted', () => undefined, 'deleted'],
    ['disabled', (alarm) => ({ ...alarm, isActionsEnabled: false }), '< 2700 in 15 × 60s, sets nothing off'],
    [
      'without its action',
      (alarm) => ({ ...alarm, actions: { alarm: [], others: [] } }),
      '< 2700 in 15 × 60s, sets nothing off',
    ],
    ['of another threshold', (alarm) => ({ ...alarm, threshold: 2_000 }), '< 2000 in 15 × 60s'],
    ['that waits less', (alarm) => ({ ...alarm, datapointsToAlarm: 5 }), '< 2700 in 5 × 60s'],
  ])('notices an alarm of target tracking that is %s', (_, drift, before) => {
    const drifted = trackingAlarms.flatMap((alarm) => (alarm.name === 'low' ? (drift(alarm) ?? []) : alarm))
    expect(changesBetween(plan, { ...applied, trackingAlarms: drifted })).toMatchObject([
      { action: 'replace', fields: [{ field: 'lowAlarm', before, after: '< 2700 in 15 × 60s' }] },
    ])
  })

  it('updates an alarm that acts on a policy that is no more', () => {
    const ladder = planFor(serviceWith({ strategy: 'ladder', fallback: false }))
    const alarm = found(ladder.alarms[0])
    const live: Live = {
      ...applied,
      trackingAlarms: [],
      policies: ladder.policies.map((each, index) => livePolicy(each, `arn:new/${index}`, [])),
      alarms: ladder.alarms.map((each, index) => ({
        ...trackingAlarm,
        ...each,
        datapointsToAlarm: each.datapointsToAlarm,
        actions: { alarm: [index === 0 ? 'arn:old/0' : 'arn:new/1'], others: [] },
        tags: plan.tags,
      })),
    }
    expect(changesBetween(ladder, live)).toMatchObject([
      {
        action: 'update',
        kind: 'alarm',
        name: alarm.name,
        fields: [{ field: 'setsOff', before: 'arn:old/0', after: 'longshore-deficit' }],
      },
    ])
  })

  it('goes from one strategy to another by making the new before the old is removed', () => {
    const ladder = planFor(serviceWith({ strategy: 'ladder', fallback: false }))
    expect(changesBetween(ladder, applied).map(({ action, name }) => `${action} ${name}`)).toEqual([
      'create longshore-deficit',
      'create longshore-surplus',
      'create longshore/media/thumbnails/deficit',
      'create longshore/media/thumbnails/surplus',
      'remove longshore-backlog-per-task',
    ])
  })
})
