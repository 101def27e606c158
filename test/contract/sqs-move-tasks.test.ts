import {
  CancelMessageMoveTaskCommand,
  DeleteQueueCommand,
  ListMessageMoveTasksCommand,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs'
import type {
  CreateQueueCommandInput,
  ListMessageMoveTasksResultEntry,
  StartMessageMoveTaskCommandInput,
} from '@aws-sdk/client-sqs'
import { describe, expect } from 'vitest'

import { eventually, refusal, rule, useEndpoint } from './endpoint.js'

const sqs = useEndpoint()

interface DeadLetters {
  readonly source: string
  readonly dead: string
  readonly deadArn: string
}

/** At a rate of one a second a task goes on for long enough to be looked at, on the slowest server. */
const MANY = Array.from({ length: 15 }, (_, index) => `message ${index}`)
const SLOWLY = { MaxNumberOfMessagesPerSecond: 1 }

/** A queue whose messages have all come to its dead-letter queue. */
async function deadLetters(
  bodies: readonly string[],
  attributes: CreateQueueCommandInput['Attributes'] = {},
): Promise<DeadLetters> {
  const dead = await sqs.createQueue(attributes)
  const deadArn = await sqs.arnOf(dead)
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: deadArn, maxReceiveCount: 1 })
  const source = await sqs.createQueue({ ...attributes, RedrivePolicy, VisibilityTimeout: '0' })
  const more = attributes.FifoQueue === 'true' ? { MessageGroupId: 'a' } : {}
  for (const body of bodies) {
    await sqs.send(source, body, 'MessageGroupId' in more ? { ...more, MessageDeduplicationId: body } : {})
  }
  await eventually(async () => {
    await sqs.receive(source)
    return (await sqs.counts(dead)).visible >= bodies.length ? true : undefined
  })
  return { source, dead, deadArn }
}

async function start(
  SourceArn: string,
  more: Partial<StartMessageMoveTaskCommandInput> = {},
): Promise<string> {
  const answer = await sqs.client.send(new StartMessageMoveTaskCommand({ SourceArn, ...more }))
  return answer.TaskHandle ?? ''
}

async function newest(SourceArn: string): Promise<ListMessageMoveTasksResultEntry | undefined> {
  const { Results = [] } = await sqs.client.send(new ListMessageMoveTasksCommand({ SourceArn }))
  return Results[0]
}

const ended = (SourceArn: string): Promise<ListMessageMoveTasksResultEntry> =>
  eventually(async () => {
    const task = await newest(SourceArn)
    return task?.Status === 'RUNNING' || task?.Status === 'CANCELLING' ? undefined : task
  })

const cancel = (TaskHandle: string): Promise<unknown> =>
  sqs.client.send(new CancelMessageMoveTaskCommand({ TaskHandle }))

async function bodiesOf(QueueUrl: string, count: number): Promise<string[]> {
  const bodies: string[] = []
  await eventually(async () => {
    const messages = await sqs.receive(QueueUrl, { VisibilityTimeout: 600 })
    bodies.push(...messages.map(({ Body = '' }) => Body))
    return bodies.length >= count ? true : undefined
  })
  return bodies
}

describe('moving dead letters', () => {
  rule('a move task without a destination moves messages back to where they came from', async () => {
    const { source, dead, deadArn } = await deadLetters(['a', 'b'])
    await start(deadArn)
    expect(await ended(deadArn)).toMatchObject({
      Status: 'COMPLETED',
      SourceArn: deadArn,
      ApproximateNumberOfMessagesMoved: 2,
      ApproximateNumberOfMessagesToMove: 2,
    })
    expect((await bodiesOf(source, 2)).toSorted()).toEqual(['a', 'b'])
    expect(await sqs.counts(dead)).toMatchObject({ visible: 0, inFlight: 0 })
  })

  rule('a move task with a destination moves all messages there', async () => {
    const { deadArn } = await deadLetters(['a', 'b'])
    const other = await sqs.createQueue()
    const DestinationArn = await sqs.arnOf(other)
    await start(deadArn, { DestinationArn })
    expect(await ended(deadArn)).toMatchObject({ Status: 'COMPLETED', DestinationArn })
    expect((await bodiesOf(other, 2)).toSorted()).toEqual(['a', 'b'])
  })

  rule('a task that has ended has no handle, one that runs has', async () => {
    const { deadArn } = await deadLetters(MANY)
    const TaskHandle = await start(deadArn, SLOWLY)
    const running = await eventually(() => newest(deadArn))
    expect(running).toMatchObject({ Status: 'RUNNING', TaskHandle, ...SLOWLY })
    expect(running.StartedTimestamp).toBeGreaterThan(1_600_000_000_000)
    await cancel(TaskHandle)
    expect((await ended(deadArn)).TaskHandle).toBeUndefined()
  })

  rule('a moved message is a new one: it has another id', async () => {
    const { source, dead, deadArn } = await deadLetters(['a'])
    const before = await sqs.receiveOne(dead, { VisibilityTimeout: 0 })
    await start(deadArn)
    await ended(deadArn)
    const after = await sqs.receiveOne(source)
    expect(after.Body).toBe('a')
    expect(after.MessageId).not.toBe(before.MessageId)
  })

  rule('a rate of 1 takes three seconds for four messages', async () => {
    const { deadArn } = await deadLetters(['a', 'b', 'c', 'd'])
    const DestinationArn = await sqs.arnOf(await sqs.createQueue())
    const started = performance.now()
    await start(deadArn, { DestinationArn, ...SLOWLY })
    expect(await ended(deadArn)).toMatchObject({ ApproximateNumberOfMessagesMoved: 4 })
    expect(performance.now() - started).toBeGreaterThanOrEqual(2_900)
  })

  rule('dead letters of a FIFO queue go back in their order', async () => {
    const { source, deadArn } = await deadLetters(['1', '2', '3'], { FifoQueue: 'true' })
    await start(deadArn)
    await ended(deadArn)
    expect(await bodiesOf(source, 3)).toEqual(['1', '2', '3'])
  })
})

