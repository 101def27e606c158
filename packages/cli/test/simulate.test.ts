import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { sparkline } from '../src/render/simulation.js'
import { run } from '../src/index.js'
import { configText, folderWith, longshore } from './process.js'

const cwdWith = (changes?: Record<string, unknown>): string =>
  folderWith({ 'longshore.config.ts': configText({ tasks: { min: 0, max: 4, concurrency: 2 }, ...changes }) })

/** In this process, which spares starting one. */
async function simulate(
  args: readonly string[],
  { cwd = cwdWith(), signal = new AbortController().signal } = {},
) {
  const written = { stdout: '', stderr: '' }
  const code = await run(['simulate', ...args], {
    stdout: { write: (text) => (written.stdout += text) },
    stderr: { write: (text) => (written.stderr += text) },
    env: {},
    cwd,
    signal,
  })
  return { code, ...written }
}

const TRAFFIC = ['--traffic', 'constant:rate=2/s + batch:size=300,at=10m']

describe('longshore simulate', () => {
  it('shows wait, cost and scaling of the plan, and what came over time', async () => {
    const { code, stdout, stderr } = await longshore(['simulate', 'thumbnails', ...TRAFFIC, '--hours', '1'], {
      cwd: cwdWith(),
    })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^thumbnails in cluster media$/m)
    expect(stdout).toContain('constant:rate=2/s + batch:size=300,at=10m, 1 h, seed 1; objective p99 1 min')
    expect(stdout).toMatch(/^ {2}wait +p50 .* · p99 .* · most /m)
    expect(stdout).toMatch(/^ {2}cost +\$\d+\.\d\d a day/m)
    expect(stdout).toMatch(/^ {2}first task +\S.* after the first message$/m)
    expect(stdout).toMatch(/^ {2}backlog +[ ▁▂▃▄▅▆▇█]+ most \d/m)
    expect(stdout).toContain('AWS Fargate on demand')
  })

  it('writes the same figures for the same seed as JSON', async () => {
    const cwd = cwdWith()
    const options = [...TRAFFIC, '--hours', '0.5', '--seed', '5', '--json']
    const first = await simulate(options, { cwd })
    const second = await simulate(options, { cwd })
    expect(first.code).toBe(0)
    expect(second.stdout).toBe(first.stdout)
    expect(JSON.parse(first.stdout)).toMatchObject({
      services: [
        {
          service: 'thumbnails',
          seed: 5,
          durationSeconds: 1_800,
          objectiveSeconds: 60,
          task: { vcpu: 1, memoryGb: 2, arm: false },
          runs: [
            {
              group: 'longshore',
              isConfigured: true,
              name: 'targetTracking',
              figures: { latePercent: expect.any(Number) },
            },
          ],
        },
      ],
    })
  })

  it('compares strategies, what teams do today and references under the same messages', async () => {
    const { stdout } = await simulate([
      ...TRAFFIC,
      '--hours',
      '0.5',
      '--compare',
      '--strategy',
      'ladder',
      '--json',
    ])
    const { services } = JSON.parse(stdout) as {
      services: {
        runs: { name: string; isConfigured: boolean; figures: { messages: { arrived: number } } }[]
      }[]
    }
    const runs = services[0]?.runs ?? []
    expect(runs.filter(({ isConfigured }) => isConfigured).map(({ name }) => name)).toEqual(['ladder'])
    expect(runs.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'targetTracking',
        'controller',
        'AWS guide',
        'Copilot worker',
        'KEDA',
        'clairvoyant',
      ]),
    )
    expect(new Set(runs.map(({ figures }) => figures.messages.arrived)).size).toBe(1)
  })

  it('says what of a configuration it leaves out', async () => {
    const cwd = cwdWith({
      policies: { predictive: { metric: 'cpu', target: 50 } },
      handling: { mean: '400ms', measured: true },
    })
    const { code, stderr } = await simulate([...TRAFFIC, '--hours', '0.1', '--json'], { cwd })
    expect(code).toBe(0)
    expect(stderr).toBe(
      'note: thumbnails: Predictive scaling makes no forecast.\n' +
        'note: thumbnails: Handling times are as configured, not as the workers measure them.\n',
    )
  })

  it('writes a page with plots, and says where it cannot', async () => {
    const cwd = cwdWith()
    const options = [...TRAFFIC, '--hours', '0.25', '--report']
    const { stdout } = await simulate([...options, 'report.html'], { cwd })
    expect(stdout).toMatch(/^Plots: report\.html$/m)
    expect(readFileSync(join(cwd, 'report.html'), 'utf8')).toContain('<h2>thumbnails (media)</h2>')
    const { code, stderr } = await simulate([...options, 'missing/report.html'], { cwd })
    expect(code).toBe(2)
    expect(stderr).toMatch(/--report: .*missing.report\.html/)
  })

  it('reads what came from a file, compressed or not', async () => {
    const cwd = cwdWith()
    const minutes = Array.from(
      { length: 30 },
      (_, minute) => `2026-01-05T09:${String(minute).padStart(2, '0')}:00Z,${minute * 2}`,
    )
    writeFileSync(join(cwd, 'sent.csv.gz'), gzipSync(`minute,count\n${minutes.join('\n')}\n`))
    const { code, stdout } = await longshore(
      ['simulate', '--traffic', 'sent.csv.gz', '--skip', '10m', '--json'],
      { cwd },
    )
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      services: [
        {
          startsAt: '2026-01-05T09:10:00.000Z',
          durationSeconds: 1_200,
          runs: [{ figures: { messages: { arrived: 780 } } }],
        },
      ],
    })
  })

  it.for([
    [
      ['--traffic', 'constant:rate=5'],
      "--traffic: Traffic: constant: expected rate=a rate, such as '5/s' or '300/m', got \"5\".",
    ],
    [['--traffic', 'missing.csv'], '--traffic: there is no file "missing.csv".'],
    [['--traffic', 'longshore.config.ts'], '--traffic: Traffic: line 2: expected an instant and a count'],
    [['orders'], 'Expected a service of the configuration (thumbnails), got "orders".'],
  ] as const)('exits with 2 and says why for %j', async ([args, message]) => {
    const { code, stdout, stderr } = await simulate(args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(message)
  })

  it('ends when interrupted, without figures', async () => {
    const stop = new AbortController()
    const ended = simulate(['--traffic', 'constant:rate=100/s', '--hours', '400'], { signal: stop.signal })
    setTimeout(() => stop.abort(), 300)
    expect(await ended).toMatchObject({ code: 130, stdout: '' })
  })
})

describe('a sparkline', () => {
  it('shows the most of each stretch, and anything above nothing', () => {
    expect(sparkline([0, 1, 2, 4, 8, 8], 6)).toBe(' ▁▂▄██')
    expect(sparkline([0, 0, 9, 0, 0, 0], 3)).toBe(' █ ')
    expect(sparkline([0, 0.001, 100], 3)).toBe(' ▁█')
    expect(sparkline([], 3)).toBe('')
  })
})
