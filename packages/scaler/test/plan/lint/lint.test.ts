import { describe, expect, it } from 'vitest'
import { lint } from '../../../src/index.js'
import type { Live, LintFinding, LivePolicy, LiveTracking, ServiceConfig } from '../../../src/index.js'
import { reactionSeconds } from '../../../src/plan/lint/config-rules.js'
import { p99HandlingMs } from '../../../src/plan/lint/fact-rules.js'
import { dividingByZero } from '../../../src/plan/lint/signals.js'
import { found, serviceWith } from '../../services.js'

// Nothing of the defaults is worth a word with an objective that target tracking can meet.
const calm: Partial<ServiceConfig> = { objective: { wait: { p99: '10m' } } }

const codesOf = (findings: readonly LintFinding[]): string[] => findings.map(({ code }) => code)
const lintOf = (changes: Partial<ServiceConfig>): LintFinding[] => lint(serviceWith({ ...calm, ...changes }))

const nobody: Live = { target: null, policies: [], scheduledActions: [], alarms: [], trackingAlarms: [] }

function othersPolicy(tracking: Partial<LiveTracking>): LivePolicy {
  return {
    name: 'copilot-backlog',
    arn: 'arn:aws:autoscaling:us-east-1:000000000000:scalingPolicy:1',
    type: 'TargetTrackingScaling',
    steps: undefined,
    predictive: undefined,
    alarmNames: [],
    tracking: {
      metric: undefined,
      unit: undefined,
      targetValue: 100,
      scaleOutCooldownSeconds: undefined,
      scaleInCooldownSeconds: undefined,
      disableScaleIn: false,
      ...tracking,
    },
  }
}

const visible = { namespace: 'AWS/SQS', name: 'ApproximateNumberOfMessagesVisible', dimensions: {} }
const running = { namespace: 'ECS/ContainerInsights', name: 'RunningTaskCount', dimensions: {} }

describe('lint', () => {
  it('finds nothing in a configuration that is right', () => {
    expect(lintOf({})).toEqual([])
    expect(lintOf({ strategy: 'ladder' })).toEqual([])
    expect(lintOf({ strategy: 'controller' })).toEqual([])
  })

  it('notes an objective that is shorter than the strategy takes to react', () => {
    const objective = { wait: { p99: '60s' } } as const
    const tracking = serviceWith({ objective })
    // Three minutes of alarm, one of launch.
    expect(reactionSeconds(tracking)).toBe(240)
    expect(codesOf(lint(tracking))).toEqual(['objective-too-tight'])
    const quick = { objective, launchTime: '20s' } as const
    expect(reactionSeconds(serviceWith({ ...quick, strategy: 'ladder' }))).toBe(40)
    expect(lint(serviceWith({ ...quick, strategy: 'ladder' }))).toEqual([])
  })

  it('takes a CPU policy that scales in beside the ladder for a fight, beside target tracking for a note', () => {
    const policies = { cpu: { target: 50, scaleIn: true } }
    expect(lintOf({ strategy: 'ladder', policies })).toMatchObject([
      { code: 'policies-fight', severity: 'problem' },
    ])
    expect(lintOf({ policies })).toMatchObject([{ code: 'policies-fight', severity: 'note' }])
    expect(lintOf({ policies: { cpu: { target: 50 } } })).toEqual([])
  })

  it('finds a Sum of a gauge, an age without data, and a cooldown that counts the same messages twice', () => {
    const metric = { namespace: 'AWS/SQS', name: 'ApproximateAgeOfOldestMessage', statistic: 'Sum' } as const
    const steps = {
      name: 'age',
      metric,
      period: '60s',
      when: 'above',
      missing: 'breaching',
      cooldown: '30s',
      steps: [{ at: 60, by: 5 }],
    } as const
    const findings = lintOf({ policies: { steps: [steps] } })
    expect(codesOf(findings)).toEqual(['sum-of-gauge', 'age-without-data', 'cooldown-short'])
    // A minute until AWS/SQS shows it, a minute of the alarm, and the launch.
    expect(found(findings[2]).expected).toContain('at least 180 s')
    const right = {
      ...steps,
      metric: { ...metric, statistic: 'Maximum' as const },
      missing: 'notBreaching' as const,
      cooldown: '180s' as const,
    }
    expect(lintOf({ policies: { steps: [right] } })).toEqual([])
  })

  it('finds a minimum that is raised and never lowered', () => {
    const raise = { name: 'mornings', when: 'cron(0 8 * * ? *)', min: 10 }
    const lower = { name: 'evenings', when: 'cron(0 20 * * ? *)', min: 0 }
    expect(codesOf(lintOf({ schedules: [raise] }))).toEqual(['minimum-stays-raised'])
    expect(lintOf({ schedules: [raise, lower] })).toEqual([])
  })

  it('notes that a dead publisher would leave the queue alone', () => {
    expect(codesOf(lintOf({ fallback: false }))).toEqual(['fallback-off'])
    expect(lintOf({ fallback: false, targetTracking: { metric: 'math' } })).toEqual([])
  })
})

