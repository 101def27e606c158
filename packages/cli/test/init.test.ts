import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { check, complete } from '../src/init/complete.js'
import { configText } from '../src/init/config-text.js'
import type { Migration } from '../src/init/draft.js'
import { fromCopilot } from '../src/init/from-copilot.js'
import { fromKeda } from '../src/init/from-keda.js'
import { Node, readManifest } from '../src/init/manifest.js'
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
  staging:
    count:
      range: 0-3
  dev:
    count: 1
`

/** As Copilot's documentation has it: scaling in production only. */
const COPILOT_PRODUCTION = `
name: orders-worker
type: Worker Service
image:
  build: ./orders/Dockerfile
subscribe:
  topics:
    - name: events
      service: api
  queue:
    retention: 96h
    timeout: 30s
    dead_letter:
      tries: 10
cpu: 256
memory: 512
count: 1
secrets:
  DB:
    secretsmanager: '\${COPILOT_APPLICATION_NAME}/\${COPILOT_ENVIRONMENT_NAME}/mysql'
environments:
  production:
    count:
      range:
        min: 1
        max: 50
        spot_from: 26
      cooldown:
        in: 120s
      memory_percentage:
        value: 80
        cooldown: { in: 80s }
      queue_delay:
        acceptable_latency: 1m
        msg_processing_time: 250ms
`

/** Two queues, CPU, and what people leave to their templates. */
const KEDA_TWO = `
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata:
  name: mails
  namespace: app
spec:
  scaleTargetRef:
    name: mails
  minReplicaCount: 1
  maxReplicaCount: 50
  pollingInterval: 15
  cooldownPeriod: 300
  triggers:
    - type: aws-sqs-queue
      authenticationRef:
        name: keda-aws
      metadata:
        queueURL: https://sqs.us-east-1.amazonaws.com/\${ACCOUNT_ID}/welcome
        queueLength: "50"       # per pod
        awsRegion: us-east-1
        identityOwner: operator
    - type: aws-sqs-queue
      metadata:
        queueURL: receipts
        queueLength: 30
        scaleOnInFlight: "false"
    - type: cpu
      metricType: Utilization
      metadata: { value: "70" }
    - type: memory
      metricType: AverageValue
      metadata: { value: "512Mi" }
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
    expect(first).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringContaining(
        'nobody said: cluster, service, queue, min, max, concurrency, handling, wait.',
      ),
    })
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
      cpu: 70,
    })
    expect(notes.join('\n')).toMatch(/spot_from 2[\s\S]*1 of the topics/)
    expect(existsSync(join(cwd, 'longshore.config.ts'))).toBe(false)

    const prod = await runHere(['init', '--from', 'copilot', 'manifest.yml', '--env', 'prod', ...names], {
      cwd,
    })
    expect(JSON.parse(prod.stdout)).toMatchObject({
      config: { min: 2, max: 40, wait: '90s', handling: '1s' },
    })
  })

  it('merges an environment’s count with the manifest’s, as Copilot does', () => {
    const cwd = folderWith({ 'manifest.yml': COPILOT, 'production.yml': COPILOT_PRODUCTION })
    const of = (file: string, environment?: string): Migration =>
      fromCopilot(readManifest(file, cwd)[0] ?? new Node({}, file), environment)
    expect(of('manifest.yml', 'staging').draft).toMatchObject({ min: 0, max: 3, wait: '10m', cpu: 70 })
    expect(() => of('manifest.yml', 'dev')).toThrow('count.queue_delay: expected')
    expect(() => of('production.yml')).toThrow('(--env production has them)')
    const { draft, notes } = of('production.yml', 'production')
    expect(draft).toMatchObject({ service: 'orders-worker', min: 1, max: 50, wait: '1m', memory: 80 })
    expect(notes.join('\n')).toMatch(
      /spot_from 26[\s\S]*count\.cooldown was not[\s\S]*memory_percentage\.cooldown was not/,
    )
  })

  it('carries over several queues of a ScaledObject, and CPU', async () => {
    const cwd = folderWith({ 'mails.yaml': KEDA_TWO })
    const work = { handling: '200ms', concurrency: 10 } as const
    const { draft, notes } = fromKeda(readManifest('mails.yaml', cwd), 'mails.yaml', work)
    expect(notes).toContain('The trigger memory was not carried over.')
    expect(notes.join('\n')).toContain('Longshore by the work of all of them together.')
    const config = complete({ cluster: 'shop' }, draft, cwd)
    expect(await check(config)).toEqual([expect.stringContaining('a wait of 1 s')])
    expect(configText(config).split('\n').slice(2)).toEqual([
      'export default defineService({',
      "  cluster: 'shop',",
      "  service: 'mails',",
      "  queues: [{ name: 'welcome' }, { name: 'receipts' }],",
      "  region: 'us-east-1',",
      '  // concurrency: how many messages one task handles at a time, as the worker has it.',
      '  tasks: { min: 1, max: 50, concurrency: 10 },',
      "  // The mean time of one handling; the worker's figures show it.",
      "  handling: { mean: '200ms' },",
      '  // How long 99 of 100 messages may wait before a task takes them.',
      // The shorter of 40 and 30 that wait for 10 slots.
      "  objective: { wait: { p99: '1s' } },",
      '  // They add tasks; what follows the queue takes them away.',
      '  policies: { cpu: { target: 70 } },',
      '})',
      '',
    ])
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
    [['--from', 'copilot', 'manifest.yml', '--env', 'test'], '(one of prod, staging, dev), got test.'],
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
