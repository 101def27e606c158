import { describe, expect, it } from 'vitest'
import { planFor } from '../../src/index.js'
import type { AlarmReading, LivePolicy, LiveTracking, PublishDecision } from '../../src/index.js'
import { explain } from '../../src/decide/explain.js'
import type { Situation } from '../../src/decide/explain.js'
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
    ...more,
  }
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
      /while a reading is missing: the publisher holds/,
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
      /reason not to act: AlreadyAtMaxCapacity/,
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
