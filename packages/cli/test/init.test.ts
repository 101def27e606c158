import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { folderWith, longshore } from './process.js'
import { runHere } from './run-here.js'

const COPILOT = `
name: orders
type: Worker Service
subscribe:
  topics:
    - { name: placed, service: shop }
    - { name: paid, service: shop, queue: { timeout: 1m } }
count:
  range: { min: 1, max: 10, spot_from: 2 }
  cpu_percentage: 70
  queue_delay:
    acceptable_latency: 10m
    msg_processing_time: 250ms
environments:
  prod:
    count:
      range: 2-40
      queue_delay: { acceptable_latency: 1m30s, msg_processing_time: 1s }
`

const KEDA = `
apiVersion: keda.sh/v1alpha1
kind: TriggerAuthentication
metadata: { name: aws }
---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: { name: orders }
spec:
  scaleTargetRef: { name: orders-worker }
  maxReplicaCount: 30
  triggers:
    - type: aws-sqs-queue
      metadata:
        queueURL: https://sqs.eu-west-1.amazonaws.com/123456789012/orders
        queueLength: "210"
        awsRegion: eu-west-1
    - type: cron
      metadata: { timezone: UTC, start: 0 6 * * *, end: 0 20 * * *, desiredReplicas: "10" }
`

describe('longshore init', () => {
  it('writes a configuration that plan can read, and never writes over one unasked', async () => {
    const cwd = folderWith({ 'package.json': '{"name":"@shop/order-mails"}' })
    const first = await longshore(['init'], { cwd })
    expect(first).toMatchObject({ code: 0, stderr: '' })
    const written = readFileSync(join(cwd, 'longshore.config.ts'), 'utf8')
    expect(written).toContain("service: 'order-mails'")
    expect(written).toContain("objective: { wait: { p99: '5m' } }")
    // The linter has nothing to say of the defaults.
    const linted = await runHere(['lint', '--offline', '--json'], { cwd })
    expect(JSON.parse(linted.stdout)).toMatchObject({ services: [{ findings: [] }] })
    // Nobody listens at the endpoint: it fails, but not by the configuration.
    expect((await runHere(['plan'], { cwd })).stderr).toContain('http://127.0.0.1:9')

    const second = await longshore(['init', '--wait', '10s'], { cwd })
    expect(second).toMatchObject({ code: 2, stdout: '' })
    expect(second.stderr).toContain('longshore.config.ts is there already: --force writes over it')
    expect(readFileSync(join(cwd, 'longshore.config.ts'), 'utf8')).toBe(written)
    expect(await runHere(['init', '--wait', '10s', '--force'], { cwd })).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/^note: found a wait of 10 s, and targetTracking .* Take the strategy/),
    })
  })

  it('takes over the queue_delay of a Copilot manifest, of an environment where one is named', async () => {
    const cwd = folderWith({ 'manifest.yml': COPILOT })
    const names = ['--cluster', 'shop-Cluster-1', '--queue', 'shop-Events-1', '--json', '--print']
    const { code, stdout } = await runHere(['init', '--from', 'copilot', 'manifest.yml', ...names], { cwd })
    expect(code).toBe(0)
    const { config, notes } = JSON.parse(stdout) as { config: unknown; notes: string[] }
    expect(config).toEqual({
      cluster: 'shop-Cluster-1',
      service: 'orders',
      queue: 'shop-Events-1',
      min: 1,
      max: 10,
      concurrency: 1,
      handling: '250ms',
      wait: '10m',
    })
    expect(notes.join('\n')).toMatch(
      /spot_from 2[\s\S]*cpu_percentage was not carried over[\s\S]*1 of the topics/,
    )
    expect(existsSync(join(cwd, 'longshore.config.ts'))).toBe(false)

    const prod = await runHere(['init', '--from', 'copilot', 'manifest.yml', '--env', 'prod', ...names], {
      cwd,
    })
    expect(JSON.parse(prod.stdout)).toMatchObject({
      config: { min: 2, max: 40, wait: '90s', handling: '1s' },
    })
  })

  it('derives the wait that a ScaledObject’s queueLength stands for', async () => {
    const cwd = folderWith({ 'orders.yaml': KEDA })
    const work = ['--handling', '250ms', '--concurrency', '10']
    const run = await runHere(['init', '--from', 'keda', 'orders.yaml', ...work], { cwd })
    expect(run.code).toBe(0)
    expect(run.stderr).toContain('note: The trigger cron was not carried over.')
    const written = readFileSync(join(cwd, 'longshore.config.ts'), 'utf8')
    for (const line of [
      "service: 'orders-worker'",
      "queue: 'orders'",
      "region: 'eu-west-1'",
      'tasks: { min: 0, max: 30, concurrency: 10 }',
      // 200 wait for 10 slots that take 250 ms each.
      "objective: { wait: { p99: '5s' } }",
    ]) {
      expect(written).toContain(line)
    }
  })

  it.each([
    [['--from', 'copilot'], 'expected the manifest, as an argument, got nothing.'],
    [['manifest.yml'], 'expected --from copilot or --from keda, got nothing.'],
    [['--from', 'helm', 'manifest.yml'], 'Allowed choices are copilot, keda.'],
    [['--from', 'copilot', 'none.yml'], 'none.yml: expected a file that can be read, got ENOENT.'],
    [['--from', 'copilot', 'torn.yml'], 'torn.yml is no YAML: '],
    [
      ['--from', 'copilot', 'web.yml'],
      `web.yml: type: expected a manifest of type 'Worker Service', got "Backend`,
    ],
    [['--from', 'copilot', 'manifest.yml', '--env', 'dev'], '(one of prod), got dev.'],
    [
      ['--from', 'copilot', 'late.yml'],
      'late.yml: count.queue_delay.acceptable_latency: expected a duration',
    ],
    [['--from', 'keda', 'orders.yaml'], 'expected --handling and --concurrency'],
    [
      ['--from', 'keda', 'manifest.yml', '--handling', '1s', '--concurrency', '1'],
      'manifest.yml: expected a document of kind ScaledObject, got none.',
    ],
    [['--min', '9', '--max', '3'], 'tasks.min: expected at most tasks.max (3), got 9'],
    [['--cluster', 'a b'], 'cluster: expected a name of letters'],
  ])('refuses %j, and writes nothing', async (args, message) => {
    const cwd = folderWith({
      'manifest.yml': COPILOT,
      'orders.yaml': KEDA,
      'torn.yml': 'a: [1,',
      'web.yml': 'name: web\ntype: Backend Service\n',
      'late.yml': COPILOT.replaceAll('10m', '"soon"'),
    })
    const { code, stdout, stderr } = await runHere(['init', ...args], { cwd })
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(message)
    expect(existsSync(join(cwd, 'longshore.config.ts'))).toBe(false)
  })
})
