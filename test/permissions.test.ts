// The statements of `longshore iam` against what the code calls: every action that a role makes is allowed to it, and
// nothing is allowed that it does not make, but for what others ask of it, named below with the reason.
import {
  CreateClusterCommand,
  CreateServiceCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { CreateQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { createProducer, createWorker, deadLetter, defineQueue, retry } from '@longshore/core'
import { startLocalAws } from '@longshore/local'
import type { LocalAws, LocalCall } from '@longshore/local'
import {
  applyChanges,
  connectAws,
  createScaler,
  defineService,
  lintAccount,
  permissionsOf,
  planFor,
  proposeChanges,
  proposeRemoval,
  readStatus,
  taskLease,
} from '@longshore/scaler'
import type { Aws, PermissionScope, Role, Service, ServiceConfig, Statement } from '@longshore/scaler'
import { dynamoDbLease } from '@longshore/scaler/dynamodb-lease'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { z } from 'zod'
import { startDynamoDb } from './contract/dynamodb-server.js'
import { eventually } from './contract/endpoint.js'

const PREFIXES: Readonly<Record<string, string>> = {
  sqs: 'sqs',
  ecs: 'ecs',
  cloudwatch: 'cloudwatch',
  autoscaling: 'application-autoscaling',
}
const place = { region: 'us-east-1', accountId: '000000000000', deadLetterQueues: ['thumbnails-dead'] }

let aws: LocalAws
let calls: LocalCall[]

beforeEach(async () => {
  calls = []
  aws = await startLocalAws({ onCall: (call) => calls.push(call) })
  for (const [name, value] of Object.entries(aws.environment)) vi.stubEnv(name, value)
  await createQueuesAndService()
  calls.length = 0
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await aws.close()
})

async function createQueuesAndService(): Promise<void> {
  const sqs = new SQSClient({ useQueueUrlAsEndpoint: false })
  const ecs = new ECSClient({})
  const RedrivePolicy = JSON.stringify({
    deadLetterTargetArn: 'arn:aws:sqs:us-east-1:000000000000:thumbnails-dead',
    maxReceiveCount: 5,
  })
  await sqs.send(
    new CreateQueueCommand({
      QueueName: 'thumbnails-dead',
      Attributes: { MessageRetentionPeriod: '1209600' },
    }),
  )
  await sqs.send(new CreateQueueCommand({ QueueName: 'thumbnails', Attributes: { RedrivePolicy } }))
  await ecs.send(new CreateClusterCommand({ clusterName: 'media' }))
  await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: 'worker',
      containerDefinitions: [{ name: 'worker', image: 'node', memory: 128, command: ['true'] }],
    }),
  )
  const service = { cluster: 'media', serviceName: 'thumbnails', taskDefinition: 'worker', desiredCount: 0 }
  await ecs.send(new CreateServiceCommand(service))
  sqs.destroy()
  ecs.destroy()
}

function serviceOf(changes: Partial<ServiceConfig> = {}): Service {
  return defineService({
    cluster: 'media',
    service: 'thumbnails',
    queue: 'thumbnails',
    tasks: { min: 0, max: 10, concurrency: 20 },
    handling: { mean: '400ms' },
    objective: { wait: { p99: '60s' } },
    ...changes,
  })
}

function connected(): Aws {
  const connection = connectAws()
  onTestFinished(() => connection.close())
  return connection
}

/** The actions of the calls so far, as IAM names them: a batch is judged as the single call. */
function called(): string[] {
  const actions = calls.map(
    ({ service, operation }) => `${PREFIXES[service] ?? service}:${operation.replace(/Batch$/, '')}`,
  )
  return [...new Set(actions)].toSorted()
}

function statementsOf(service: Service, role: Role): readonly Statement[] {
  return permissionsOf(service, planFor(service), place)[role].Statement
}

function allowed(service: Service, role: Role): string[] {
  return [...new Set(statementsOf(service, role).flatMap(({ Action }) => Action))].toSorted()
}

