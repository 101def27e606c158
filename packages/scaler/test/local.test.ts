// The scaler against a local AWS over the real protocol: what is applied acts on what is published.
import {
  CreateClusterCommand,
  CreateServiceCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  UpdateTaskProtectionCommand,
} from '@aws-sdk/client-ecs'
import { CreateQueueCommand, PurgeQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { scaledClock } from '@longshore/core/time'
import type { Clock } from '@longshore/core/time'
import { startLocalAws } from '@longshore/local'
import type { LocalAws } from '@longshore/local'
import { describe, expect, it, onTestFinished } from 'vitest'
import {
  applyChanges,
  connectAws,
  createScaler,
  lintAccount,
  proposeChanges,
  proposeRemoval,
  readStatus,
  templateOf,
} from '../src/index.js'
import type { Aws, ServiceConfig } from '../src/index.js'
import { serviceWith } from './services.js'

// A minute of the control plane is half a second: three breaching periods take two seconds, a launch a sixth.
const TIME_SCALE = 120

interface Setup {
  local: LocalAws
  aws: Aws
  ecs: ECSClient
  clock: Clock
  readonly send: () => Promise<void>
  readonly purge: () => Promise<void>
}

async function setup(): Promise<Setup> {
  const local = await startLocalAws({ timeScale: TIME_SCALE, launchDelay: '20s' })
  onTestFinished(() => local.close())
  const client = {
    endpoint: local.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: '000000000000', secretAccessKey: 'local' },
  }
  const ecs = new ECSClient(client)
  const sqs = new SQSClient({ ...client, useQueueUrlAsEndpoint: false })
  // AWS_ACCESS_KEY_ID is `test` here, which the local AWS takes for its default account.
  const originMs = Number(local.environment.LONGSHORE_TIME_ORIGIN)
  const clock = scaledClock({ timeScale: TIME_SCALE, originMs })
  const aws = connectAws({ endpoint: local.endpoint })
  onTestFinished(() => [ecs, sqs].forEach((each) => each.destroy()))
  onTestFinished(() => aws.close())

  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'thumbnails' }))
  await ecs.send(new CreateClusterCommand({ clusterName: 'media' }))
  const container = {
    name: 'worker',
    image: 'node',
    memory: 128,
    command: [process.execPath, '-e', 'setInterval(() => {}, 1000)'],
  }
  await ecs.send(new RegisterTaskDefinitionCommand({ family: 'worker', containerDefinitions: [container] }))
  await ecs.send(
    new CreateServiceCommand({
      cluster: 'media',
      serviceName: 'thumbnails',
      taskDefinition: 'worker',
      desiredCount: 0,
    }),
  )
  const send = async (): Promise<void> => {
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }))
  }
  const purge = async (): Promise<void> => {
    await sqs.send(new PurgeQueueCommand({ QueueUrl }))
  }
  return { local, aws, ecs, clock, send, purge }
}

const resourceLabel = 'app/web/50dc6c495c0c9188/targetgroup/web/943f017f100becff'
const age = { namespace: 'AWS/SQS', name: 'ApproximateAgeOfOldestMessage', statistic: 'Maximum' } as const

