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
import { found, serviceWith } from '../services.js'

const apply = async (service: Service, aws: FakeAws): Promise<void> =>
  applyChanges((await proposeChanges(service, aws)).changes, { aws })

const remaining = async (config: ServiceConfig, aws: FakeAws): Promise<unknown[]> => [
  ...(await proposeChanges(defineService(config), aws)).changes,
]

const destroy = async (service: Service, aws: FakeAws): Promise<void> =>
  applyChanges((await proposeRemoval(service, aws)).changes, { aws })

const NOTHING = { target: null, policies: [], scheduled: [], alarms: [] }

/** Nothing is left to change, and nothing else of ours is there: what a plan doesn't look at would be left behind. */
async function expectAsPlanned(service: Service, aws: FakeAws, when = ''): Promise<void> {
  expect((await proposeChanges(service, aws)).changes, when).toEqual([])
  const { policies, scheduledActions, alarms, alarmPrefix } = planFor(service)
  const sorted = (all: readonly { readonly name: string }[]): string[] =>
    all.map(({ name }) => name).toSorted()
  const { account } = aws
  const ownAlarms = account.alarms.filter(({ name }) => name.startsWith(alarmPrefix))
  expect([account.policies, account.scheduled, ownAlarms].map(sorted), when).toEqual(
    [policies, scheduledActions, alarms].map(sorted),
  )
}

/** Every kind of resource, and a configuration in its place that shares some of them. */
const FROM = serviceWith({
  policies: {
    cpu: { target: 50 },
    predictive: { metric: 'cpu', target: 60 },
    steps: [
      {
        name: 'age',
        metric: { namespace: 'AWS/SQS', name: 'ApproximateAgeOfOldestMessage', statistic: 'Maximum' },
        period: '60s',
        when: 'above',
        steps: [{ at: 60, by: 1 }],
      },
    ],
  },
  schedules: [
    { name: 'mornings', when: 'cron(0 8 ? * MON-FRI *)', timezone: 'Europe/Berlin', min: 5 },
    { name: 'nights', when: 'cron(0 20 * * ? *)', min: 0 },
  ],
  suspended: { scaleIn: true },
})
const TO = serviceWith({
  tasks: { min: 2, max: 60, concurrency: 20 },
  strategy: 'ladder',
  policies: { cpu: { target: 70 } },
  schedules: [{ name: 'mornings', when: 'cron(0 7 ? * MON-FRI *)', min: 3 }],
})

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

  it.each([true, false])(
    'whichever call of applying fails, done: %s, applying again converges, and destroying instead leaves nothing',
    async (isDone) => {
      for (let call = 1; ; call += 1) {
        const [again, gone] = [fakeAws(), fakeAws()]
        for (const aws of [again, gone]) {
          aws.breakOff({ call, isDone })
          await apply(FROM, aws).catch(() => undefined)
          aws.breakOff(undefined)
        }
        const isWhole = (await proposeChanges(FROM, again)).changes.length === 0
        await apply(FROM, again)
        expect((await proposeChanges(FROM, again)).changes, `call ${call}`).toEqual([])
        await destroy(FROM, gone)
        expect(gone.account, `call ${call}`).toEqual(NOTHING)
        // Done and unanswered, the last call leaves nothing to do.
        if (isWhole) return expect(call).toBeGreaterThanOrEqual(10)
      }
    },
  )

  it.each([
    ['changing to another', true],
    ['changing to another', false],
    ['destroying', true],
    ['destroying', false],
  ] as const)(
    'whichever call of %s fails, done: %s, the next run ends where it should',
    async (what, isDone) => {
      const end = (aws: FakeAws): Promise<void> =>
        what === 'destroying' ? destroy(FROM, aws) : apply(TO, aws)
      let isOver = false
      for (let call = 1; !isOver; call += 1) {
        const aws = fakeAws()
        await apply(FROM, aws)
        aws.breakOff({ call, isDone })
        isOver = await end(aws).then(
          () => true,
          () => false,
        )
        aws.breakOff(undefined)
        await end(aws)
        if (what === 'destroying') expect(aws.account, `call ${call}`).toEqual(NOTHING)
        else await expectAsPlanned(TO, aws, `call ${call}`)
      }
    },
  )

  it('one configuration takes the place of another, wherever applying either of them breaks off', async () => {
    await fc.assert(
      fc.asyncProperty(configs, configs, breaks, breaks, async (one, other, first, second) => {
        const aws = fakeAws()
        await applyBrokenOff(defineService(one), aws, first)
        await applyBrokenOff(defineService(other), aws, second)
        await expectAsPlanned(defineService(other), aws)
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
        expect(aws.account).toEqual(NOTHING)
        expect((await proposeRemoval(service, aws)).changes).toEqual([])
      }),
      RUNS,
    )
  })

  it('destroyed beside what others have on the same target, theirs is left, and only that', async () => {
    const aws = fakeAws()
    await apply(FROM, aws)
    const theirs = {
      ...found(aws.account.policies[0]),
      name: 'theirs',
      arn: 'arn:theirs',
      alarmNames: ['theirs'],
    }
    const alarm = { ...found(aws.account.alarms[0]), name: 'theirs', tags: {} }
    const night = { ...found(aws.account.scheduled[0]), name: 'night' }
    aws.account.policies.push(theirs)
    aws.account.alarms.push(alarm)
    aws.account.scheduled.push(night)
    const { target } = aws.account
    await destroy(FROM, aws)
    expect(aws.account).toEqual({ target, policies: [theirs], scheduled: [night], alarms: [alarm] })
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
        const empty = { target: null, policies: [], scheduledActions: [], alarms: [], trackingAlarms: [] }
        expect(changesBetween(plan, empty).every(({ action }) => action === 'create')).toBe(true)
      }),
      RUNS,
    )
  })
})