function without(actions: readonly string[], others: Readonly<Record<string, string>>): string[] {
  return actions.filter((action) => !(action in others))
}

describe('the statements of a role allow what it calls, and nothing else', () => {
  it('worker', async () => {
    const queue = defineQueue({ name: 'thumbnails', message: z.object({ id: z.number() }) })
    const producer = createProducer(queue)
    await producer.sendAll([{ id: 0 }, { id: 1 }, { id: 2 }])
    await producer.close()
    calls.length = 0
    const worker = createWorker(
      queue,
      ({ id }) => [undefined, deadLetter('never'), retry({ after: '1m' })][id],
      { log: false, waitTime: '1s' },
    )
    let settled = 0
    worker.on('delivery:settled', () => (settled += 1))
    await worker.start()
    await eventually(() => Promise.resolve(settled === 3 ? true : undefined))
    await worker.stop()
    const ofTheAgent = { 'ecs:UpdateTaskProtection': 'the ECS agent calls it for the task, with its role' }
    expect(called()).toEqual(without(allowed(serviceOf(), 'worker'), ofTheAgent))
  })

  it.each<[string, Partial<ServiceConfig>]>([
    ['publisher', {}],
    ['publisher of a fair queue', { queue: undefined, queues: [{ name: 'thumbnails', fair: true }] }],
    ['publisher by measured times', { handling: { mean: '400ms', measured: true } }],
  ])('%s', async (_name, changes) => {
    const service = serviceOf(changes)
    const scaler = createScaler(service, { aws: connected() })
    await scaler.beat()
    await scaler.stop()
    expect(called()).toEqual(allowed(service, 'publisher'))
    expect(statementsOf(service, 'controller')).toEqual([])
  })

  it.each(['desired', 'min'] as const)('controller of %s', async (sets) => {
    const connection = connected()
    const service = serviceOf({ strategy: 'controller', controller: { sets } })
    await applyChanges((await proposeChanges(service, connection)).changes, { aws: connection })
    const sqs = new SQSClient({ useQueueUrlAsEndpoint: false })
    onTestFinished(() => sqs.destroy())
    const QueueUrl = `${aws.endpoint}/000000000000/thumbnails`
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }))
    calls.length = 0
    const scaler = createScaler(service, { aws: connection })
    await eventually(async () => {
      const beat = await scaler.beat()
      return beat.outcome === 'published' && beat.capacity?.kind === 'set' ? true : undefined
    })
    await scaler.stop()
    expect(called()).toEqual(allowed(service, 'controller'))
    expect(statementsOf(service, 'publisher')).toEqual([])
  })

  it('who holds a lease', async () => {
    const server = await startDynamoDb()
    onTestFinished(() => server.close())
    const client = new DynamoDBClient({ endpoint: server.endpoint })
    onTestFinished(() => client.destroy())
    const commands = new Set<string>()
    client.middlewareStack.add(
      (next, { commandName = '' }) =>
        (input) => {
          commands.add(`dynamodb:${commandName.replace(/Command$/, '')}`)
          return next(input)
        },
      { step: 'initialize' },
    )
    const lease = dynamoDbLease({ table: 'leases', key: 'media/thumbnails', client })
    expect(await lease.hold()).toBe(true)
    await lease.release()
    const service = serviceOf()
    const of = (scope: Partial<PermissionScope>): readonly Statement[] =>
      permissionsOf(service, planFor(service), { ...place, ...scope }).publisher.Statement
    const added = of({ leaseTable: 'leases' }).slice(of({}).length)
    expect(added).toMatchObject([{ Resource: 'arn:aws:dynamodb:us-east-1:000000000000:table/leases' }])
    expect(added.flatMap(({ Action }) => Action).toSorted()).toEqual([...commands].toSorted())
  })

  it('worker that publishes', async () => {
    const service = serviceOf()
    const connection = connected()
    const ofItself = allowed(service, 'worker')
    const scaler = createScaler(service, { aws: connection })
    await scaler.beat()
    await scaler.stop()
    // With a task to describe: none runs here.
    const taskArn = 'arn:aws:ecs:us-east-1:000000000000:task/media/0123456789abcdef0123456789abcdef'
    await taskLease({ aws: connection, service, taskArn }).hold()
    await connection.runningTasks(service, [taskArn])
    const scope = { ...place, publishesInWorkers: true }
    const roles = permissionsOf(service, planFor(service), scope)
    const all = roles.worker.Statement.flatMap(({ Action }) => Action)
    expect([...new Set([...called(), ...ofItself])].toSorted()).toEqual([...new Set(all)].toSorted())
    expect(roles.publisher.Statement).toEqual([])
  })

  it.each<[string, Partial<ServiceConfig>]>([
    ['deployer', { strategy: 'ladder' }],
    ['deployer of metric math', { targetTracking: { metric: 'math' } }],
  ])('%s', async (_name, config) => {
    const connection = connected()
    const service = serviceOf({
      ...config,
      policies: {
        cpu: { target: 70 },
        predictive: { metric: 'cpu', target: 60 },
        steps: [
          {
            name: 'pressure',
            metric: { namespace: 'Own', name: 'Pressure', statistic: 'Maximum' },
            period: '60s',
            when: 'above',
            steps: [{ at: 5, by: 1 }],
          },
        ],
      },
      schedules: [{ name: 'mornings', when: 'cron(0 8 * * ? *)', min: 1 }],
    })
    const { changes } = await proposeChanges(service, connection)
    await applyChanges(changes, { aws: connection })
    await readStatus(service, { aws: connection })
    // What status asks while more tasks run than are desired.
    const taskArn = 'arn:aws:ecs:us-east-1:000000000000:task/media/0123456789abcdef0123456789abcdef'
    await connection.protectedTasks(service, [...(await connection.serviceTasks(service)), taskArn])
    await lintAccount(service, { aws: connection })
    expect((await proposeChanges(service, connection)).changes).toEqual([])
    await applyChanges((await proposeRemoval(service, connection)).changes, { aws: connection })
    const ofOthers = {
      'ecs:UpdateService': 'Application Auto Scaling asks it of whoever registers a target',
      'iam:CreateServiceLinkedRole': 'AWS makes the role with the first target of an account',
      'application-autoscaling:TagResource': 'registering with tags asks it',
      'cloudwatch:TagResource': 'an alarm with tags asks it',
      'cloudwatch:GetMetricData': 'Application Auto Scaling asks it for predictive scaling',
    }
    expect(called()).toEqual(without(allowed(service, 'deployer'), ofOthers))
  })
})