describe('the end of a move task', () => {
  rule('a cancelled task says how many it has moved, and leaves the rest', async () => {
    const { dead, deadArn } = await deadLetters(MANY)
    const TaskHandle = await start(deadArn, SLOWLY)
    const answer = await sqs.client.send(new CancelMessageMoveTaskCommand({ TaskHandle }))
    expect(answer.ApproximateNumberOfMessagesMoved).toBeLessThan(MANY.length)
    expect(await ended(deadArn)).toMatchObject({
      Status: 'CANCELLED',
      ApproximateNumberOfMessagesToMove: MANY.length,
    })
    expect((await sqs.counts(dead)).visible).toBeGreaterThan(0)
  })

  rule('a task whose destination is deleted fails and says why', async () => {
    const { deadArn } = await deadLetters(MANY)
    const other = await sqs.createQueue()
    const DestinationArn = await sqs.arnOf(other)
    await start(deadArn, { DestinationArn, ...SLOWLY })
    await sqs.client.send(new DeleteQueueCommand({ QueueUrl: other }))
    const { Status, FailureReason } = await ended(deadArn)
    expect([Status, FailureReason]).toEqual(['FAILED', 'AWS.SimpleQueueService.NonExistentQueue'])
  })

  rule('a message that was sent to the dead-letter queue itself has no source to go to', async () => {
    const { dead, deadArn } = await deadLetters([])
    await sqs.send(dead)
    await start(deadArn)
    const { Status, FailureReason } = await ended(deadArn)
    expect([Status, FailureReason]).toEqual(['FAILED', 'CouldNotDetermineMessageSource'])
    expect(await sqs.counts(dead)).toMatchObject({ visible: 1 })
  })
})

describe('what is refused of a move task', () => {
  rule('a queue that is nobody’s dead-letter queue cannot be moved from', async () => {
    const refused = await refusal(start(await sqs.arnOf(await sqs.createQueue())))
    expect(refused).toMatchObject({ name: 'InvalidParameterValue', status: 400 })
    expect(refused.message).toBe('Source queue must be configured as a Dead Letter Queue.')
  })

  rule('a queue has one active task at a time', async () => {
    const { deadArn } = await deadLetters(MANY)
    await start(deadArn, SLOWLY)
    const refused = await refusal(start(deadArn))
    expect(refused).toMatchObject({ name: 'InvalidParameterValue', status: 400 })
    expect(refused.message).toContain('There is already a task running.')
  })

  rule('a missing source or destination of a task is not found', async () => {
    const { deadArn } = await deadLetters([])
    const missing = { name: 'ResourceNotFoundException', status: 404 }
    expect(await refusal(start(`${deadArn}-not`))).toMatchObject(missing)
    expect(await refusal(start(deadArn, { DestinationArn: `${deadArn}-not` }))).toMatchObject(missing)
  })

  rule('a rate outside 1 to 500 is refused', async () => {
    const { deadArn } = await deadLetters([])
    for (const MaxNumberOfMessagesPerSecond of [0, 501]) {
      const refused = await refusal(start(deadArn, { MaxNumberOfMessagesPerSecond }))
      expect(refused).toMatchObject({ name: 'InvalidParameterValue', status: 400 })
    }
  })

  rule('a task is moved to a queue of its source’s type', async () => {
    const { deadArn } = await deadLetters([])
    const DestinationArn = await sqs.arnOf(await sqs.createQueue({ FifoQueue: 'true' }))
    const refused = await refusal(start(deadArn, { DestinationArn }))
    expect(refused).toMatchObject({ name: 'InvalidParameterValue', status: 400 })
  })

  rule('a task handle that is none, or of no task, is refused', async () => {
    const { deadArn } = await deadLetters([])
    const nonsense = await refusal(cancel('nonsense'))
    expect(nonsense).toMatchObject({ name: 'InvalidParameterValue', status: 400 })
    const name = { taskId: '10f57157-fc38-4da9-a113-4de7e12d05aa', sourceArn: deadArn }
    const unknown = await refusal(cancel(Buffer.from(JSON.stringify(name)).toString('base64')))
    expect(unknown).toMatchObject({ name: 'ResourceNotFoundException', status: 404 })
    expect(unknown.message).toBe('Task does not exist.')
  })
})