describe('lint with what the account has', () => {
  const lintWith = (policy: LivePolicy, changes: Partial<ServiceConfig> = {}): LintFinding[] =>
    lint(serviceWith({ ...calm, ...changes }), { live: { ...nobody, policies: [policy] } })

  it('finds AWS’s own example: a Sum of gauges divided by tasks that may be none, scaling in beside ours', () => {
    const policy = othersPolicy({
      metric: {
        kind: 'math',
        queries: [
          { id: 'm1', metric: visible, statistic: 'Sum' },
          { id: 'm2', metric: running, statistic: 'Average' },
          { id: 'e1', expression: 'm1 / m2' },
        ],
        returned: 'e1',
      },
    })
    expect(codesOf(lintWith(policy))).toEqual(['sum-of-gauge', 'division-by-zero', 'queue-policies-disagree'])
  })

  it('finds a cooldown of others that is shorter than staleness and launch', () => {
    const metric = { kind: 'metric', metric: visible, statistic: 'Average' } as const
    const policy = othersPolicy({ metric, scaleOutCooldownSeconds: 60, disableScaleIn: true })
    expect(codesOf(lintWith(policy))).toEqual(['cooldown-short'])
    expect(lintWith(othersPolicy({ metric, scaleOutCooldownSeconds: 130, disableScaleIn: true }))).toEqual([])
  })

  it('finds any target tracking of others that scales in beside the ladder', () => {
    const metric = {
      kind: 'predefined',
      type: 'ECSServiceAverageCPUUtilization',
      resourceLabel: undefined,
    } as const
    expect(codesOf(lintWith(othersPolicy({ metric }), { strategy: 'ladder' }))).toEqual(['policies-fight'])
    expect(lintWith(othersPolicy({ metric }))).toEqual([])
    expect(lintWith(othersPolicy({ metric, disableScaleIn: true }), { strategy: 'ladder' })).toEqual([])
  })

  it('knows divisors that cannot be 0 when it sees them', () => {
    const math = (expression: string): string | undefined =>
      dividingByZero({ kind: 'math', queries: [{ id: 'e', expression }], returned: 'e' })
    expect(math('m1 / m2')).toBe('m1 / m2')
    expect(math('IF(m2 > 0, m1 / m2, m1)')).toBeUndefined()
    expect(math('m1 * 2')).toBeUndefined()
  })

  it('notes what is switched off without the configuration saying so', () => {
    const target = {
      arn: 'arn',
      resourceId: 'service/media/thumbnails',
      minCapacity: 0,
      maxCapacity: 40,
      suspended: { scaleOut: false, scaleIn: true, scheduled: false },
      tags: {},
    }
    expect(codesOf(lint(serviceWith(calm), { live: { ...nobody, target } }))).toEqual(['suspended'])
  })

  it('holds visibility, stopTimeout and quota against handlings and tasks', () => {
    // One in a hundred of a mean of 20 s, as variable as an exponential distribution, takes 98 s.
    expect(p99HandlingMs(20_000, 1) / 1_000).toBeCloseTo(98.1, 0)
    const service = serviceWith({ ...calm, handling: { mean: '20s' } })
    const facts = {
      queues: [{ name: 'thumbnails', visibilityTimeoutSeconds: 30 }],
      task: { cpuUnits: 1_024, stopTimeoutSeconds: 30 },
      vcpuQuota: 16,
    }
    const findings = lint(service, { facts })
    expect(codesOf(findings)).toEqual(['stop-timeout-short', 'max-beyond-quota', 'visibility-short'])
    expect(found(findings[1]).fix).toContain('lower tasks.max to 16')
    const enough = {
      queues: [{ name: 'thumbnails', visibilityTimeoutSeconds: 120 }],
      task: { cpuUnits: 256, stopTimeoutSeconds: 120 },
      vcpuQuota: 16,
    }
    expect(lint(service, { facts: enough })).toEqual([])
  })
})
