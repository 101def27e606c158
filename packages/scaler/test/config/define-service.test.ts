import { describe, expect, it } from 'vitest'
import { ConfigError, defineService, isService } from '../../src/index.js'
import type { OptionProblem, ServiceConfig } from '../../src/index.js'
import { thumbnails } from '../services.js'

function problemsOf(config: unknown): readonly OptionProblem[] {
  try {
    defineService(config as ServiceConfig)
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
  throw new Error('The configuration was accepted.')
}

describe('defineService', () => {
  it('fills in the defaults and keeps what was given', () => {
    expect(defineService(thumbnails)).toMatchObject({
      cluster: 'media',
      tasks: { min: 0, max: 40, concurrency: 20 },
      handling: { meanMs: 400, variation: 1, measured: false },
      queues: [{ name: 'thumbnails', meanMs: 400, isFair: false }],
      strategy: { kind: 'targetTracking', metric: 'published' },
      fallback: true,
      objective: { wait: { p99Ms: 60_000 } },
      metric: { namespace: 'Longshore', name: 'BacklogPerTask' },
      cooldowns: { scaleOutSeconds: 130, scaleInSeconds: 300 },
      launchTimeMs: 60_000,
    })
  })

  it('waits after scaling out for staleness and launch time', () => {
    const quick = defineService({ ...thumbnails, launchTime: '20.5s' })
    expect(quick.cooldowns.scaleOutSeconds).toBe(91)
    const patient = defineService({ ...thumbnails, cooldowns: { scaleOut: '200.2s', scaleIn: '90s' } })
    expect(patient.cooldowns).toEqual({ scaleOutSeconds: 201, scaleInSeconds: 90 })
  })

  it('returns a frozen service that other copies of the package recognise', () => {
    const service = defineService(thumbnails)
    expect(Object.isFrozen(service) && Object.isFrozen(service.tasks)).toBe(true)
    expect(isService(service)).toBe(true)
    expect(isService(thumbnails)).toBe(false)
    expect(isService({ [Symbol.for('@longshore/scaler/service')]: true })).toBe(true)
  })

  it('reports all problems at once, each with its path, what was expected and what was found', () => {
    const problems = problemsOf({
      ...thumbnails,
      cluster: 'arn:aws:ecs:eu-central-1:123456789012:cluster/media',
      tasks: { min: 5, max: 2, concurrency: 0.5 },
      handling: { mean: 400 },
      launchTime: '60',
    })
    expect(problems.map(({ path, got }) => [path, got])).toEqual([
      ['cluster', '"arn:aws:ecs:eu-central-1:123456789012:cluster/media"'],
      ['tasks.concurrency', '0.5'],
      ['handling.mean', '400'],
      ['launchTime', '"60"'],
      ['tasks.min', '5'],
    ])
    expect(problems.at(-1)?.expected).toBe('at most tasks.max (2)')
    expect(problems[2]?.expected).toContain("a duration with a unit, such as '250ms'")
  })

  it('names the missing options', () => {
    const problems = problemsOf({ cluster: 'media', service: 'thumbnails', tasks: {} })
    expect(problems.map(({ path, got }) => `${path} ${got}`)).toEqual([
      'tasks.min nothing',
      'tasks.max nothing',
      'tasks.concurrency nothing',
      'handling nothing',
      'objective nothing',
      'queue nothing',
    ])
  })

  it.each([
    [{ ...thumbnails, clutser: 'media' }, 'clutser', 'cluster'],
    [{ ...thumbnails, tasks: { mni: 0, ...thumbnails.tasks } }, 'tasks.mni', 'tasks.min'],
    [{ ...thumbnails, concurrency: 20 }, 'concurrency', 'tasks.concurrency'],
    [{ ...thumbnails, cooldowns: { scaleout: '200s' } }, 'cooldowns.scaleout', 'cooldowns.scaleOut'],
    [{ ...thumbnails, colour: 'red' }, 'colour', undefined],
  ])('names the option that an unknown one was meant to be (%#)', (config, path, nearest) => {
    const [problem] = problemsOf(config)
    expect(problem?.path).toBe(path)
    expect(problem?.nearest).toBe(nearest)
  })

  it('refuses a wait shorter than one handling, and a cooldown that would act twice on one backlog', () => {
    const problems = problemsOf({
      ...thumbnails,
      handling: { mean: '90s' },
      cooldowns: { scaleOut: '60s' },
      unknown: 1,
    })
    expect(problems.map(({ path }) => path)).toEqual(['unknown', 'objective.wait.p99', 'cooldowns.scaleOut'])
    expect(problems[2]?.expected).toContain('at least 130s')
  })

  it.each([
    'thumbnails',
    'thumbnails.fifo',
    'https://sqs.eu-central-1.amazonaws.com/123456789012/thumbnails',
    'http://127.0.0.1:4566/000000000000/thumbnails',
  ])('takes %s as a queue', (queue) => {
    expect(defineService({ ...thumbnails, queue }).queues).toEqual([
      { name: queue, meanMs: 400, isFair: false },
    ])
  })

  it.each([
    '',
    'a queue',
    'https://sqs.eu-central-1.amazonaws.com',
    'x'.repeat(81),
    'arn:aws:sqs:eu-central-1:1:q',
  ])('does not take %j as a queue', (queue) => {
    expect(problemsOf({ ...thumbnails, queue })[0]?.path).toBe('queue')
  })

  it.each([undefined, null, 7, 'media', [], () => {}])('says what it expects instead of %s', (config) => {
    expect(problemsOf(config)[0]?.expected).toMatch(/^an object with cluster, service, queue/)
  })

  it.each([
    'yes',
    {},
    { dimensions: {} },
    { dimensions: { Queue: 'thumbnails' } },
    { dimensions: { Environment: 7 } },
    { dimensions: { Environment: 'live' }, every: '1m' },
  ])('does not take %j as where handling is measured', (measured) => {
    const [problem, ...others] = problemsOf({ ...thumbnails, handling: { mean: '400ms', measured } })
    expect(problem?.path).toBe('handling.measured')
    expect(problem?.expected).toContain('{ dimensions }')
    expect(others).toEqual([])
  })

  it('puts every problem in the message, on a line each', () => {
    expect(() => defineService({ ...thumbnails, tasks: { min: -1, max: 0, concurrency: 1 } })).toThrow(
      [
        'The service "thumbnails" has 2 problems:',
        '  tasks.min: expected a whole number of at least 0, got -1',
        '  tasks.max: expected a whole number of at least 1, got 0',
      ].join('\n'),
    )
  })

  it('reports rules between options of every part at once', () => {
    const metric = { namespace: 'Own', name: 'Pressure', statistic: 'Maximum' }
    const steps = { name: 'pressure', metric, period: '60s', when: 'above', steps: [{ at: 5, by: 1 }] }
    const problems = problemsOf({
      ...thumbnails,
      queues: [{ name: 'a' }, { name: 'a' }],
      tasks: { min: 3, max: 9, concurrency: 1 },
      strategy: 'ladder',
      ladder: { surplusFor: '25h' },
      controller: { sets: 'min' },
      limits: { budgets: [{ name: 'connections', total: 10, perTask: 5 }] },
      policies: {
        cpu: { target: 50, cooldowns: { scaleOut: '10s' } },
        memory: { target: 50, highResolution: true, cooldowns: { scaleOut: '60s' } },
        predictive: { metric: 'requests', target: 500, buffer: '1h' },
        steps: [
          {
            ...steps,
            steps: [
              { at: 5, by: 1 },
              { at: 4, by: 2 },
            ],
            datapoints: 3,
            of: 2,
          },
          { ...steps, change: 'exactly', least: 1, steps: [{ at: 5, by: -1 }], datapoints: 1_441 },
        ],
      },
      schedules: [
        { name: 'a', when: 'cron(0 25 * * ? *)', min: 1 },
        { name: 'b', when: 'rate(1 hour)', timezone: 'Mars/Base', max: 2 },
        { name: 'b', when: 'rate(1 hour)' },
        {
          name: 'c',
          when: 'rate(1 hour)',
          max: 5,
          start: '2030-02-01T00:00:00Z',
          end: '2030-02-01T00:00:00Z',
        },
        { name: 'd', when: 'at(2030-01-31T06:00:00)', max: 5, end: '2030-02-01T00:00:00+01:00' },
      ],
    })
    expect(problems.map(({ path }) => path)).toEqual([
      'queue',
      'queues.1.name',
      'limits.budgets.0.total',
      'policies.cpu.cooldowns.scaleOut',
      'policies.memory.cooldowns.scaleOut',
      'controller',
      'ladder.surplusFor',
      'policies.predictive.resourceLabel',
      'policies.predictive.buffer',
      'policies.steps.1.name',
      'policies.steps.0.steps.1.at',
      'policies.steps.0.of',
      'policies.steps.1.steps.0.by',
      'policies.steps.1.least',
      'policies.steps.1.datapoints',
      'schedules.2.name',
      'schedules.0.when',
      'schedules.1.timezone',
      'schedules.1.max',
      'schedules.2.min',
      'schedules.3.end',
      'schedules.4.end',
    ])
    expect(problems.find(({ path }) => path === 'controller')?.expected).toBe(
      "to be left out with strategy 'ladder'",
    )
    expect(problems.find(({ path }) => path.startsWith('policies.memory'))?.expected).toContain(
      'at least 90s',
    )
  })

  it('says what is wrong in parts of the new shape', () => {
    const problems = problemsOf({
      ...thumbnails,
      strategy: 'lader',
      policies: { cpu: { target: 150 }, steps: [{ name: 'A b' }] },
      schedules: [{ name: 'a', when: 'daily', min: 1, start: '2030-02-01T00:00:00' }],
      fallback: 'yes',
    })
    expect(problems.map(({ path }) => path)).toEqual([
      'strategy',
      'policies.cpu.target',
      'policies.steps.0.name',
      'policies.steps.0.metric',
      'policies.steps.0.period',
      'policies.steps.0.when',
      'policies.steps.0.steps',
      'schedules.0.when',
      'schedules.0.start',
      'fallback',
    ])
    expect(problems[0]?.expected).toBe("'targetTracking' or 'ladder' or 'controller'")
  })

  it('freezes nothing that is the caller’s', () => {
    const dimensions = { QueueName: 'thumbnails' }
    const metric = {
      namespace: 'AWS/SQS',
      name: 'ApproximateAgeOfOldestMessage',
      dimensions,
      statistic: 'Maximum',
    } as const
    const steps = [
      { name: 'age', metric, period: '60s', when: 'above', steps: [{ at: 300, by: 1 }] },
    ] as const
    const service = defineService({ ...thumbnails, policies: { steps } })
    expect(Object.isFrozen(service.policies.steps[0]?.metric)).toBe(true)
    expect(Object.isFrozen(dimensions)).toBe(false)
  })
})