it('a statement names its resources, or narrows by conditions, where AWS knows either', () => {
  // The service authorization reference lists these without resources.
  const knowsNone =
    /^(application-autoscaling:Describe\w+|cloudwatch:(DescribeAlarms|GetMetricData)|ecs:DescribeTaskDefinition)$/
  const policies = { predictive: { metric: 'cpu', target: 60 } } as const
  const services = [
    serviceOf({ policies }),
    serviceOf({ strategy: 'controller' }),
    serviceOf({ strategy: 'controller', controller: { sets: 'min' } }),
  ]
  for (const service of services) {
    const documents = [false, true].flatMap((publishesInWorkers) =>
      Object.values(permissionsOf(service, planFor(service), { ...place, publishesInWorkers })),
    )
    for (const { Sid, Action, Resource, Condition } of documents.flatMap(({ Statement: all }) => all)) {
      const isNarrow = Resource !== '*' || Condition !== undefined
      expect(isNarrow || Action.every((action) => knowsNone.test(action)), Sid).toBe(true)
      // Names end in a star only where AWS makes their rest.
      for (const arn of [Resource].flat())
        expect(arn).toMatch(/^(\*|arn:aws:[\w-]+:.*[^*]|.*(task|alarm|scalable-target).*\*)$/)
    }
  }
})
