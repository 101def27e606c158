// The contract of plan, apply and destroy, for random configurations of every strategy and kind of policy.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  applyChanges,
  changesBetween,
  defineService,
  planFor,
  proposeChanges,
  proposeRemoval,
} from '../../src/index.js'
import type { Service, ServiceConfig } from '../../src/index.js'
import { configs } from '../arbitrary-config.js'
import { fakeAws } from '../fake-aws.js'
import type { FakeAws } from '../fake-aws.js'

const apply = async (service: Service, aws: FakeAws): Promise<void> =>
  applyChanges((await proposeChanges(service, aws)).changes, { aws })

const remaining = async (config: ServiceConfig, aws: FakeAws): Promise<unknown[]> => [
  ...(await proposeChanges(defineService(config), aws)).changes,
]

/** Applies until it comes through, with the n-th changing call of the first attempt broken off. */
async function applyBrokenOff(
  service: Service,
  aws: FakeAws,
  at: { call: number; isDone: boolean },
): Promise<void> {
  aws.breakOff(at)
  await apply(service, aws).catch(() => undefined)
  aws.breakOff(undefined)
  await apply(service, aws)
}

/** Each of them plans, applies and reads several times. */
const RUNS = { numRuns: 40 }

const breaks = fc.record({ call: fc.integer({ min: 1, max: 15 }), isDone: fc.boolean() })

describe('the contract of plan, apply and destroy', () => {
  it('applied once, nothing is left to change, and applied again, nothing is', async () => {
    await fc.assert(
      fc.asyncProperty(configs, async (config) => {
        const aws = fakeAws()
        const service = defineService(config)
        const { changes } = await proposeChanges(service, aws)
        await applyChanges(changes, { aws })
        expect(await remaining(config, aws)).toEqual([])
        await applyChanges(changes, { aws })
        expect(await remaining(config, aws)).toEqual([])
      }),
      RUNS,
    )
  })

  it('one configuration takes the place of another, wherever applying either of them breaks off', async () => {
    await fc.assert(
      fc.asyncProperty(configs, configs, breaks, breaks, async (one, other, first, second) => {
        const aws = fakeAws()
        await applyBrokenOff(defineService(one), aws, first)
        await applyBrokenOff(defineService(other), aws, second)
        expect(await remaining(other, aws)).toEqual([])
      }),
      RUNS,
    )
  })

  it('destroyed, nothing is left, wherever destroying breaks off', async () => {
    await fc.assert(
      fc.asyncProperty(configs, breaks, async (config, at) => {
        const aws = fakeAws()
        const service = defineService(config)
        await apply(service, aws)
        aws.breakOff(at)
        await applyChanges((await proposeRemoval(service, aws)).changes, { aws }).catch(() => undefined)
        aws.breakOff(undefined)
        const { changes, kept } = await proposeRemoval(service, aws)
        expect(kept).toEqual([])
        await applyChanges(changes, { aws })
        expect(aws.account).toEqual({ target: null, policies: [], scheduled: [], alarms: [] })
        expect((await proposeRemoval(service, aws)).changes).toEqual([])
      }),
      RUNS,
    )
  })

  it('what somebody deletes by hand is made again, alarms of target tracking too', async () => {
    await fc.assert(
      fc.asyncProperty(configs, fc.nat(), async (config, pick) => {
        const aws = fakeAws()
        await apply(defineService(config), aws)
        const { account } = aws
        const things = [...account.alarms, ...account.policies, ...account.scheduled]
        fc.pre(things.length > 0)
        const gone = things[pick % things.length]
        account.alarms = account.alarms.filter((alarm) => alarm !== gone)
        account.policies = account.policies.filter((policy) => policy !== gone)
        account.scheduled = account.scheduled.filter((action) => action !== gone)
        // AWS may leave AlarmLow out of a policy that never scales in: then its absence says nothing.
        const isUnknown = account.policies.some(
          ({ tracking, alarmNames }) => tracking?.disableScaleIn && alarmNames[1] === gone?.name,
        )
        expect((await remaining(config, aws)).length > 0 || isUnknown).toBe(true)
        await apply(defineService(config), aws)
        expect(await remaining(config, aws)).toEqual([])
      }),
      RUNS,
    )
  })

  it('only what carries our names is planned, each name once', () => {
    fc.assert(
      fc.property(configs, (config) => {
        const plan = planFor(defineService(config))
        const names = [...plan.policies, ...plan.scheduledActions].map(({ name }) => name)
        expect(names.every((name) => name.startsWith('longshore-'))).toBe(true)
        expect(new Set(names).size).toBe(names.length)
        expect(plan.alarms.every(({ name }) => name.startsWith('longshore/media/thumbnails/'))).toBe(true)
        const steps = plan.policies.filter(({ kind }) => kind === 'step').map(({ name }) => name)
        expect(plan.alarms.map(({ policy }) => policy).toSorted()).toEqual(steps.toSorted())
        const nothing = { target: null, policies: [], scheduledActions: [], alarms: [], trackingAlarms: [] }
        expect(changesBetween(plan, nothing).every(({ action }) => action === 'create')).toBe(true)
      }),
      RUNS,
    )
  })
})
