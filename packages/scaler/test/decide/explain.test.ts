import { describe, expect, it } from 'vitest'
import { planFor } from '../../src/index.js'
import type {
  AlarmReading,
  LivePolicy,
  LiveTarget,
  LiveTracking,
  PolicyStatus,
  PublishDecision,
} from '../../src/index.js'
import { explain } from '../../src/decide/explain.js'
import type { Situation } from '../../src/decide/explain.js'
import { notScaledText } from '../../src/decide/not-scaled.js'
import { serviceWith } from '../services.js'

const NOW_MS = Date.UTC(2026, 0, 1)

const tracking = { ...planFor(serviceWith()).policies[0], unit: undefined } as LiveTracking

const policy: LivePolicy = {
  name: 'longshore-backlog-per-task',
  arn: 'arn',
  type: 'TargetTrackingScaling',
  tracking,
  steps: undefined,
  predictive: undefined,
  alarmNames: ['above', 'below'],
}

function alarm(direction: 'above' | 'below', state: AlarmReading['state']): AlarmReading {
  const datapointsToAlarm = direction === 'above' ? 3 : 15
  return {
    name: direction,
    arn: '',
    description: undefined,
    watches: undefined,
    unit: undefined,
    comparison: direction === 'above' ? 'GreaterThanThreshold' : 'LessThanThreshold',
    evaluationPeriods: datapointsToAlarm,
    treatMissingData: 'missing',
    isActionsEnabled: true,
    actions: { alarm: [], others: [] },
    direction,
    state,
    reason: '',
    changedAtMs: NOW_MS,
    threshold: 3_000,
    periodSeconds: 60,
    datapointsToAlarm,
  }
}

function situation(
  backlogPerTask: number,
  counts: Partial<PublishDecision['service']>,
  more: Partial<Situation> = {},
): Situation {
  return {
    nowMs: NOW_MS,
    service: serviceWith(),
    decision: {
      kind: 'publish',
      backlogPerTask,
      target: 3_000,
      waitEstimateMs: 0,
      requiredTasks: 2,
      deficit: 0,
      surplus: 0,
      slotUtilization: 0,
      required: { tasks: 2, staffing: 2, drain: 0, floor: 0, cap: 40 },
      queue: { visible: 0, inFlight: 0, delayed: 0 },
      service: { desired: 2, running: 2, pending: 0, isDeploying: false, ...counts },
    },
    target: {
      arn: 'arn',
      resourceId: 'r',
      minCapacity: 0,
      maxCapacity: 40,
      suspended: { scaleIn: false, scaleOut: false, scheduled: false },
    },
    policies: [policy],
    missingPolicies: [],
    alarms: [alarm('above', 'OK'), alarm('below', 'OK')],
    activities: [],
    everyPolicy: [],
    planned: { minCapacity: 0, maxCapacity: 40 },
    protectedTasks: undefined,
    lastEvent: undefined,
    ...more,
  }
}

/** Another policy of the service, whose alarm is in this state. */
function another(name: string, watching: AlarmReading, parts: Partial<LivePolicy> = {}): PolicyStatus {
  const other = { ...policy, name, alarmNames: [watching.name], ...parts }
  return { policy: other, isOwn: true, alarms: [watching], lastActivity: null }
}

function boundsOf(minCapacity: number, maxCapacity: number): LiveTarget {
  const off = { scaleIn: false, scaleOut: false, scheduled: false }
  return { arn: 'arn', resourceId: 'r', minCapacity, maxCapacity, suspended: off }
}

const suspended = {
  arn: 'arn',
  resourceId: 'r',
  minCapacity: 0,
  maxCapacity: 40,
  suspended: { scaleIn: true, scaleOut: true, scheduled: false },
}
const ended = {
  status: 'Successful',
  description: '',
  cause: 'monitor alarm above in state ALARM triggered policy longshore-backlog-per-task',
  message: undefined,
  startedAtMs: NOW_MS - 60_000,
  endedAtMs: NOW_MS - 30_000,
  notScaled: [],
}

