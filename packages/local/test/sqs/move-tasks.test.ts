import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { ACCOUNT_ID, LocalSqs } from './local-sqs.js'

const arn = (name: string): string => `arn:aws:sqs:eu-west-1:${ACCOUNT_ID}:${name}`
const redriveTo = (name: string): Record<string, string> => ({
  RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arn(name), maxReceiveCount: 1 }),
})

interface Task {
  readonly Status: string
  readonly TaskHandle?: string
  readonly ApproximateNumberOfMessagesMoved: number
  readonly FailureReason?: string
}

let local: LocalSqs
let dead: string
beforeEach(async () => {
  local = new LocalSqs()
  dead = await local.createQueue('dead')
})
afterEach(() => {
  local.sqs.close()
  expect(local.clock.pending).toBe(0)
})

/** Sends messages to a queue of this name, whose dead-letter queue is `dead`, and lets them come there. */
async function deadLetters(name: string, ...bodies: readonly string[]): Promise<string> {
  const queue = await local.createQueue(name, { VisibilityTimeout: '0', ...redriveTo('dead') })
  for (const body of bodies) await local.send(queue, body)
  for (let receive = 0; receive < 2; receive++) await local.receive(queue)
  return queue
}

async function start(more: Record<string, unknown> = {}): Promise<string> {
  const input = { SourceArn: arn('dead'), ...more }
  return (await local.call<{ TaskHandle: string }>('StartMessageMoveTask', input)).TaskHandle
}

async function tasks(more: Record<string, unknown> = {}): Promise<Task[]> {
  const input = { SourceArn: arn('dead'), ...more }
  return (await local.call<{ Results: Task[] }>('ListMessageMoveTasks', input)).Results
}

const newest = async (): Promise<Task | undefined> => (await tasks())[0]
const cancel = (TaskHandle: string): Promise<unknown> => local.call('CancelMessageMoveTask', { TaskHandle })

