import type {
  LiveAlarm,
  LivePolicy,
  LiveScheduledAction,
  LiveTarget,
  ScalingPolicy,
  Tags,
  TargetTrackingPolicy,
} from '../src/index.js'
import type { AlarmReading, Aws } from '../src/aws/port.js'

type Scaling = Pick<
  Aws,
  | 'scalableTarget'
  | 'scalableTargetTags'
  | 'scalingPolicies'
  | 'scheduledActions'
  | 'alarms'
  | 'alarmsWithPrefix'
  | 'alarmTags'
  | 'registerScalableTarget'
  | 'putScalingPolicy'
  | 'putScheduledAction'
  | 'putAlarm'
  | 'deregisterScalableTarget'
  | 'deleteScalingPolicy'
  | 'deleteScheduledAction'
  | 'deleteAlarm'
>

/** What an account has of one service's scaling, as AWS keeps it. */
export interface FakeAccount {
  target: (LiveTarget & { tags: Tags }) | null
  policies: LivePolicy[]
  scheduled: LiveScheduledAction[]
  /** Ours, and those that Application Auto Scaling makes. */
  alarms: (AlarmReading & { tags: Tags })[]
}

/** Application Auto Scaling and CloudWatch's alarms in memory, at the port. Ids are counted. */
export function fakeAccount(account: FakeAccount): Scaling {
  let ids = 0
  const dropAlarms = (names: readonly string[]): void => {
    account.alarms = account.alarms.filter(({ name }) => !names.includes(name))
  }
  return {
    scalableTarget: async () => account.target,
    scalableTargetTags: async () => account.target?.tags ?? {},
    scalingPolicies: async () => account.policies,
    scheduledActions: async () => account.scheduled,
    alarms: async (names) => account.alarms.filter(({ name }) => names.includes(name)),
    alarmsWithPrefix: async (prefix) => account.alarms.filter(({ name }) => name.startsWith(prefix)),
    alarmTags: async (arn) => account.alarms.find((alarm) => alarm.arn === arn)?.tags ?? {},
    registerScalableTarget: async ({ suspended, ...target }, tags) => {
      const before = account.target
      const nothing = { scaleIn: false, scaleOut: false, scheduled: false }
      account.target = {
        ...target,
        arn: before?.arn ?? `arn:target/${(ids += 1)}`,
        suspended: suspended ?? before?.suspended ?? nothing,
        tags: before?.tags ?? tags,
      }
    },
    putScalingPolicy: async (policy) => {
      needsTarget(account)
      const existing = account.policies.find(({ name }) => name === policy.name)
      const arn = existing?.arn ?? `arn:policy/${(ids += 1)}`
      const alarmNames = existing?.alarmNames ?? [
        `TargetTracking-${(ids += 1)}-high`,
        `TargetTracking-${ids}-low`,
      ]
      if (policy.kind === 'targetTracking') {
        dropAlarms(alarmNames)
        account.alarms.push(...trackingAlarms(policy, { arn, alarmNames }))
      }
      const live = livePolicy(policy, arn, policy.kind === 'targetTracking' ? alarmNames : [])
      account.policies = [...account.policies.filter(({ name }) => name !== policy.name), live]
      return arn
    },
    putScheduledAction: async (action) => {
      needsTarget(account)
      account.scheduled = [...account.scheduled.filter(({ name }) => name !== action.name), action]
    },
    putAlarm: async (alarm, { policyArn, tags }) => {
      const before = account.alarms.find(({ name }) => name === alarm.name)
      dropAlarms([alarm.name])
      account.alarms.push({
        ...alarm,
        ...state('above'),
        arn: before?.arn ?? `arn:alarm/${alarm.name}`,
        unit: undefined,
        isActionsEnabled: true,
        actions: { alarm: [policyArn], others: [] },
        tags: before?.tags ?? tags,
      })
    },
    deregisterScalableTarget: async () => {
      dropAlarms(account.policies.flatMap(({ alarmNames }) => alarmNames))
      account.target = null
      account.policies = []
      account.scheduled = []
    },
    deleteScalingPolicy: async (_resource, name) => {
      dropAlarms(account.policies.find((policy) => policy.name === name)?.alarmNames ?? [])
      account.policies = account.policies.filter((policy) => policy.name !== name)
    },
    deleteScheduledAction: async (_resource, name) => {
      account.scheduled = account.scheduled.filter((action) => action.name !== name)
    },
    deleteAlarm: async (name) => dropAlarms([name]),
  }
}

function needsTarget({ target }: FakeAccount): void {
  if (target === null) throw new Error('No scalable target registered.')
}

/** A policy as it is described once it was put. */
export function livePolicy(policy: ScalingPolicy, arn: string, alarmNames: readonly string[]): LivePolicy {
  const none = { tracking: undefined, steps: undefined, predictive: undefined }
  const head = { name: policy.name, arn, alarmNames }
  if (policy.kind === 'targetTracking') {
    return { ...head, ...none, type: 'TargetTrackingScaling', tracking: { ...policy, unit: undefined } }
  }
  return policy.kind === 'step'
    ? { ...head, ...none, type: 'StepScaling', steps: policy }
    : { ...head, ...none, type: 'PredictiveScaling', predictive: policy }
}

function trackingAlarms(
  { targetValue, metric }: TargetTrackingPolicy,
  { arn, alarmNames: [high = '', low = ''] }: { arn: string; alarmNames: readonly string[] },
): (AlarmReading & { tags: Tags })[] {
  const shared: Omit<
    LiveAlarm,
    'name' | 'arn' | 'comparison' | 'threshold' | 'evaluationPeriods' | 'datapointsToAlarm'
  > = {
    description: 'DO NOT EDIT OR DELETE.',
    watches: undefined,
    unit: undefined,
    periodSeconds: metric.kind === 'predefined' && metric.type.endsWith('HighResolution') ? 20 : 60,
    treatMissingData: 'missing',
    isActionsEnabled: true,
    actions: { alarm: [arn], others: [] },
  }
  const alarmOf = (name: string, comparison: string, threshold: number, count: number) => ({
    ...shared,
    ...state(comparison.startsWith('Greater') ? 'above' : 'below'),
    name,
    arn: `arn:alarm/${name}`,
    comparison,
    threshold,
    evaluationPeriods: count,
    datapointsToAlarm: count,
    tags: {},
  })
  return [
    alarmOf(high, 'GreaterThanThreshold', targetValue, 3),
    alarmOf(low, 'LessThanThreshold', Number((targetValue * 0.9).toPrecision(15)), 15),
  ]
}

function state(
  direction: 'above' | 'below',
): Pick<AlarmReading, 'state' | 'reason' | 'changedAtMs' | 'direction'> {
  return { state: 'OK', reason: '', changedAtMs: undefined, direction }
}
