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
      handling: { meanMs: 400, variation: 1 },
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

  it('puts every problem in the message, on a line each', () => {
    expect(() => defineService({ ...thumbnails, tasks: { min: -1, max: 0, concurrency: 1 } })).toThrow(
      [
        'The service "thumbnails" has 2 problems:',
        '  tasks.min: expected a whole number of at least 0, got -1',
        '  tasks.max: expected a whole number of at least 1, got 0',
      ].join('\n'),
    )
  })
})