/** Between them, every kind of policy, alarm and schedule. */
const everything: Record<string, Partial<ServiceConfig>> = {
  'target tracking beside all other policies': {
    policies: {
      cpu: { target: 60, highResolution: true },
      memory: { target: 80, scaleIn: true },
      requests: { target: 500, resourceLabel },
      predictive: { metric: 'cpu', target: 50, maxCapacityBuffer: 10 },
    },
    suspended: { scaleIn: true },
  },
  'a ladder with steps and schedules': {
    strategy: 'ladder',
    policies: {
      steps: [
        {
          name: 'age',
          metric: age,
          period: '60s',
          when: 'above',
          steps: [
            { at: 300, by: 1 },
            { at: 600, by: 5 },
          ],
        },
        {
          name: 'fresh',
          metric: { ...age, dimensions: { QueueName: 'thumbnails' } },
          period: '5m',
          when: 'below',
          change: 'percent',
          least: 2,
          datapoints: 2,
          of: 3,
          steps: [
            { at: 20, by: -10 },
            { at: 5, by: -50 },
          ],
        },
      ],
    },
    schedules: [
      { name: 'mornings', when: 'cron(0 8 ? * MON-FRI *)', timezone: 'Europe/Berlin', min: 5 },
      { name: 'nights', when: 'cron(0 20 * * ? *)', min: 0, max: 10 },
      {
        name: 'sales',
        when: 'rate(12 hours)',
        start: '2030-11-20T00:00:00.500+01:00',
        end: '2030-12-01T00:00:00Z',
        max: 60,
      },
    ],
  },
  'metric math of two queues, and the other variants': {
    queue: undefined,
    queues: [{ name: 'thumbnails' }, { name: 'uploads' }],
    targetTracking: { metric: 'math' },
    policies: {
      cpu: { target: 60, scaleIn: true },
      memory: { target: 80, highResolution: true },
      predictive: {
        metric: 'requests',
        resourceLabel,
        target: 500,
        mode: 'ForecastAndScale',
        buffer: '10m',
      },
    },
    suspended: { scaleOut: true, scheduled: true },
  },
  'a controller of fair queues within limits': {
    strategy: 'controller',
    queue: undefined,
    queues: [
      { name: 'thumbnails', fair: true },
      { name: 'slow', handling: { mean: '4s' } },
    ],
    limits: { messageGroups: 300, budgets: [{ name: 'connections', total: 100, perTask: 10 }] },
    policies: {
      steps: (['10s', '20s', '30s', '2h'] as const).map((period) => ({
        name: `each-${period}`,
        metric: { namespace: 'Own', name: 'Pressure', statistic: 'Sum' },
        period,
        when: 'above',
        change: 'exactly',
        steps: [{ at: 5, by: 8 }],
      })),
    },
  },
}

