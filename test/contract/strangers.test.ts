// Clients of other languages, unchanged, against a local AWS: boto3 of today and of 2023, the `aws` command, celery.
// `npm run test:strangers` installs them; where they are not installed, there is nothing to run.
import { execFile, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'

import { startLocalAws } from '@longshore/local'
import type { LocalAws, LocalCall } from '@longshore/local'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { isInstalled, pythonOf, SETS } from '../strangers/clients.js'
import type { ClientSet } from '../strangers/clients.js'
import { eventually } from './endpoint.js'

const SCRIPTS = resolve(import.meta.dirname, '../strangers')
// A Python that loads boto3 on a busy machine takes its time.
const TIMEOUT_MS = 60_000
const TODAY: ClientSet = 'requirements'
const OF_2023: ClientSet = 'requirements-2023'

const run = promisify(execFile)
let aws: LocalAws
let calls: LocalCall[]
beforeEach(async () => {
  calls = []
  aws = await startLocalAws({
    accountId: '123456789012',
    region: 'eu-west-1',
    onCall: (call) => calls.push(call),
  })
})
afterEach(() => aws.close())

function environment(): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    ...aws.environment,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    PYTHONDONTWRITEBYTECODE: '1',
  }
}

async function python(set: ClientSet, ...args: string[]): Promise<string> {
  const options = { cwd: SCRIPTS, env: environment(), timeout: TIMEOUT_MS }
  return (await run(pythonOf(set), args, options)).stdout
}

/** What a script told. */
async function facts(set: ClientSet, ...args: string[]): Promise<unknown> {
  return JSON.parse(await python(set, ...args)) as unknown
}

const missing = SETS.filter((set) => !isInstalled(set))
if (missing.length === 0) strangers()
else
  it('clients of other languages are not installed here: `npm run test:strangers` installs them', ({
    annotate,
  }) => {
    expect(process.env.LONGSHORE_STRANGERS, `not installed: ${missing.join(', ')}`).not.toBe('required')
    return annotate(`skipped: ${missing.join(' and ')} of test/strangers not installed`)
  })

