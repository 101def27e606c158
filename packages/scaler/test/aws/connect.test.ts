import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { connectAws } from '../../src/index.js'
import type { Aws, ConnectOptions } from '../../src/index.js'
import type { AwsCallError } from '../../src/errors.js'

/** Answers by operation name (`GetQueueUrl`), as AWS's JSON protocol names it; `hang` never answers. */
type Answers = Record<string, { status?: number; body: Record<string, unknown> } | 'hang'>

const opened: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const close of opened.splice(0).toReversed()) await close()
})

async function connectTo(
  answers: Answers,
  options: ConnectOptions = {},
): Promise<{ aws: Aws; seen: string[] }> {
  const seen: string[] = []
  const server = createServer((request, response) => {
    const operation = String(request.headers['x-amz-target']).split('.').at(-1) ?? ''
    seen.push(operation)
    const answer = answers[operation]
    if (answer === 'hang') return
    response.writeHead(answer?.status ?? (answer ? 200 : 501), {
      'content-type': 'application/x-amz-json-1.1',
    })
    response.end(JSON.stringify(answer?.body ?? { __type: 'UnknownOperationException' }))
  })
  const endpoint = await listen(server)
  const aws = connectAws({ endpoint, ...options })
  opened.push(() => aws.close())
  return { aws, seen }
}

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  opened.push(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const url = { body: { QueueUrl: 'https://sqs.us-east-1.amazonaws.com/123456789012/thumbnails' } }
const refusal = (
  type: string,
  message = 'No.',
  status = 400,
): { status: number; body: Record<string, unknown> } => ({
  status,
  body: { __type: type, message },
})

async function failureOf(call: Promise<unknown>): Promise<AwsCallError> {
  return call.then(
    () => Promise.reject(new Error('The call succeeded.')),
    (error: unknown) => error as AwsCallError,
  )
}

describe('connectAws', () => {
  it('reads the three counts, at the endpoint although the QueueUrl names another host', async () => {
    const { aws, seen } = await connectTo({
      GetQueueUrl: url,
      GetQueueAttributes: {
        body: {
          Attributes: {
            ApproximateNumberOfMessages: '12',
            ApproximateNumberOfMessagesNotVisible: '3',
            ApproximateNumberOfMessagesDelayed: '1',
          },
        },
      },
    })
    expect(await aws.queueCounts('thumbnails')).toEqual({ visible: 12, inFlight: 3, delayed: 1 })
    await aws.queueCounts('thumbnails')
    await aws.queueCounts(url.body.QueueUrl)
    expect(seen).toEqual(['GetQueueUrl', 'GetQueueAttributes', 'GetQueueAttributes', 'GetQueueAttributes'])
  })

  it('takes an answer without a count as a failure, never as 0', async () => {
    const { aws } = await connectTo({
      GetQueueUrl: url,
      GetQueueAttributes: { body: { Attributes: { ApproximateNumberOfMessages: '12' } } },
      DescribeServices: { body: { services: [{ status: 'ACTIVE', desiredCount: 2 }] } },
    })
    expect((await failureOf(aws.queueCounts('thumbnails'))).message).toContain(
      'without ApproximateNumberOfMessagesNotVisible',
    )
    expect((await failureOf(aws.serviceCounts({ cluster: 'c', service: 's' }))).message).toContain(
      'without its task counts',
    )
  })

  it('asks for the URL again when a queue has gone', async () => {
    const { aws, seen } = await connectTo({
      GetQueueUrl: url,
      GetQueueAttributes: refusal('com.amazonaws.sqs#QueueDoesNotExist'),
    })
    await failureOf(aws.queueCounts('thumbnails'))
    await failureOf(aws.queueCounts('thumbnails'))
    expect(seen.filter((name) => name === 'GetQueueUrl')).toHaveLength(2)
  })

  it('says which queue, service or cluster it did not find', async () => {
    const { aws } = await connectTo({
      GetQueueUrl: refusal('com.amazonaws.sqs#QueueDoesNotExist'),
      DescribeServices: { body: { services: [], failures: [{ arn: 'x', reason: 'MISSING' }] } },
      RegisterScalableTarget: refusal('ValidationException', "ECS service doesn't exist: service/media/x"),
    })
    const service = { cluster: 'media', service: 'thumbnails' }
    const noQueue = await failureOf(aws.queueCounts('thumbnails'))
    expect(noQueue.code).toBe('QUEUE_NOT_FOUND')
    expect(noQueue.message).toMatch(
      /^Queue "thumbnails" was not found at http:.* Create it, or correct `queue`/,
    )
    const noService = await failureOf(aws.serviceCounts(service))
    expect(noService.code).toBe('SERVICE_NOT_FOUND')
    expect(noService.message).toMatch(/^Service "thumbnails" in cluster "media" was not found/)
    const target = { resourceId: 'service/media/x', minCapacity: 0, maxCapacity: 1, suspended: undefined }
    expect((await failureOf(aws.registerScalableTarget(target, {}))).code).toBe('SERVICE_NOT_FOUND')

    const { aws: other } = await connectTo({ DescribeServices: refusal('ClusterNotFoundException') })
    const noCluster = await failureOf(other.serviceCounts(service))
    expect(noCluster.code).toBe('CLUSTER_NOT_FOUND')
    expect(noCluster.message).toMatch(/^Cluster "media" was not found .* correct `cluster`/)
  })

  it('takes a deleted service for one that is not there', async () => {
    const { aws } = await connectTo({
      DescribeServices: {
        body: { services: [{ status: 'INACTIVE', desiredCount: 0, runningCount: 0, pendingCount: 0 }] },
      },
    })
    const failure = await failureOf(aws.serviceCounts({ cluster: 'media', service: 'thumbnails' }))
    expect(failure).toMatchObject({ code: 'SERVICE_NOT_FOUND' })
    expect(failure.message).toContain('is INACTIVE')
  })

  it('names the action that is not allowed', async () => {
    const { aws } = await connectTo({
      GetQueueUrl: refusal('AccessDeniedException', 'User: x is not authorized'),
    })
    const failure = await failureOf(aws.queueCounts('thumbnails'))
    expect(failure.code).toBe('ACCESS_DENIED')
    expect(failure.message).toBe(
      'Not allowed: sqs:GetQueueUrl on queue "thumbnails". Grant this action to the role that runs this. AWS says: User: x is not authorized.',
    )
  })

  it('tells expired credentials and throttling apart from the rest', async () => {
    const { aws } = await connectTo({
      GetQueueUrl: refusal('ExpiredTokenException', 'The security token is expired'),
      DescribeServices: refusal('ThrottlingException', 'Rate exceeded'),
      DescribeScalableTargets: refusal('ValidationException', 'Odd input'),
    })
    expect((await failureOf(aws.queueCounts('q'))).code).toBe('CREDENTIALS_INVALID')
    expect((await failureOf(aws.serviceCounts({ cluster: 'c', service: 's' }))).code).toBe('THROTTLED')
    const other = await failureOf(aws.scalableTarget('service/c/s'))
    expect(other.code).toBe('CALL_FAILED')
    expect(other.message).toBe(
      'application-autoscaling:DescribeScalableTargets on service/c/s failed: ValidationException: Odd input.',
    )
  })

  it('says which endpoint it could not reach, and what set it', async () => {
    const server = createServer()
    const endpoint = await listen(server)
    await opened.pop()?.()
    const aws = connectAws({ endpoint })
    opened.push(() => aws.close())
    const failure = await failureOf(aws.queueCounts('thumbnails'))
    expect(failure.code).toBe('ENDPOINT_UNREACHABLE')
    expect(failure.message).toContain(`Could not reach ${endpoint} (connection refused).`)
  })

  it('ends a call at its deadline', async () => {
    const { aws } = await connectTo({ GetQueueUrl: 'hang' }, { callTimeout: '100ms' })
    const failure = await failureOf(aws.queueCounts('thumbnails'))
    expect(failure.code).toBe('CALL_TIMED_OUT')
    expect(failure.message).toContain('did not answer within 0.1 s at http://127.0.0.1')
  })

  it('ends a call at once when its caller gives up', async () => {
    const { aws } = await connectTo({ GetQueueUrl: 'hang' })
    const abort = new AbortController()
    const call = failureOf(aws.queueCounts('thumbnails', abort.signal))
    abort.abort()
    expect((await call).code).toBe('CALL_ABORTED')
  })
})
