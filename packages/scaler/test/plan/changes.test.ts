import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { changesBetween, planFor } from '../../src/index.js'
import type { LivePolicy, LiveTracking } from '../../src/index.js'
import { serviceWith } from '../services.js'

const plan = planFor(serviceWith())
const target = { ...plan.target, suspended: { scaleIn: true, scaleOut: false } }
const tracking: LiveTracking = {
  metric: {
    namespace: 'Longshore',
    name: 'BacklogPerTask',
    dimensions: { ServiceName: 'thumbnails', ClusterName: 'media' },
  },
  statistic: 'Average',
  unit: undefined,
  targetValue: 3_000,
  scaleOutCooldownSeconds: 130,
  scaleInCooldownSeconds: 300,
  disableScaleIn: false,
}
const policy: LivePolicy = {
  name: 'longshore-backlog-per-task',
  type: 'TargetTrackingScaling',
  tracking,
  alarmNames: ['high', 'low'],
}

describe('planFor', () => {
  it('registers the service and tracks the published metric at the acceptable backlog', () => {
    expect(plan).toEqual({
      resourceId: 'service/media/thumbnails',
      target: { resourceId: 'service/media/thumbnails', minCapacity: 0, maxCapacity: 40 },
      policies: [
        {
          name: 'longshore-backlog-per-task',
          resourceId: 'service/media/thumbnails',
          metric: {
            namespace: 'Longshore',
            name: 'BacklogPerTask',
            dimensions: { ClusterName: 'media', ServiceName: 'thumbnails' },
          },
          targetValue: 3_000,
          scaleOutCooldownSeconds: 130,
          scaleInCooldownSeconds: 300,
          disableScaleIn: false,
        },
      ],
    })
  })
})

describe('changesBetween', () => {
  it('creates the target before the policy that needs it', () => {
    const changes = changesBetween(plan, { target: null, policies: [] })
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
    const foreign = {
      ...policy,
      name: 'cpu',
      tracking: { ...tracking, metric: 'predefined ECSServiceAverageCPUUtilization' },
    }
    expect(changesBetween(plan, { target, policies: [foreign, policy] })).toEqual([])
  })

  it('names each setting that differs, before and after', () => {
    const drifted = {
      ...policy,
      tracking: { ...tracking, scaleOutCooldownSeconds: undefined, targetValue: 100 },
    }
    const changes = changesBetween(plan, { target: { ...target, maxCapacity: 10 }, policies: [drifted] })
    expect(changes.map(({ action, fields }) => [action, fields])).toEqual([
      ['update', [{ field: 'maxCapacity', before: 10, after: 40 }]],
      [
        'update',
        [
          { field: 'targetValue', before: 100, after: 3_000 },
          { field: 'scaleOutCooldown', before: undefined, after: '130s' },
        ],
      ],
    ])
  })

  it('sees a policy of our name that tracks something else', () => {
    const math = { ...policy, tracking: { ...tracking, metric: 'metric math', statistic: undefined } }
    expect(changesBetween(plan, { target, policies: [math] })[0]?.fields.map(({ field }) => field)).toEqual([
      'metric',
      'statistic',
    ])
  })

  it('finds nothing to do in what it planned itself, for any service', () => {
    const configs = fc.record({
      min: fc.nat(50),
      more: fc.nat(500),
      concurrency: fc.integer({ min: 1, max: 200 }),
      meanMs: fc.integer({ min: 1, max: 600_000 }),
      waitFactor: fc.integer({ min: 1, max: 1_000 }),
    })
    fc.assert(
      fc.property(configs, ({ min, more, concurrency, meanMs, waitFactor }) => {
        const own = planFor(
          serviceWith({
            tasks: { min, max: min + more + 1, concurrency },
            handling: { mean: `${meanMs}ms` },
            objective: { wait: { p99: `${meanMs * waitFactor}ms` } },
          }),
        )
        const policies = own.policies.map((each) => ({
          ...policy,
          tracking: { ...each, statistic: 'Average', unit: undefined },
        }))
        expect(changesBetween(own, { target: { ...target, ...own.target }, policies })).toEqual([])
      }),
    )
  })
})