describe('a move task', () => {
  it('moves each message back to the queue that it came from', async () => {
    const one = await deadLetters('one', 'a', 'b')
    const two = await deadLetters('two', 'c')
    expect(await local.counts(dead)).toEqual([3, 0, 0])
    const handle = await start()
    expect(await tasks()).toEqual([
      {
        TaskHandle: handle,
        Status: 'RUNNING',
        SourceArn: arn('dead'),
        ApproximateNumberOfMessagesMoved: 0,
        ApproximateNumberOfMessagesToMove: 3,
        StartedTimestamp: local.clock.now(),
      },
    ])
    await local.clock.advance(0)
    expect([await local.bodies(one), await local.bodies(two)]).toEqual([['a', 'b'], ['c']])
    expect(await local.counts(dead)).toEqual([0, 0, 0])
    expect(await newest()).toMatchObject({ Status: 'COMPLETED', ApproximateNumberOfMessagesMoved: 3 })
    expect(await newest()).not.toMatchObject({ TaskHandle: expect.anything() as unknown })
  })

  it('makes new messages: their id and time are new, and nothing was received yet', async () => {
    const queue = await deadLetters('one', 'a')
    const [before] = await local.receive(dead, { VisibilityTimeout: 0 })
    await local.clock.advance(5_000)
    await start()
    await local.clock.advance(0)
    const after = await local.receiveOne(queue)
    expect(after.MessageId).not.toBe(before?.MessageId)
    expect(after.Attributes).toMatchObject({
      SentTimestamp: String(local.clock.now()),
      ApproximateReceiveCount: '1',
    })
    expect(after.Attributes).not.toHaveProperty('DeadLetterQueueSourceArn')
  })

  it('moves to the destination that it was given, which may be any queue of the type', async () => {
    await deadLetters('one', 'a', 'b')
    const other = await local.createQueue('other', { DelaySeconds: '3' })
    await start({ DestinationArn: arn('other') })
    await local.clock.advance(0)
    expect(await local.counts(other)).toEqual([0, 0, 2])
    await local.clock.advance(3_000)
    expect(await local.bodies(other)).toEqual(['a', 'b'])
  })

  it('moves no faster than its rate, the first message at once', async () => {
    await deadLetters('one', 'a', 'b', 'c', 'd')
    const other = await local.createQueue('other')
    await start({ DestinationArn: arn('other'), MaxNumberOfMessagesPerSecond: 2 })
    const counts: number[] = []
    for (let half = 0; half < 4; half++) {
      await local.clock.advance(half === 0 ? 0 : 500)
      counts.push((await local.counts(other))[0])
    }
    expect(counts).toEqual([1, 2, 3, 4])
    expect(await newest()).toMatchObject({ Status: 'COMPLETED', MaxNumberOfMessagesPerSecond: 2 })
  })

  it('keeps up with the highest rate', async () => {
    await deadLetters('one')
    for (let id = 0; id < 1_000; id++) await local.send(dead, 'x')
    const other = await local.createQueue('other')
    await start({ DestinationArn: arn('other'), MaxNumberOfMessagesPerSecond: 500 })
    await local.clock.advance(1_000)
    expect((await local.counts(other))[0]).toBeGreaterThan(490)
    expect((await local.counts(other))[0]).toBeLessThanOrEqual(501)
    await local.clock.advance(1_000)
    expect(await local.counts(other)).toEqual([1_000, 0, 0])
  })

  it('leaves what is in flight, and what comes while it runs', async () => {
    const queue = await deadLetters('one', 'held', 'a', 'b')
    await local.receiveOne(dead)
    await start({ MaxNumberOfMessagesPerSecond: 1 })
    await local.clock.advance(0)
    await deadLetters('two', 'later')
    await local.clock.advance(60_000)
    expect(await local.bodies(queue)).toEqual(['a', 'b'])
    expect(await local.counts(dead)).toEqual([2, 0, 0])
    expect(await newest()).toMatchObject({ Status: 'COMPLETED', ApproximateNumberOfMessagesMoved: 2 })
  })

  it('wakes a long poll on the queue that it moves to', async () => {
    const queue = await deadLetters('one', 'a')
    const poll = local.bodies(queue, { WaitTimeSeconds: 20 })
    await start()
    await local.clock.advance(0)
    expect(await poll).toEqual(['a'])
  })

  it('keeps the order of FIFO groups, under their deduplication ids', async () => {
    const fifoDead = await local.createFifo('dead')
    const queue = await local.createFifo('q', { VisibilityTimeout: '0', ...redriveTo('dead.fifo') })
    await local.sendInOrder(queue, 'a:1', 'a:2', 'b:1')
    for (let receive = 0; receive < 2; receive++) await local.receive(queue)
    const before = await local.receive(fifoDead, { VisibilityTimeout: 0 })
    await start({ SourceArn: arn('dead.fifo') })
    await local.clock.advance(0)
    const after = await local.receive(queue)
    expect(after.map(({ Body }) => Body)).toEqual(['a:1', 'a:2', 'b:1'])
    expect(after.map(({ Attributes }) => Attributes?.MessageDeduplicationId)).toEqual(
      before.map(({ Attributes }) => Attributes?.MessageDeduplicationId),
    )
  })
})

describe('a move task ends', () => {
  it('CANCELLED, by way of CANCELLING, with the rest left where it is', async () => {
    await deadLetters('one', 'a', 'b', 'c')
    const handle = await start({ MaxNumberOfMessagesPerSecond: 1 })
    await local.clock.advance(1_000)
    expect(await cancel(handle)).toEqual({ ApproximateNumberOfMessagesMoved: 2 })
    expect(await newest()).toMatchObject({ Status: 'CANCELLING' })
    await expect(cancel(handle)).rejects.toMatchObject({ code: 'ResourceNotFoundException' })
    await local.clock.advance(60_000)
    expect(await newest()).toMatchObject({ Status: 'CANCELLED', ApproximateNumberOfMessagesMoved: 2 })
    expect(await local.bodies(dead)).toEqual(['c'])
  })

  it('FAILED at a message that came from no queue, which stays', async () => {
    await deadLetters('one', 'a')
    await local.send(dead, 'sent here')
    await start()
    await local.clock.advance(0)
    const FailureReason = 'CouldNotDetermineMessageSource'
    const expected = { Status: 'FAILED', FailureReason, ApproximateNumberOfMessagesMoved: 1 }
    expect(await newest()).toMatchObject(expected)
    expect(await local.bodies(dead)).toEqual(['sent here'])
  })

  it('FAILED when a queue that it moves to, or from, is deleted', async () => {
    await deadLetters('one', 'a', 'b')
    const other = await local.createQueue('other')
    await start({ DestinationArn: arn('other'), MaxNumberOfMessagesPerSecond: 1 })
    await local.clock.advance(0)
    await local.call('DeleteQueue', { QueueUrl: other })
    await local.clock.advance(1_000)
    const FailureReason = 'AWS.SimpleQueueService.NonExistentQueue'
    expect(await newest()).toMatchObject({ Status: 'FAILED', FailureReason })
    expect(await local.bodies(dead, { VisibilityTimeout: 0 })).toEqual(['b'])
    await start({ MaxNumberOfMessagesPerSecond: 1 })
    await local.call('DeleteQueue', { QueueUrl: dead })
    await local.clock.advance(1_000)
    await expect(tasks()).rejects.toMatchObject({ code: 'ResourceNotFoundException', status: 404 })
  })
})

