// Whatever comes over the wire is answered, never as "our fault", and the next call is served.
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { Accounts } from '../../src/accounts.js'
import { TaskAgent } from '../../src/ecs/agent/task-agent.js'
import { startLocalAws } from '../../src/index.js'
import type { LocalAws } from '../../src/index.js'
import { readOptions } from '../../src/options.js'
import { AWS_SERVICES } from '../../src/server/protocols/aws-services.js'
import type { AwsService } from '../../src/server/protocols/aws-services.js'
import { encodeCbor } from '../../src/server/protocols/cbor-writer.js'
import { exchange, openSocket, readToEnd, sqsCall, target } from './raw-http.js'
import type { RawAnswer, RawCall } from './raw-http.js'

const RUNS = 400
let aws: LocalAws
let queueUrl: string
const calls: { readonly service: AwsService; readonly operation: string }[] = []

beforeAll(async () => {
  aws = await startLocalAws()
  queueUrl = `${aws.endpoint}/000000000000/q`
  await sqsCall(aws.endpoint, 'CreateQueue', { QueueName: 'q' })
  calls.push(...(await operationsHere()))
})
afterAll(() => aws.close())

/** Every operation of every service. */
async function operationsHere(): Promise<typeof calls> {
  const config = readOptions({})
  const agent = new TaskAgent({ clock: config.clock, endpoint: () => aws.endpoint })
  const accounts = new Accounts({ config, originMs: 0, settings: { agent }, environmentOf: () => ({}) })
  const { services } = accounts.of(config)
  const all = AWS_SERVICES.flatMap((service) =>
    Object.keys(services[service.name].operations).map((operation) => ({ service, operation })),
  )
  await accounts.closeAll()
  return all
}

// Names that operations read. Not among them: how long to wait, and what a container runs.
const NAMES =
  'QueueUrl QueueName Attributes AttributeNames Entries Id MessageBody MessageAttributes DataType StringValue DelaySeconds ReceiptHandle VisibilityTimeout MaxNumberOfMessages Tags TagKeys tags Key Value MessageGroupId MessageDeduplicationId NextToken MaxResults SourceArn TaskHandle Namespace MetricName MetricData Dimensions Name Values Counts StatisticValues Timestamp StartTime EndTime Period Statistics Unit MetricDataQueries MetricStat Metric Stat Expression AlarmName AlarmNames Threshold ComparisonOperator EvaluationPeriods Statistic Metrics StateValue StateReason ServiceNamespace ResourceId ScalableDimension MinCapacity MaxCapacity PolicyName PolicyType TargetTrackingScalingPolicyConfiguration StepScalingPolicyConfiguration ScheduledActionName Schedule cluster clusters clusterName serviceName service services taskDefinition family containerDefinitions desiredCount task tasks tags count protectionEnabled expiresInMinutes resourceArn'.split(
    ' ',
  )

const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<unknown>(
      'q',
      '',
      null,
      true,
      0,
      1,
      -1,
      10,
      1.5,
      1e300,
      'ecs',
      'service/c/s',
      '2026-01-01T00:00:00Z',
    ),
    fc.string({ unit: 'grapheme', maxLength: 12 }),
    fc.integer(),
    fc.array(tie('any'), { maxLength: 3 }),
    tie('members'),
  ),
  members: fc.dictionary(
    fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...NAMES) }, { weight: 1, arbitrary: fc.string() }),
    tie('any'),
    {
      maxKeys: 8,
    },
  ),
}))
const input = fc
  .tuple(value.members, fc.boolean())
  .map(([members, isOfQueue]) => Object.assign({}, members, isOfQueue && { QueueUrl: queueUrl }))
const which = fc.nat({ max: 10_000 })

const good = (answer: RawAnswer): void => {
  // 5xx would be a fault of ours.
  expect([answer.status < 500, answer.text]).toEqual([true, answer.text])
}

async function always<Value>(arbitrary: fc.Arbitrary<Value>, send: (given: Value) => RawCall): Promise<void> {
  const property = fc.asyncProperty(arbitrary, async (given) =>
    good(await exchange(aws.endpoint, send(given))),
  )
  await fc.assert(property, { numRuns: RUNS })
  expect((await sqsCall(aws.endpoint, 'ListQueues', {})).status).toBe(200)
}

const callAt = (at: number, among: readonly (typeof calls)[number][]): (typeof calls)[number] => {
  const call = among[at % among.length]
  if (call === undefined) throw new Error('There are no operations.')
  return call
}

describe('calls with any input are answered', { timeout: 60_000 }, () => {
  it('in AWS JSON', async () => {
    const spoken = calls.filter(({ service }) => service.target !== undefined)
    expect(spoken.length).toBeGreaterThan(50)
    await always(fc.tuple(which, input), ([at, members]) => {
      const { service, operation } = callAt(at, spoken)
      return { headers: target(`${service.target}.${operation}`), body: JSON.stringify(members) }
    })
  })

  it('in RPC v2 CBOR', async () => {
    const spoken = calls.filter(({ service }) => service.name === 'cloudwatch')
    const headers = { 'smithy-protocol': 'rpc-v2-cbor' }
    await always(fc.tuple(which, input), ([at, members]) => {
      const { service, operation } = callAt(at, spoken)
      return { path: `/service/${service.target}/operation/${operation}`, headers, body: encodeCbor(members) }
    })
  })

  it('in the query protocol', async () => {
    const spoken = calls.filter(({ service }) => service.query !== undefined)
    const part = fc.constantFrom(
      ...NAMES,
      '1',
      '2',
      'member',
      'Attribute',
      'Tag',
      'SendMessageBatchRequestEntry',
      '',
    )
    const name = fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('.'))
    const fields = fc.array(fc.tuple(name, fc.oneof(fc.string(), fc.constantFrom('q', '1', 'true'))), {
      maxLength: 12,
    })
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
    await always(fc.tuple(which, fields), ([at, pairs]) => {
      const { service, operation } = callAt(at, spoken)
      const form = new URLSearchParams(pairs)
      form.set('Action', operation)
      form.set('Version', service.query?.version ?? '')
      return { headers, body: form.toString() }
    })
  })
})

describe('bytes of any kind are answered', { timeout: 60_000 }, () => {
  it('as bodies', async () => {
    const kinds: Readonly<Record<string, string>>[] = [
      target('AmazonSQS.SendMessage'),
      { 'smithy-protocol': 'rpc-v2-cbor' },
      { 'Content-Type': 'application/x-www-form-urlencoded' },
      { ...target('AmazonSQS.SendMessage'), 'Content-Encoding': 'gzip' },
      { 'Content-Type': 'text/plain' },
    ]
    const path = '/service/GraniteServiceVersion20100801/operation/PutMetricData'
    await always(
      fc.tuple(fc.constantFrom(...kinds), fc.uint8Array({ maxLength: 200 })),
      ([headers, body]) => ({
        path,
        headers,
        body,
      }),
    )
  })

  it('as requests', async () => {
    const bytes = fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 100 }),
      fc.string({ minLength: 1 }).map((text) => Buffer.from(text)),
    )
    const property = fc.asyncProperty(bytes, async (sent) => {
      const socket = await openSocket(aws.port, { allowHalfOpen: true })
      const heard = readToEnd(socket)
      socket.end(sent)
      expect(await heard).toMatch(/^(HTTP\/1\.1 4\d\d .*)?$/s)
    })
    await fc.assert(property, { numRuns: 100 })
    expect((await sqsCall(aws.endpoint, 'ListQueues', {})).status).toBe(200)
  })
})
