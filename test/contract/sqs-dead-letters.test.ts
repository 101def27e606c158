import { ListDeadLetterSourceQueuesCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs'
import { describe, expect } from 'vitest'

import { eventually, refusal, rule, useEndpoint } from './endpoint.js'

const sqs = useEndpoint()

interface Pair {
  readonly source: string
  readonly target: string
}

/** A queue, and the dead-letter queue that its messages go to after `maxReceiveCount` receives. */
async function queueWithDeadLetters(maxReceiveCount: number): Promise<Pair> {
  const target = await sqs.createQueue()
  const deadLetterTargetArn = await sqs.arnOf(target)
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount })
  return { source: await sqs.createQueue({ RedrivePolicy, VisibilityTimeout: '0' }), target }
}

/** Receives from `source` until a message has come to `target`. */
async function moved({ source, target }: Pair): Promise<number> {
  let receives = 0
  await eventually(async () => {
    receives += (await sqs.receive(source)).length
    return (await sqs.counts(target)).visible > 0 ? true : undefined
  })
  return receives
}

const setRedrivePolicy = (QueueUrl: string, RedrivePolicy: string): Promise<unknown> =>
  sqs.client.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { RedrivePolicy } }))

describe('redrive', () => {
  rule('a message is received maxReceiveCount times, then moved', async () => {
    const pair = await queueWithDeadLetters(2)
    await sqs.send(pair.source)
    expect(await moved(pair)).toBe(2)
    expect(await sqs.receive(pair.source)).toEqual([])
    expect(await sqs.counts(pair.source)).toEqual({ visible: 0, inFlight: 0, delayed: 0 })
  })

  rule('a moved message keeps its id, body and attributes', async () => {
    const pair = await queueWithDeadLetters(1)
    const MessageAttributes = { kind: { DataType: 'String', StringValue: 'poison' } }
    const id = await sqs.send(pair.source, 'poison body', { MessageAttributes })
    await moved(pair)
    const message = await sqs.receiveOne(pair.target, { MessageAttributeNames: ['All'] })
    expect(message).toMatchObject({ MessageId: id, Body: 'poison body', MessageAttributes })
  })

  rule('a moved message names the queue it came from', async () => {
    const pair = await queueWithDeadLetters(1)
    await sqs.send(pair.source)
    await moved(pair)
    const message = await sqs.receiveOne(pair.target, { MessageSystemAttributeNames: ['All'] })
    expect(message.Attributes?.DeadLetterQueueSourceArn).toBe(await sqs.arnOf(pair.source))
  })

  rule('a message moves while others stay', async () => {
    const pair = await queueWithDeadLetters(2)
    await sqs.send(pair.source, 'poison')
    await sqs.receiveOne(pair.source)
    await sqs.receiveOne(pair.source)
    await sqs.send(pair.source, 'healthy')
    expect((await sqs.receiveOne(pair.source)).Body).toBe('healthy')
    await eventually(async () => ((await sqs.counts(pair.target)).visible === 1 ? true : undefined))
    expect((await sqs.receiveOne(pair.target)).Body).toBe('poison')
  })

  rule('a queue whose policy is removed moves nothing', async () => {
    const pair = await queueWithDeadLetters(1)
    await sqs.send(pair.source)
    await setRedrivePolicy(pair.source, '')
    expect(await sqs.attributes(pair.source)).not.toHaveProperty('RedrivePolicy')
    for (let receive = 0; receive < 3; receive++) await sqs.receiveOne(pair.source)
    expect(await sqs.counts(pair.target)).toMatchObject({ visible: 0 })
  })
})

describe('redrive policies', () => {
  rule('a RedrivePolicy is given back', async () => {
    const { source, target } = await queueWithDeadLetters(3)
    const { RedrivePolicy = '{}' } = await sqs.attributes(source)
    const policy = JSON.parse(RedrivePolicy) as Record<string, unknown>
    expect(policy.deadLetterTargetArn).toBe(await sqs.arnOf(target))
    expect(Number(policy.maxReceiveCount)).toBe(3)
  })

  rule('a RedrivePolicy that names a missing queue is refused', async () => {
    const QueueUrl = await sqs.createQueue()
    const deadLetterTargetArn = `${await sqs.arnOf(QueueUrl)}-missing`
    const refused = await refusal(
      setRedrivePolicy(QueueUrl, JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 3 })),
    )
    expect(refused).toMatchObject({ name: 'InvalidParameterValue', status: 400 })
  })

  rule('a maxReceiveCount outside 1 to 1,000 is refused', async () => {
    const { source, target } = await queueWithDeadLetters(3)
    const deadLetterTargetArn = await sqs.arnOf(target)
    for (const maxReceiveCount of [0, 1_001]) {
      const refused = await refusal(
        setRedrivePolicy(source, JSON.stringify({ deadLetterTargetArn, maxReceiveCount })),
      )
      expect(refused).toMatchObject({ name: 'InvalidParameterValue', status: 400 })
    }
  })

  rule('a RedrivePolicy that names no queue, or no count, is refused', async () => {
    const { source, target } = await queueWithDeadLetters(3)
    const arn = await sqs.arnOf(target)
    for (const policy of [{ maxReceiveCount: 3 }, { deadLetterTargetArn: arn }]) {
      const refused = await refusal(setRedrivePolicy(source, JSON.stringify(policy)))
      expect(refused).toMatchObject({ name: 'InvalidParameterValue', status: 400 })
    }
  })

  rule('a dead-letter queue’s sources are listed', async () => {
    const { source, target } = await queueWithDeadLetters(3)
    const answer = await sqs.client.send(new ListDeadLetterSourceQueuesCommand({ QueueUrl: target }))
    expect(answer.queueUrls).toEqual([source])
    const none = await sqs.client.send(new ListDeadLetterSourceQueuesCommand({ QueueUrl: source }))
    expect(none.queueUrls ?? []).toEqual([])
  })
})