describe('move tasks', () => {
  it('are one at a time for a queue', async () => {
    await deadLetters('one', 'a', 'b')
    const handle = await start({ MaxNumberOfMessagesPerSecond: 1 })
    await expect(start()).rejects.toThrow('Only one active task is allowed')
    await cancel(handle)
    await expect(start()).rejects.toThrow('Only one active task is allowed')
    await local.clock.advance(0)
    await start()
  })

  it('are listed newest first, ten at most, one unless more are asked for', async () => {
    await deadLetters('one', 'a')
    for (let task = 1; task <= 11; task++) {
      await start({ MaxNumberOfMessagesPerSecond: task })
      await local.clock.advance(1_000)
    }
    const rates = (found: readonly object[]): unknown[] =>
      found.map((task) => Reflect.get(task, 'MaxNumberOfMessagesPerSecond'))
    expect(rates(await tasks())).toEqual([11])
    expect(rates(await tasks({ MaxResults: 10 }))).toEqual([11, 10, 9, 8, 7, 6, 5, 4, 3, 2])
    for (const MaxResults of [0, 11]) await expect(tasks({ MaxResults })).rejects.toThrow('between 1 and 10')
  })

  it.each([
    ['no source', { SourceArn: undefined }, 'must contain the parameter SourceArn'],
    ['a source that is no ARN', { SourceArn: 'dead' }, 'You must use this format to specify the SourceArn'],
    ['a destination that is no ARN', { DestinationArn: '' }, 'this format to specify the DestinationArn'],
    ['its own source for a destination', { DestinationArn: arn('dead') }, 'cannot be the same'],
    ['a rate of 0', { MaxNumberOfMessagesPerSecond: 0 }, 'between 1 and 500'],
    ['a rate of 501', { MaxNumberOfMessagesPerSecond: 501 }, 'between 1 and 500'],
    ['a queue that is no dead-letter queue', { SourceArn: arn('one') }, 'configured as a Dead Letter Queue'],
    ['a destination of another type', { DestinationArn: arn('f.fifo') }, 'of the same queue type'],
  ])('are refused with %s', async (_, more, text) => {
    await deadLetters('one')
    await local.createFifo('f')
    await expect(start(more)).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining(text) as string,
    })
  })

  it('are refused for queues that are not there', async () => {
    await deadLetters('one')
    const missing = { code: 'ResourceNotFoundException', status: 404 }
    await expect(start({ SourceArn: arn('not') })).rejects.toMatchObject(missing)
    await expect(start({ DestinationArn: arn('not') })).rejects.toMatchObject(missing)
    await expect(tasks({ SourceArn: arn('not') })).rejects.toMatchObject(missing)
  })

  it('are not found by a handle of another queue, or of nothing', async () => {
    const handleOf = (name: object): string => Buffer.from(JSON.stringify(name)).toString('base64')
    for (const TaskHandle of ['nonsense', handleOf({}), handleOf({ taskId: 1, sourceArn: arn('dead') })]) {
      await expect(cancel(TaskHandle)).rejects.toThrow('Value for parameter TaskHandle is invalid.')
    }
    const missing = { code: 'ResourceNotFoundException', status: 404 }
    const unknown = { taskId: 'x', sourceArn: arn('dead') }
    await expect(cancel(handleOf(unknown))).rejects.toMatchObject(missing)
    await expect(cancel(handleOf({ ...unknown, sourceArn: arn('not') }))).rejects.toMatchObject(missing)
  })
})
