// Every attribute of every resource, as AWS's calls name them: any one that is changed in the account shows in the plan.
import type { MetricAlarm } from '@aws-sdk/client-cloudwatch'
import type { ScalableTarget, ScalingPolicy, ScheduledAction } from '@aws-sdk/client-application-auto-scaling'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readAlarm } from '../../src/aws/alarms.js'
import { readPolicy, readScheduledAction, readTarget } from '../../src/aws/autoscaling-answers.js'
import { changesBetween, defineService, planFor } from '../../src/index.js'
import type { Change, Plan } from '../../src/index.js'
import { alarmForm } from '../../src/plan/render/alarm-form.js'
import { policyForm } from '../../src/plan/render/policy-form.js'
import { targetForm } from '../../src/plan/render/target-form.js'
import { configs } from '../arbitrary-config.js'

/** What AWS has, in its own words. */
interface Account {
  readonly target: object
  readonly policies: readonly object[]
  readonly alarms: readonly object[]
  readonly scheduled: readonly object[]
}

const arnOf = (policy: string): string => `arn:policy/${policy}`

/** The account as applying the plan leaves it. */
function applied({ target, policies, alarms, scheduledActions, tags }: Plan): Account {
  return {
    target: { ...targetForm(target), ScalableTargetARN: 'arn:target' },
    policies: policies.map((policy) => ({
      PolicyName: policy.name,
      PolicyARN: arnOf(policy.name),
      ...policyForm(policy),
    })),
    alarms: alarms.map((alarm) => ({
      ...alarmForm(alarm, tags),
      AlarmActions: [arnOf(alarm.policy)],
    })),
    scheduled: scheduledActions.map((action) => ({
      ScheduledActionName: action.name,
      Schedule: action.schedule,
      Timezone: action.timezone,
      ScalableTargetAction: { MinCapacity: action.minCapacity, MaxCapacity: action.maxCapacity },
      ...(action.startMs === undefined ? {} : { StartTime: new Date(action.startMs) }),
      ...(action.endMs === undefined ? {} : { EndTime: new Date(action.endMs) }),
    })),
  }
}

function changesTo(plan: Plan, account: Account): Change[] {
  const { tags } = plan
  const target = readTarget({ ...account.target, ResourceId: plan.resourceId } as ScalableTarget)
  return changesBetween(plan, {
    target: { ...target, tags },
    policies: account.policies.map((policy) => readPolicy(policy as ScalingPolicy)),
    alarms: account.alarms.map((alarm) => ({ ...readAlarm(alarm as MetricAlarm), tags })),
    scheduledActions: account.scheduled.map((action) =>
      readScheduledAction({ ...action, ResourceId: plan.resourceId } as ScheduledAction),
    ),
    // None is listed for the policies: their drift is another test's.
    trackingAlarms: [],
  }).filter(({ fields }) => fields.some(({ field }) => field !== 'highAlarm' && field !== 'lowAlarm'))
}

// Names and ARNs are what a resource is found by, tags whose it is. AWS refuses an alarm that returns two members.
const IDENTITY =
  /(^|\.)(PolicyName|PolicyARN|AlarmName|ScheduledActionName|ScalableTargetARN|ReturnData|Tags)(\.|$)/

/** Where only some values are known, another one of them. */
const OTHERS: Readonly<Record<string, string>> = {
  HonorMaxCapacity: 'IncreaseMaxCapacity',
  breaching: 'missing',
  ignore: 'missing',
  missing: 'ignore',
  notBreaching: 'missing',
}

/** The paths of all leaves: `policies.0.StepScalingPolicyConfiguration.Cooldown`. */
function leavesOf(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null || value instanceof Date)
    return value === undefined ? [] : [path]
  return Object.entries(value).flatMap(([key, inner]) =>
    leavesOf(inner, path === '' ? key : `${path}.${key}`),
  )
}

function other(value: unknown): unknown {
  const named = typeof value === 'string' ? OTHERS[value] : undefined
  if (named !== undefined) return named
  if (typeof value === 'number') return value + 7
  if (typeof value === 'boolean') return !value
  return value instanceof Date ? new Date(value.getTime() + 60_000) : `${String(value)}x`
}

/** A copy in which the leaf at a path has another value. */
function withOther(account: Account, path: string): Account {
  const copy: unknown = structuredClone(account)
  const keys = path.split('.')
  const last = keys.pop() ?? ''
  const holder = keys.reduce((inner, key) => Reflect.get(inner as object, key) as unknown, copy) as object
  Reflect.set(holder, last, other(Reflect.get(holder, last)))
  return copy as Account
}

describe('a plan', () => {
  it('shows nothing where the account is as planned, and each attribute that is not', () => {
    fc.assert(
      fc.property(configs, (config) => {
        const plan = planFor(defineService(config))
        const account = applied(plan)
        expect(changesTo(plan, account)).toEqual([])
        const unseen = leavesOf(account)
          .filter((path) => !IDENTITY.test(path))
          // Steps are all alike.
          .filter((path) => !/StepAdjustments\.([3-9]|\d\d)/.test(path))
          // A bound that a schedule sets is as right as the target's own; seven more is none of either.
          .filter((path) => changesTo(plan, withOther(account, path)).length === 0)
        expect(unseen).toEqual([])
      }),
      { numRuns: 8 },
    )
  })

  it.each<[string, string, object]>([
    ['a unit', 'policies', { Unit: 'Count' }],
    ['what else an alarm does', 'alarms', { OKActions: ['arn:sns'] }],
    ['what else an alarm does without data', 'alarms', { InsufficientDataActions: ['arn:sns'] }],
    ['an end', 'scheduled', { EndTime: new Date(0) }],
    ['a behavior beyond the maximum', 'predictive', { MaxCapacityBreachBehavior: 'IncreaseMaxCapacity' }],
  ])('shows %s that nobody planned', (_, kind, added) => {
    const plan = planFor(
      defineService({
        cluster: 'media',
        service: 'thumbnails',
        queue: 'thumbnails',
        tasks: { min: 1, max: 4, concurrency: 1 },
        handling: { mean: '1s' },
        objective: { wait: { p99: '60s' } },
        policies: { predictive: { metric: 'cpu', target: 50 } },
        schedules: [{ name: 'nights', when: 'rate(1 day)', max: 2 }],
      }),
    )
    const account = applied(plan)
    const places: Readonly<Record<string, Account>> = {
      policies: { ...account, policies: nested(account.policies, 'CustomizedMetricSpecification', added) },
      alarms: { ...account, alarms: account.alarms.map((alarm) => ({ ...alarm, ...added })) },
      scheduled: { ...account, scheduled: account.scheduled.map((action) => ({ ...action, ...added })) },
      predictive: {
        ...account,
        policies: nested(account.policies, 'PredictiveScalingPolicyConfiguration', added),
      },
    }
    expect(changesTo(plan, places[kind] ?? account)).toHaveLength(1)
  })
})

/** The same with members added to every object under this key, however deep. */
function nested(values: readonly object[], under: string, added: object): object[] {
  const text = JSON.stringify(values, (key, value: unknown) =>
    key === under ? Object.assign({}, value, added) : value,
  )
  return JSON.parse(text) as object[]
}
