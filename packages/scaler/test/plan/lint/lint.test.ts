import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { defineService, lint, planFor } from '../../../src/index.js'
import type {
  Live,
  LiveAlarm,
  LintFinding,
  LivePolicy,
  LiveTracking,
  ServiceConfig,
} from '../../../src/index.js'
import { reactionSeconds } from '../../../src/plan/lint/config-rules.js'
import { NO_FACTS } from '../../../src/plan/lint/facts.js'
import { p99HandlingMs } from '../../../src/plan/lint/fact-rules.js'
import { dividingByZero } from '../../../src/plan/lint/signals.js'
import { configs } from '../../arbitrary-config.js'
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

  it('minds nothing that it filled in itself', () => {
    fc.assert(
      fc.property(configs, (config) => {
        const codes = codesOf(lint(defineService(config)))
        // Only these have defaults, and neither a cooldown nor missing data is given.
        expect(codes.filter((code) => ['cooldown-short', 'fallback-off'].includes(code))).toEqual(
          config.fallback === false && planFor(defineService(config)).publishes.length > 0
            ? ['fallback-off']
            : [],
        )
      }),
    )
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

  it('finds steps that take tasks away beside what follows the queue, and lets those that add be', () => {
    const steps = (by: number, change: 'tasks' | 'exactly' = 'tasks', when: 'above' | 'below' = 'below') => ({
      policies: {
        steps: [
          {
            name: 'pressure',
            metric: { namespace: 'Own', name: 'Pressure', statistic: 'Maximum' } as const,
            period: '60s' as const,
            when,
            change,
            steps: [{ at: 5, by }],
          },
        ],
      },
    })
    expect(codesOf(lintOf(steps(-2)))).toEqual(['policies-fight'])
    expect(codesOf(lintOf({ ...steps(-2), strategy: 'controller' }))).toEqual(['policies-fight'])
    expect(codesOf(lintOf(steps(2, 'exactly')))).toEqual(['policies-fight'])
    expect(lintOf(steps(2, 'exactly', 'above'))).toEqual([])
    expect(lintOf(steps(2))).toEqual([])
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
    expect(lintWith(othersPolicy({ metric }))).toMatchObject([{ code: 'policies-fight', severity: 'note' }])
    expect(lintWith(othersPolicy({ metric, disableScaleIn: true }))).toEqual([])
    expect(lintWith(othersPolicy({ metric, disableScaleIn: true }), { strategy: 'ladder' })).toEqual([])
  })

  /** Steps of others that an alarm on the queue sets off, as CDK's QueueProcessingFargateService has them. */
  const stepsOf = (
    steps: Partial<NonNullable<LivePolicy['steps']>>,
    alarm: Partial<LiveAlarm> = {},
  ): Live => {
    const policy: LivePolicy = {
      ...othersPolicy({}),
      type: 'StepScaling',
      tracking: undefined,
      alarmNames: ['theirs'],
      steps: {
        adjustment: 'ChangeInCapacity',
        minAdjustmentMagnitude: undefined,
        aggregation: 'Maximum',
        cooldownSeconds: 300,
        steps: [{ metricIntervalLowerBound: 0, metricIntervalUpperBound: undefined, scalingAdjustment: 1 }],
        ...steps,
      },
    }
    const watching: LiveAlarm = {
      name: 'theirs',
      arn: 'arn',
      description: undefined,
      watches: { kind: 'metric', metric: visible, statistic: 'Maximum' },
      unit: undefined,
      periodSeconds: 300,
      comparison: 'GreaterThanOrEqualToThreshold',
      threshold: 100,
      evaluationPeriods: 1,
      datapointsToAlarm: 1,
      treatMissingData: 'missing',
      isActionsEnabled: true,
      actions: { alarm: [], others: [] },
      ...alarm,
    }
    return { ...nobody, policies: [policy], othersAlarms: [watching, { ...watching, name: 'unrelated' }] }
  }
  const lintSteps = (live: Live): string[] => codesOf(lint(serviceWith(calm), { live }))
  const long = { cooldownSeconds: 600 }
  const down = [{ metricIntervalLowerBound: undefined, metricIntervalUpperBound: 0, scalingAdjustment: -1 }]
  const math = (expression: string, statistic: 'Sum' | 'Average'): LiveAlarm['watches'] => ({
    kind: 'math',
    queries: [
      { id: 'm1', metric: visible, statistic },
      { id: 'm2', metric: running, statistic: 'Average' },
      { id: 'e1', expression },
    ],
    returned: 'e1',
  })
  const age = { ...visible, name: 'ApproximateAgeOfOldestMessage' }

  it.each<[string, Live, string[]]>([
    ['steps that add, patiently', stepsOf(long), []],
    ['steps that take away, which nothing holds back', stepsOf({ ...long, steps: down }), ['policies-fight']],
    [
      'exact steps below a threshold',
      stepsOf({ ...long, adjustment: 'ExactCapacity' }, { comparison: 'LessThanThreshold' }),
      ['policies-fight'],
    ],
    ['exact steps above a threshold', stepsOf({ ...long, adjustment: 'ExactCapacity' }), []],
    ['a cooldown shorter than staleness, period and launch', stepsOf({}), ['cooldown-short']],
    ['the Sum of a gauge', stepsOf(long, { watches: math('m1', 'Sum') }), ['sum-of-gauge']],
    ['a divisor that may be 0', stepsOf(long, { watches: math('m1 / m2', 'Average') }), ['division-by-zero']],
    ['a divisor that is never 0', stepsOf(long, { watches: math('m1 / MAX([m2, 1])', 'Average') }), []],
    [
      'an age that an empty queue has not',
      stepsOf(long, { watches: { kind: 'metric', metric: age, statistic: 'Maximum' } }),
      ['age-without-data'],
    ],
    [
      'an age whose absence is no breach',
      stepsOf(long, {
        watches: { kind: 'metric', metric: age, statistic: 'Maximum' },
        treatMissingData: 'notBreaching',
      }),
      [],
    ],
  ])('looks at the alarms and steps of others: %s', (_, live, codes) => {
    expect(lintSteps(live)).toEqual(codes)
  })

  it('knows divisors that cannot be 0 when it sees them', () => {
    const math = (expression: string): string | undefined =>
      dividingByZero({ kind: 'math', queries: [{ id: 'e', expression }], returned: 'e' })
    expect(math('m1 / m2')).toBe('m1 / m2')
    expect(math('IF(m2 > 0, m1 / m2, m1)')).toBeUndefined()
    expect(math('m1 * 2')).toBeUndefined()
    expect(math('m1 / 100 + m2 / PERIOD(m2)')).toBeUndefined()
    expect(math('m1 / (m2 + 1)')).toBeUndefined()
    expect(math('m1/FILL(m2, 0)')).toBe('m1/FILL(m2, 0)')
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

  it('finds metric math in a cluster that counts no tasks', () => {
    const lintOn = (containerInsights: boolean | undefined, changes: Partial<ServiceConfig>): string[] =>
      codesOf(lint(serviceWith({ ...calm, ...changes }), { facts: { ...NO_FACTS, containerInsights } }))
    const math = { targetTracking: { metric: 'math' } } as const
    expect(lintOn(false, math)).toEqual(['no-container-insights'])
    expect(lintOn(true, math)).toEqual([])
    expect(lintOn(undefined, math)).toEqual([])
    expect(lintOn(false, {})).toEqual([])
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