function strangers(): void {
  const JSON_1_0 = 'application/x-amz-json-1.0'
  const FORM = 'application/x-www-form-urlencoded'

  describe('boto3 lives with SQS', { timeout: TIMEOUT_MS }, () => {
    it.each([
      ['today, in AWS JSON', TODAY, JSON_1_0, 'The specified queue does not exist.'],
      [
        'of 2023, in the query protocol',
        OF_2023,
        FORM,
        'The specified queue does not exist for this wsdl version.',
      ],
    ])('%s', async (_when, set, sent, message) => {
      expect(await facts(set, 'sqs.py')).toEqual({
        sent: [sent],
        visibility: '60',
        tags: { team: 'docks' },
        queues: ['strangers'],
        isSameBody: true,
        bytes: [0, 255],
        receives: ['1', '2'],
        successful: ['good'],
        failed: [{ Id: 'bad', Code: 'InvalidParameterValue', SenderFault: true }],
        deleted: 1,
        isEmpty: true,
        refused: { code: 'AWS.SimpleQueueService.NonExistentQueue', message },
      })
      expect(new Set(calls.map(({ accountId, region }) => `${accountId} ${region}`))).toEqual(
        new Set(['123456789012 eu-west-1']),
      )
    })
  })

  describe('boto3 lives with CloudWatch and STS', { timeout: TIMEOUT_MS }, () => {
    it.each([
      ['today, in AWS JSON', TODAY, [], JSON_1_0],
      ['today, in RPC v2 CBOR', TODAY, ['cbor'], 'application/cbor'],
      ['of 2023, in the query protocol', OF_2023, [], FORM],
    ])('%s', async (_when, set, args, sent) => {
      const told = await facts(set, 'cloudwatch.py', ...args)
      expect(told).toMatchObject({
        sent: [sent],
        statistics: [{ Sum: 5, SampleCount: 3, Unit: 'None' }],
        values: [2],
        metrics: 401,
        alarm: {
          StateValue: 'ALARM',
          StateReason: 'said so',
          Threshold: 0.5,
          Period: 60,
          ActionsEnabled: true,
        },
        tags: [{ Key: 'team', Value: 'docks' }],
        history: ['ConfigurationUpdate', 'StateUpdate'],
        refused: 'ResourceNotFound',
        account: '123456789012',
      })
      const { ageSeconds, updatedSecondsAgo } = told as { ageSeconds: number; updatedSecondsAgo: number }
      expect(ageSeconds).toBeLessThan(60)
      expect(updatedSecondsAgo).toBeLessThan(60)
    })
  })

  describe('botocore', { timeout: TIMEOUT_MS }, () => {
    it('says of CloudWatch’s members what is recorded of it', async () => {
      const path = '../../packages/local/test/server/protocols/cloudwatch-members.json'
      const recorded = JSON.parse(readFileSync(join(import.meta.dirname, path), 'utf8')) as object
      expect(await facts(TODAY, 'members.py', ...Object.keys(recorded))).toEqual(recorded)
    })
  })

  describe('the aws command', { timeout: 3 * TIMEOUT_MS }, () => {
    const command = async (...args: string[]): Promise<string> =>
      python(TODAY, '-m', 'awscli', '--endpoint-url', aws.endpoint, '--output', 'json', ...args)

    it('creates, lists and names queues, and puts metrics', async () => {
      const QueueUrl = `${aws.endpoint}/123456789012/cli`
      expect(JSON.parse(await command('sqs', 'create-queue', '--queue-name', 'cli'))).toEqual({ QueueUrl })
      expect(JSON.parse(await command('sqs', 'list-queues'))).toEqual({ QueueUrls: [QueueUrl] })
      const datum = ['--namespace', 'N', '--metric-name', 'm', '--value', '1']
      expect(await command('cloudwatch', 'put-metric-data', ...datum)).toBe('')
      expect(JSON.parse(await command('cloudwatch', 'list-metrics'))).toEqual({
        Metrics: [{ Namespace: 'N', MetricName: 'm', Dimensions: [] }],
      })
    })

    it('shows an error by the code that AWS shows', async () => {
      await expect(command('sqs', 'get-queue-url', '--queue-name', 'missing')).rejects.toMatchObject({
        stderr: expect.stringContaining('(AWS.SimpleQueueService.NonExistentQueue)') as string,
      })
    })
  })

  describe('a celery worker handles a task', { timeout: 3 * TIMEOUT_MS }, () => {
    it.each([
      ['with kombu of today', TODAY],
      ['with kombu of 2023', OF_2023],
    ])('%s', async (_when, set) => {
      const folder = mkdtempSync(join(tmpdir(), 'longshore-celery-'))
      const args = ['-m', 'celery', '--app', 'tasks', 'worker', '--pool', 'solo', '--loglevel', 'WARNING']
      const options = ['--without-gossip', '--without-mingle', '--without-heartbeat']
      const worker = spawn(pythonOf(set), [...args, ...options], {
        cwd: SCRIPTS,
        env: environment(),
        stdio: 'ignore',
      })
      const ended = new Promise((resolve) => worker.once('exit', resolve))
      try {
        const result = join(folder, 'result')
        await python(set, 'tasks.py', result)
        const written = await eventually(
          () => Promise.resolve(existsSync(result) ? readFileSync(result, 'utf8') || undefined : undefined),
          TIMEOUT_MS,
        )
        expect(written).toBe('5')
        await eventually(() => Promise.resolve(calls.find(({ operation }) => operation === 'DeleteMessage')))
      } finally {
        worker.kill('SIGTERM')
        await ended
        rmSync(folder, { recursive: true })
      }
    })
  })
}