describe('explain', () => {
  it.each<[string, Situation, RegExp]>([
    [
      'not applied',
      situation(5_000, {}, { target: null, policies: [], missingPolicies: ['longshore-backlog-per-task'] }),
      /not registered .* `longshore apply`/,
    ],
    [
      'no policy',
      situation(5_000, {}, { policies: [], missingPolicies: ['longshore-backlog-per-task'] }),
      /policy longshore-backlog-per-task does not exist\. Run `longshore apply`/,
    ],
    [
      'held',
      situation(0, {}, { decision: { kind: 'hold', reason: 'Queue gone.', causes: [] } }),
      /^Nothing changes while a reading is missing, and a publisher holds: Queue gone\.$/,
    ],
    ['on target', situation(2_900, {}), /^Nothing to do: .* at its target/],
    ['launching', situation(9_000, { desired: 5 }), /^Scaling out: 2 of 5 tasks running\.$/],
    ['at most', situation(9_000, { desired: 40, running: 40 }), /at its most, 40 tasks/],
    ['out suspended', situation(9_000, {}, { target: suspended }), /scaling out is suspended/],
    ['alarm still quiet', situation(9_000, {}), /scale-out alarm fires once 3 periods of 60 s in a row/],
    [
      'no data',
      situation(9_000, {}, { alarms: [alarm('above', 'INSUFFICIENT_DATA')] }),
      /no data: check that `longshore publish` runs/,
    ],
    ['alarm gone', situation(9_000, {}, { alarms: [] }), /scale-out alarm does not exist/],
    ['alarms unread', situation(9_000, {}, { alarms: undefined }), /could not be read/],
    [
      'cooling down',
      situation(9_000, {}, { alarms: [alarm('above', 'ALARM')], activities: [ended] }),
      /cooldown .* another 100 s/,
    ],
    [
      'about to act',
      situation(9_000, {}, { alarms: [alarm('above', 'ALARM')] }),
      /acts on it within a minute/,
    ],
    [
      'refused',
      situation(
        9_000,
        {},
        {
          alarms: [alarm('above', 'ALARM')],
          activities: [{ ...ended, notScaled: ['AlreadyAtMaxCapacity'] }],
        },
      ),
      /reason not to act: the service is at its most \(AlreadyAtMaxCapacity\)\./,
    ],
    [
      'at least',
      situation(0, { desired: 0, running: 0 }),
      /^Nothing to do: the service is at its least, 0 tasks/,
    ],
    ['stopping', situation(0, { desired: 1 }), /^Scaling in: 2 tasks running, 1 wanted/],
    ['deploying', situation(0, { isDeploying: true }), /does not scale in during a deployment/],
    ['in suspended', situation(0, {}, { target: suspended }), /scaling in is suspended/],
    ['low alarm still quiet', situation(0, {}), /scale-in alarm fires once 15 periods of 60 s/],
    [
      'the most was lowered',
      situation(9_000, { desired: 9, running: 9 }, { target: boundsOf(0, 9) }),
      /at its most, 9 tasks, lowered from 40\.$/,
    ],
    [
      'the least was raised',
      situation(0, { desired: 5, running: 5 }, { target: boundsOf(5, 40) }),
      /at its least, 5 tasks, raised from 0, and keeps up/,
    ],
    [
      'tasks that launch cannot be placed',
      situation(
        9_000,
        { desired: 5 },
        { lastEvent: { atMs: NOW_MS, message: '(service a) was unable to place a task because of CPU.' } },
      ),
      /^Scaling out: 2 of 5 tasks running\. ECS says: \(service a\) was unable to place/,
    ],
    [
      'tasks launch as they should',
      situation(
        9_000,
        { desired: 5 },
        { lastEvent: { atMs: NOW_MS, message: '(service a) has started 3 tasks.' } },
      ),
      /^Scaling out: 2 of 5 tasks running\.$/,
    ],
    [
      'tasks that should go are protected',
      situation(0, { desired: 1 }, { protectedTasks: 1 }),
      /2 tasks running, 1 wanted\. 1 of them is protected from scale-in and stays until the work is done/,
    ],
    [
      'tasks launch for a load that has gone',
      situation(0, { desired: 5 }),
      /^Scaling out: 2 of 5 tasks running\. Fewer tasks would do\. The scale-in alarm/,
    ],
    [
      'tasks stop while a load comes',
      situation(9_000, { desired: 1 }),
      /^Scaling in: 2 tasks running, 1 wanted\. More waits than the target allows\. The scale-out/,
    ],
    [
      'tasks outstay a load that is right',
      situation(2_900, { desired: 1 }, { protectedTasks: 2 }),
      /^Scaling in: 2 tasks running, 1 wanted\. 2 of them are protected/,
    ],
    [
      'actions are switched off',
      situation(9_000, {}, { alarms: [{ ...alarm('above', 'ALARM'), isActionsEnabled: false }] }),
      /scale-out alarm's actions are switched off/,
    ],
    [
      'another policy’s activity was the last',
      situation(
        9_000,
        {},
        {
          alarms: [alarm('above', 'ALARM')],
          activities: [{ ...ended, cause: 'monitor alarm cpu', notScaled: ['AlreadyAtMinCapacity'] }],
        },
      ),
      /acts on it within a minute/,
    ],
    [
      'scaling failed',
      situation(
        9_000,
        {},
        {
          alarms: [alarm('above', 'ALARM')],
          activities: [{ ...ended, status: 'Failed', message: 'ECS is away.' }],
        },
      ),
      /fired, and scaling failed: ECS is away\./,
    ],
    [
      'another target tracking does not agree to scale in',
      situation(
        0,
        {},
        {
          alarms: [alarm('below', 'ALARM')],
          everyPolicy: [
            { policy, isOwn: true, alarms: [alarm('below', 'ALARM')], lastActivity: null },
            another('longshore-cpu', { ...alarm('below', 'OK'), name: 'cpu-low' }),
          ],
        },
      ),
      /waits until every target-tracking policy agrees, and longshore-cpu \(OK\) does not\./,
    ],
    [
      'another that never scales in does not matter',
      situation(
        0,
        {},
        {
          alarms: [alarm('below', 'ALARM')],
          everyPolicy: [
            { policy, isOwn: true, alarms: [alarm('below', 'ALARM')], lastActivity: null },
            another(
              'cpu',
              { ...alarm('below', 'OK'), name: 'cpu-low' },
              {
                tracking: { ...tracking, disableScaleIn: true },
              },
            ),
          ],
        },
      ),
      /acts on it within a minute/,
    ],
    [
      'nothing is published',
      situation(9_000, {}, { everyPolicy: [another('longshore-fallback', alarm('above', 'ALARM'))] }),
      /^No value is published, so that the fallback adds tasks .* `longshore publish` runs\. More waits/,
    ],
  ])('tells why when %s', (_, given, expected) => {
    expect(explain(given)).toMatch(expected)
  })

  const ladder = serviceWith({ strategy: 'ladder' })
  const controller = serviceWith({ strategy: 'controller' })
  const needing = (requiredTasks: number, service = ladder, more: Partial<Situation> = {}): Situation => {
    const base = situation(0, {}, { service, ...more })
    return base.decision.kind === 'hold' ? base : { ...base, decision: { ...base.decision, requiredTasks } }
  }
  const surplus = { ...alarm('above', 'OK'), name: 'longshore/media/thumbnails/surplus', periodSeconds: 10 }

  it.each<[string, Situation, RegExp]>([
    [
      'a ladder has too few tasks',
      needing(5),
      /^The objective needs 5 tasks\. The scale-out alarm fires once 3/,
    ],
    [
      'a ladder has too many tasks',
      needing(1, ladder, { alarms: [alarm('above', 'OK'), surplus] }),
      /^The objective needs 1 task only\. The scale-in alarm fires once 3 periods of 10 s/,
    ],
    [
      'a ladder has what it needs',
      needing(2),
      /^Nothing to do: the objective needs 2 tasks, and they run\.$/,
    ],
    ['a controller has too few tasks', needing(5, controller), /controller acts on it at its next beat/],
    ['a controller has too many tasks', needing(1, controller), /so for 120 s, .* last task go .* for 300 s/],
  ])('tells why when %s', (_, given, expected) => {
    expect(explain(given)).toMatch(expected)
  })
})

describe('a reason of AWS not to scale', () => {
  it.each([
    ['AutoScalingAnticipatedFlapping', /above its target again \(AutoScalingAnticipatedFlapping\)/],
    ['TargetServicePutResourceAsUnscalable', /^ECS lets nobody scale/],
    ['AlreadyAtMaxCapacity', /at its most/],
    ['AlreadyAtMinCapacity', /at its least/],
    ['AlreadyAtDesiredCapacity', /as many tasks are desired already/],
    ['SomethingNew', /^SomethingNew$/],
  ])('%s has words', (code, words) => expect(notScaledText([code])).toMatch(words))
})