describe('on a local AWS', () => {
  const service = serviceWith()

  it('what was applied is found again, field by field', async () => {
    const { aws } = await setup()
    const { changes } = await proposeChanges(service, aws)
    expect(changes.map(({ action, kind }) => `${action} ${kind}`)).toEqual([
      'create scalableTarget',
      'create scalingPolicy',
      'create scalingPolicy',
      'create alarm',
    ])
    await applyChanges(changes, { aws })
    expect((await proposeChanges(service, aws)).changes).toEqual([])

    const other = serviceWith({
      fallback: false,
      objective: { wait: { p99: '20s' } },
      cooldowns: { scaleIn: '90s' },
    })
    const update = await proposeChanges(other, aws)
    expect(update.changes).toMatchObject([
      {
        action: 'update',
        fields: [
          { field: 'targetValue', before: 3_000, after: 1_000 },
          { field: 'scaleInCooldown', before: '300s', after: '90s' },
        ],
      },
      { action: 'remove', name: 'longshore/media/thumbnails/fallback' },
      { action: 'remove', name: 'longshore-fallback' },
    ])
    await applyChanges(update.changes, { aws })
    expect((await proposeChanges(other, aws)).changes).toEqual([])
  })

  it.each(Object.entries(everything))(
    '%s is found again as it was applied, and leaves nothing',
    async (_, config) => {
      const { aws } = await setup()
      const own = serviceWith(config)
      await applyChanges((await proposeChanges(own, aws)).changes, { aws })
      const { plan, changes } = await proposeChanges(own, aws)
      expect(changes).toEqual([])
      expect(Object.keys(templateOf([plan]).Resources)).toHaveLength(
        1 + plan.policies.length + plan.alarms.length,
      )
      const codes = (await lintAccount(own, { aws })).map(({ code }) => code)
      expect(codes).not.toContain('cooldown-short')
      // A cluster counts no tasks unless told to.
      expect(codes.includes('no-container-insights')).toBe(plan.publishes.length === 0)

      const high = (await aws.scalingPolicies('service/media/thumbnails')).flatMap(({ type, alarmNames }) =>
        type === 'TargetTrackingScaling' ? alarmNames.slice(0, 1) : [],
      )
      for (const name of high) await aws.deleteAlarm(name)
      const drifted = await proposeChanges(own, aws)
      expect(drifted.changes.map(({ action }) => action)).toEqual(high.map(() => 'replace'))
      await applyChanges(drifted.changes, { aws })
      expect((await proposeChanges(own, aws)).changes).toEqual([])

      await applyChanges((await proposeRemoval(own, aws)).changes, { aws })
      expect(await aws.scalableTarget('service/media/thumbnails')).toBeNull()
      expect(await aws.alarmsWithPrefix('')).toEqual([])
      expect(await proposeRemoval(own, aws)).toMatchObject({ changes: [], kept: [] })
    },
  )

  it('what others left on a service is found, with the alarms that set it off, and stays', async () => {
    const { aws } = await setup()
    const own = serviceWith({ objective: { wait: { p99: '10m' } } })
    await applyChanges((await proposeChanges(own, aws)).changes, { aws })
    const policyArn = await aws.putScalingPolicy({
      kind: 'step',
      name: 'theirs',
      resourceId: 'service/media/thumbnails',
      adjustment: 'ChangeInCapacity',
      minAdjustmentMagnitude: undefined,
      aggregation: 'Maximum',
      cooldownSeconds: 60,
      steps: [{ metricIntervalLowerBound: 0, metricIntervalUpperBound: undefined, scalingAdjustment: 2 }],
    })
    const alarm = {
      name: 'theirs',
      description: '',
      watches: { kind: 'metric', metric: { ...age, dimensions: {} }, statistic: 'Maximum' },
      periodSeconds: 60,
      comparison: 'GreaterThanOrEqualToThreshold',
      threshold: 60,
      evaluationPeriods: 1,
      datapointsToAlarm: 1,
      treatMissingData: 'breaching',
      policy: 'theirs',
    } as const
    await aws.putAlarm(alarm, { policyArn, tags: {} })
    const findings = await lintAccount(own, { aws })
    expect(findings.map(({ code }) => code)).toEqual(['age-without-data', 'cooldown-short'])
    expect((await proposeChanges(own, aws)).changes).toEqual([])
    const { changes, kept } = await proposeRemoval(own, aws)
    await applyChanges(changes, { aws })
    expect(kept).toEqual(['The scalable target service/media/thumbnails stays: others use it (theirs).'])
    expect((await aws.scalingPolicies('service/media/thumbnails')).map(({ name }) => name)).toEqual([
      'theirs',
    ])
    expect((await aws.alarmsWithPrefix('')).map(({ name }) => name)).toEqual(['theirs'])
  })

  it('what noisy groups of a fair queue have waiting is read from CloudWatch, of one minute', async () => {
    const { aws, local, clock } = await setup()
    expect(await aws.noisyVisible('thumbnails', clock.now())).toBeUndefined()
    // One instant for all: the next one may be of another minute.
    const nowMs = clock.now()
    const inject = (MetricName: string, Value: number, minutesAgo: number): Promise<Response> =>
      fetch(`${local.endpoint}/_longshore/cloudwatch/inject-metrics`, {
        method: 'POST',
        body: JSON.stringify({
          Namespace: 'AWS/SQS',
          MetricData: [
            {
              MetricName,
              Value,
              Dimensions: [{ Name: 'QueueName', Value: 'fair' }],
              Timestamp: nowMs / 1_000 - minutesAgo * 60,
            },
          ],
        }),
      })
    await inject('ApproximateNumberOfMessagesVisible', 900, 1)
    await inject('ApproximateNumberOfMessagesVisible', 100, 2)
    await inject('ApproximateNumberOfMessagesVisibleInQuietGroups', 40, 2)
    expect(await aws.noisyVisible('fair', nowMs)).toBe(60)
  })

  it('what workers have done for a queue is summed from what they publish, in one set of dimensions', async () => {
    const { aws, clock } = await setup()
    const queue = 'http://127.0.0.1/0/thumbnails'
    const plain = { namespace: 'Longshore', service: 'thumbnails', queue, dimensions: {} }
    const live = { ...plain, dimensions: { Environment: 'live' } }
    expect(await aws.handled(plain, clock.now())).toEqual({ count: 0, busyMs: 0 })
    const publish = async (
      dimensions: Record<string, string>,
      count: number,
      busyMs: number,
    ): Promise<void> => {
      const identity = (name: string) => ({
        namespace: 'Longshore',
        name,
        dimensions: { Service: 'thumbnails', Queue: 'thumbnails', ...dimensions },
      })
      await aws.publishMetrics([
        { metric: identity('Handled'), value: count, unit: 'Count' },
        { metric: identity('BusyTime'), value: busyMs, unit: 'Count' },
      ])
    }
    await publish({}, 10, 4_000)
    await publish({}, 30, 16_000)
    await publish(live.dimensions, 7, 700)
    const read = (of: typeof plain) => aws.handled(of, clock.now() + 60_000)
    await expect.poll(() => read(plain)).toEqual({ count: 40, busyMs: 20_000 })
    await expect.poll(() => read(live)).toEqual({ count: 7, busyMs: 700 })
  })

  it('status tells that a task outstays its scale-in because it is protected', async () => {
    const { aws, ecs, clock } = await setup()
    await applyChanges((await proposeChanges(service, aws)).changes, { aws })
    await aws.setDesiredCount(service, 1)
    await expect.poll(async () => (await aws.serviceCounts(service)).running, { timeout: 15_000 }).toBe(1)
    const tasks = [...(await aws.serviceTasks(service))]
    expect(await aws.protectedTasks(service, tasks)).toBe(0)
    await ecs.send(new UpdateTaskProtectionCommand({ cluster: 'media', tasks, protectionEnabled: true }))
    await aws.setDesiredCount(service, 0)
    const status = await readStatus(service, { aws, clock })
    expect(status).toMatchObject({ protectedTasks: 1, problems: [] })
    expect(status.explanation).toMatch(/^Scaling in: 1 task running, 0 wanted\. 1 of them is protected/)
    const [newest] = await aws.serviceEvents(service)
    expect(newest?.message).toMatch(/^\(service thumbnails\) /)
    expect(newest?.atMs).toBeGreaterThan(clock.now() - 600_000)
  })

  it('a single message wakes a service at zero, and status tells the story', async () => {
    const { aws, clock, send } = await setup()
    await applyChanges((await proposeChanges(service, aws)).changes, { aws })
    await send()
    const scaler = createScaler(service, { aws, clock })
    scaler.start()
    await expect.poll(async () => (await aws.serviceCounts(service)).running, { timeout: 15_000 }).toBe(1)
    const status = await readStatus(service, { aws, clock })
    await scaler.stop()
    expect(status.problems).toEqual([])
    expect(status.alarms).toMatchObject([
      { direction: 'above', threshold: 3_000 },
      { direction: 'below', threshold: 2_700 },
    ])
    expect(status.activities?.at(-1)).toMatchObject({
      description: expect.stringContaining('desired count to 1'),
    })
    expect(status.explanation).not.toMatch(/undefined|NaN/)
  })

  it('a controller of the minimum raises the service from zero, and lets a ladder take it back there', async () => {
    const { aws, clock, send, purge } = await setup()
    const strategy = { sets: 'min', surplusFor: '30s', idleFor: '30s' } as const
    const own = serviceWith({
      strategy: 'controller',
      controller: strategy,
      handling: { mean: '50s' },
      tasks: { min: 0, max: 3, concurrency: 1 },
    })
    await applyChanges((await proposeChanges(own, aws)).changes, { aws })
    await Promise.all([send(), send(), send()])
    const scaler = createScaler(own, { aws, clock })
    scaler.start()
    await expect.poll(async () => (await aws.serviceCounts(own)).running, { timeout: 15_000 }).toBe(3)
    expect(await aws.scalableTarget('service/media/thumbnails')).toMatchObject({
      minCapacity: 3,
      maxCapacity: 3,
    })
    expect((await proposeChanges(own, aws)).changes).toEqual([])
    await purge()
    await expect
      .poll(async () => aws.serviceCounts(own), { timeout: 15_000 })
      .toMatchObject({ desired: 0, running: 0 })
    await scaler.stop()
  })

  it('a publisher that holds changes nothing', async () => {
    const { aws, clock, send } = await setup()
    const wrong = serviceWith({ queue: 'thumbnials' })
    await applyChanges((await proposeChanges(wrong, aws)).changes, { aws })
    await send()
    const scaler = createScaler(wrong, { aws, clock })
    scaler.start()
    // Five minutes of the control plane, where a scale-out takes three.
    await new Promise((resolve) => setTimeout(resolve, 300_000 / TIME_SCALE))
    await scaler.stop()
    expect(scaler.status()).toMatchObject({ lastPublishedAtMs: undefined, lastDecision: { kind: 'hold' } })
    expect(await aws.serviceCounts(wrong)).toMatchObject({ desired: 0, running: 0 })
    const status = await readStatus(wrong, { aws, clock })
    expect(status.alarms?.map(({ state }) => state)).toEqual(['INSUFFICIENT_DATA', 'INSUFFICIENT_DATA'])
  })
})
