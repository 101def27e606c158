import { manualClock } from '@longshore/core/testing'
import { afterEach, describe, expect, it } from 'vitest'

import { startLocalAws } from '../../src/index.js'
import type { LocalAws, LocalAwsOptions } from '../../src/index.js'
import { LocalPage } from './local-page.js'

const running: LocalAws[] = []
afterEach(async () => {
  for (const aws of running.splice(0)) await aws.close()
})

async function start(options?: LocalAwsOptions): Promise<{ aws: LocalAws; page: LocalPage }> {
  const aws = await startLocalAws(options)
  running.push(aws)
  return { aws, page: new LocalPage(aws) }
}

describe('the state', () => {
  it('of a server that nobody has called opens no account, and says how to call it', async () => {
    const { aws, page } = await start({ timeScale: 60 })
    for (let reading = 0; reading < 2; reading++) {
      const { view, accounts, queues } = await page.state()
      expect([accounts, queues]).toEqual([{}, {}])
      expect(view.setup).toMatchObject({ timeScale: 60, features: [], environment: aws.environment })
    }
  })

  it('is of the account asked for, or else of the default one, or else of who called first', async () => {
    const { aws, page } = await start()
    const other = new LocalPage(aws, { accountId: '123456789012', region: 'eu-west-1' })
    await other.createQueue('theirs')
    expect(Object.keys((await page.state()).queues)).toEqual(['theirs'])
    await page.createQueue('ours')
    const { accounts, queues } = await page.state()
    expect(Object.keys(queues)).toEqual(['ours'])
    expect(Object.keys(accounts)).toEqual(['123456789012/eu-west-1', '000000000000/us-east-1'])
    const asked = await page.state('account=123456789012&region=eu-west-1')
    expect(Object.keys(asked.queues)).toEqual(['theirs'])
    expect((await page.state('account=999999999999&region=eu-west-1')).queues).toEqual({})
  })

  it('offers only what the server can do', async () => {
    const { page } = await start()
    await page.createQueue('q')
    const { features = [] } = (await page.state()).view.setup ?? {}
    expect(features).toEqual(expect.arrayContaining(['sqs:SendMessage', 'sqs:PurgeQueue', 'ecs:StopTask']))
    expect(features).not.toContain('sqs:DeleteQueue')
  })

  it('refuses a span that is none', async () => {
    const { page } = await start()
    await expect(page.state('window=soon')).rejects.toThrow(
      "window must be minutes from 1 to 720; got 'soon'.",
    )
  })
})

describe('queues', () => {
  it('have their counts, their age, their totals and where their dead letters go', async () => {
    const clock = manualClock()
    const { page } = await start({ clock })
    const dead = await page.createQueue('dead')
    const RedrivePolicy = JSON.stringify({
      deadLetterTargetArn: 'arn:aws:sqs:us-east-1:000000000000:dead',
      maxReceiveCount: 3,
    })
    const queue = await page.createQueue('q', { RedrivePolicy, VisibilityTimeout: '45' })
    const sentAtMs = clock.now()
    for (const body of ['one', 'two']) await page.send(queue, body)
    await clock.advance(2_000)
    await page.call('AmazonSQS.ReceiveMessage', { QueueUrl: queue })
    const { queues } = await page.state()
    expect(queues.q).toEqual({
      name: 'q',
      url: queue,
      arn: 'arn:aws:sqs:us-east-1:000000000000:q',
      isFifo: false,
      visible: 1,
      inFlight: 1,
      delayed: 0,
      oldestEnteredAtMs: sentAtMs,
      sent: 2,
      received: 1,
      deleted: 0,
      visibilityTimeoutSeconds: 45,
      retentionSeconds: 345_600,
      deadLetterQueue: 'dead',
      maxReceiveCount: 3,
    })
    expect(queues.dead).toMatchObject({ url: dead, visible: 0 })
    expect(queues.dead).not.toHaveProperty('oldestEnteredAtMs')
  })

  it('show their messages to who looks, and bodies to who asks', async () => {
    const clock = manualClock()
    const { page } = await start({ clock })
    const queue = await page.createQueue('q', { VisibilityTimeout: '30' })
    await page.send(queue, 'held')
    await page.call('AmazonSQS.ReceiveMessage', { QueueUrl: queue })
    await page.send(queue, 'x'.repeat(10_000))
    expect((await page.state()).messages).toEqual({})
    const [held, waiting] = Object.values((await page.state('queue=q')).messages)
    expect(held).toMatchObject({ state: 'inFlight', receiveCount: 1, dueAtMs: clock.now() + 30_000 })
    expect(waiting).toMatchObject({ state: 'visible', receiveCount: 0, sizeBytes: 10_000 })
    expect(JSON.stringify([held, waiting])).not.toContain('body')
    const bodies = Object.values((await page.state('queue=q&bodies=1')).messages)
    expect(bodies.map(({ body, isCut }) => [body?.length, isCut])).toEqual([
      [4, false],
      [4_000, true],
    ])
    // Looking has received nothing.
    expect((await page.state()).queues.q).toMatchObject({ visible: 1, inFlight: 1, received: 1 })
  })
})

describe('alarms', () => {
  it('have their metric, their state and its reason, and their changes among what happened', async () => {
    const { page } = await start({ clock: manualClock() })
    const metric = { Namespace: 'App', MetricName: 'Waiting', Dimensions: [{ Name: 'Queue', Value: 'q' }] }
    const datum = { MetricName: 'Waiting', Dimensions: metric.Dimensions, Value: 7 }
    await page.call('GraniteServiceVersion20100801.PutMetricData', { Namespace: 'App', MetricData: [datum] })
    await page.call('GraniteServiceVersion20100801.PutMetricAlarm', {
      ...metric,
      AlarmName: 'too many',
      Statistic: 'Maximum',
      Period: 60,
      EvaluationPeriods: 3,
      DatapointsToAlarm: 2,
      Threshold: 5,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    })
    const set = { AlarmName: 'too many', StateValue: 'ALARM', StateReason: 'said so' }
    await page.call('GraniteServiceVersion20100801.SetAlarmState', set)
    const { alarms, series, feed } = await page.state()
    const alarm = alarms['too many']
    expect(alarm).toMatchObject({
      state: 'ALARM',
      reason: 'said so',
      metric: 'Waiting',
      statistic: 'Maximum',
      comparison: '≥',
      threshold: 5,
      periodSeconds: 60,
      evaluationPeriods: 3,
      datapointsToAlarm: 2,
      treatMissingData: 'missing',
      hasActions: false,
    })
    expect(series[alarm?.series ?? '']).toMatchObject({
      namespace: 'App',
      metric: 'Waiting',
      dimensions: 'Queue=q',
      statistic: 'Maximum',
      points: [[Date.UTC(2026, 0, 1), 7]],
    })
    expect(Object.values(feed)).toMatchObject([
      {
        kind: 'alarm',
        tone: 'bad',
        subject: 'too many',
        title: 'INSUFFICIENT_DATA → ALARM',
        detail: 'said so',
      },
    ])
  })
})
