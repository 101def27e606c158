import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs'
import { describe, expect } from 'vitest'

import { eventually, inTime, pause, refusal, rule, useEndpoint } from './endpoint.js'

const sqs = useEndpoint()

const deleteMessage = (QueueUrl: string, ReceiptHandle: string): Promise<unknown> =>
  sqs.client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))

const changeVisibility = (
  QueueUrl: string,
  ReceiptHandle: string,
  VisibilityTimeout: number,
): Promise<unknown> =>
  sqs.client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout }))

describe('the visibility timeout', () => {
  rule(
    'a received message is hidden until its timeout ends, and comes again with another handle',
    async () => {
      const QueueUrl = await sqs.createQueue({ VisibilityTimeout: '2' })
      await sqs.send(QueueUrl)
      const beganMs = performance.now()
      const first = await sqs.receiveOne(QueueUrl)
      const second = await sqs.receiveOne(QueueUrl, {
        MessageSystemAttributeNames: ['ApproximateReceiveCount'],
      })
      expect(performance.now() - beganMs).toBeGreaterThanOrEqual(1_900)
      expect(second.MessageId).toBe(first.MessageId)
      expect(second.handle).not.toBe(first.handle)
      expect(second.Attributes?.ApproximateReceiveCount).toBe('2')
    },
  )

  rule('a receive’s own timeout wins over the queue’s', async () => {
    const QueueUrl = await sqs.createQueue({ VisibilityTimeout: '600' })
    await sqs.send(QueueUrl)
    await sqs.receiveOne(QueueUrl, { VisibilityTimeout: 1 })
    await sqs.receiveOne(QueueUrl)
  })

  rule('a receive with a timeout of 0 leaves the message visible', async () => {
    const QueueUrl = await sqs.createQueue()
    await sqs.send(QueueUrl)
    await sqs.receiveOne(QueueUrl, { VisibilityTimeout: 0 })
    expect(await sqs.receive(QueueUrl)).toHaveLength(1)
  })

  rule('a queue’s new timeout holds for the receives that follow', async () => {
    const QueueUrl = await sqs.createQueue({ VisibilityTimeout: '600' })
    const Attributes = { VisibilityTimeout: '1' }
    await sqs.client.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }))
    await sqs.send(QueueUrl)
    await sqs.receiveOne(QueueUrl)
    await sqs.receiveOne(QueueUrl)
  })
})

describe('changing visibility', () => {
  rule('a change to 0 makes the message receivable at once', async () => {
    const QueueUrl = await sqs.createQueue({ VisibilityTimeout: '600' })
    await sqs.send(QueueUrl)
    const { handle } = await sqs.receiveOne(QueueUrl)
    await changeVisibility(QueueUrl, handle, 0)
    expect(await sqs.receive(QueueUrl)).toHaveLength(1)
  })

  rule('a change to 0 wakes a long poll', async () => {
    const QueueUrl = await sqs.createQueue({ VisibilityTimeout: '600' })
    await sqs.send(QueueUrl)
    const { handle } = await sqs.receiveOne(QueueUrl)
    const started = performance.now()
    const poll = sqs.receive(QueueUrl, { WaitTimeSeconds: 20 })
    await pause(300)
    await changeVisibility(QueueUrl, handle, 0)
    expect(await poll).toHaveLength(1)
    expect(performance.now() - started).toBeLessThan(15_000)
  })

  rule('an extension counts from the call and keeps the message hidden past its first timeout', async () => {
    const QueueUrl = await sqs.createQueue({ VisibilityTimeout: '2' })
    await sqs.send(QueueUrl)
    await inTime(2_000, async () => {
      const { handle } = await sqs.receiveOne(QueueUrl)
      await changeVisibility(QueueUrl, handle, 600)
    })
    await pause(2_500)
    expect(await sqs.receive(QueueUrl)).toEqual([])
    expect((await sqs.counts(QueueUrl)).inFlight).toBe(1)
  })

  rule('a message can be extended again and again with the handle of its receive', async () => {
    const QueueUrl = await sqs.createQueue({ VisibilityTimeout: '3' })
    await sqs.send(QueueUrl)
    // With two pauses of 1.6 s in it, 4.5 s leave less than the timeout of 3 s to each step.
    const handle = await inTime(4_500, async () => {
      const held = await sqs.receiveOne(QueueUrl)
      for (let beat = 0; beat < 2; beat++) {
        await pause(1_600)
        await changeVisibility(QueueUrl, held.handle, 3)
      }
      expect(await sqs.receive(QueueUrl)).toEqual([])
      return held.handle
    })
    await deleteMessage(QueueUrl, handle)
    expect(await sqs.counts(QueueUrl)).toEqual({ visible: 0, inFlight: 0, delayed: 0 })
  })

  rule('a shorter timeout brings the message back earlier', async () => {
    const QueueUrl = await sqs.createQueue({ VisibilityTimeout: '600' })
    await sqs.send(QueueUrl)
    const { handle } = await sqs.receiveOne(QueueUrl)
    await changeVisibility(QueueUrl, handle, 1)
    await sqs.receiveOne(QueueUrl)
  })

  rule('a change holds for one receive: the next has the queue’s timeout again', async () => {
    const QueueUrl = await sqs.createQueue({ VisibilityTimeout: '1' })
    await sqs.send(QueueUrl)
    const { handle } = await sqs.receiveOne(QueueUrl)
    await changeVisibility(QueueUrl, handle, 0)
    await sqs.receiveOne(QueueUrl)
    await sqs.receiveOne(QueueUrl)
  })

  rule('a change after the timeout has ended leaves the message receivable', async () => {
    const QueueUrl = await sqs.createQueue({ VisibilityTimeout: '1' })
    await sqs.send(QueueUrl)
    const { handle } = await sqs.receiveOne(QueueUrl)
    // Servers that look for ended timeouts once a second have seen this one by then.
    await pause(3_000)
    // SQS's reference names MessageNotInflight for this; its servers have been recorded to answer 200 and do nothing.
    await changeVisibility(QueueUrl, handle, 600).catch(() => {})
    await sqs.receiveOne(QueueUrl)
  })

  rule('a visibility change above 43,200 seconds is refused', async () => {
    const QueueUrl = await sqs.createQueue()
    await sqs.send(QueueUrl)
    const { handle } = await sqs.receiveOne(QueueUrl)
    for (const seconds of [43_201, -1]) {
      const refused = await refusal(changeVisibility(QueueUrl, handle, seconds))
      expect(refused).toMatchObject({ name: 'InvalidParameterValue', status: 400 })
    }
  })

  rule('extensions beyond 12 hours from the receive are refused', async () => {
    const QueueUrl = await sqs.createQueue()
    await sqs.send(QueueUrl)
    const { handle } = await sqs.receiveOne(QueueUrl)
    await pause(1_500)
    const refused = await refusal(changeVisibility(QueueUrl, handle, 43_200))
    expect(refused).toMatchObject({ name: 'InvalidParameterValue', status: 400 })
    expect(refused.message).toContain('beyond the limit')
    await changeVisibility(QueueUrl, handle, 43_100)
  })

  rule('the visibility of a deleted message cannot be changed', async () => {
    const QueueUrl = await sqs.createQueue()
    await sqs.send(QueueUrl)
    const { handle } = await sqs.receiveOne(QueueUrl)
    await deleteMessage(QueueUrl, handle)
    const refused = await refusal(changeVisibility(QueueUrl, handle, 10))
    expect(refused).toMatchObject({ name: 'InvalidParameterValue', status: 400 })
  })
})

describe('deleting', () => {
  rule('a deleted message never comes again', async () => {
    const QueueUrl = await sqs.createQueue({ VisibilityTimeout: '1' })
    await sqs.send(QueueUrl)
    await deleteMessage(QueueUrl, (await sqs.receiveOne(QueueUrl)).handle)
    expect(await sqs.receive(QueueUrl, { WaitTimeSeconds: 2 })).toEqual([])
  })

  rule('a second delete with the same handle succeeds', async () => {
    const QueueUrl = await sqs.createQueue()
    await sqs.send(QueueUrl)
    const { handle } = await sqs.receiveOne(QueueUrl)
    await deleteMessage(QueueUrl, handle)
    await deleteMessage(QueueUrl, handle)
  })

  rule('a message whose timeout has ended can be deleted while nobody else has received it', async () => {
    const QueueUrl = await sqs.createQueue({ VisibilityTimeout: '1' })
    await sqs.send(QueueUrl)
    const { handle } = await sqs.receiveOne(QueueUrl)
    await pause(1_500)
    await deleteMessage(QueueUrl, handle)
    expect(await sqs.receive(QueueUrl, { WaitTimeSeconds: 1 })).toEqual([])
  })

  rule('a delete with the handle of an earlier receive is answered without error', async () => {
    const QueueUrl = await sqs.createQueue({ VisibilityTimeout: '0' })
    await sqs.send(QueueUrl)
    const { handle } = await sqs.receiveOne(QueueUrl)
    await sqs.receiveOne(QueueUrl, { VisibilityTimeout: 600 })
    await deleteMessage(QueueUrl, handle)
  })

  rule('a handle that SQS did not give is refused', async () => {
    const QueueUrl = await sqs.createQueue()
    const expected = { name: 'ReceiptHandleIsInvalid', status: 404 }
    expect(await refusal(deleteMessage(QueueUrl, 'garbage'))).toMatchObject(expected)
    expect(await refusal(changeVisibility(QueueUrl, 'garbage', 10))).toMatchObject(expected)
  })

  rule('a handle of another queue is refused', async () => {
    const [one, other] = [await sqs.createQueue(), await sqs.createQueue()]
    await sqs.send(one)
    const { handle } = await sqs.receiveOne(one)
    const refused = await refusal(deleteMessage(other, handle))
    expect(refused).toMatchObject({ name: 'ReceiptHandleIsInvalid', status: 404 })
  })
})

describe('counts', () => {
  rule('a message is visible, then in flight, then gone', async () => {
    const QueueUrl = await sqs.createQueue()
    await sqs.send(QueueUrl)
    expect(await sqs.counts(QueueUrl)).toEqual({ visible: 1, inFlight: 0, delayed: 0 })
    const { handle } = await sqs.receiveOne(QueueUrl)
    expect(await sqs.counts(QueueUrl)).toEqual({ visible: 0, inFlight: 1, delayed: 0 })
    await deleteMessage(QueueUrl, handle)
    expect(await sqs.counts(QueueUrl)).toEqual({ visible: 0, inFlight: 0, delayed: 0 })
  })

  rule('counts go back to visible when a visibility timeout ends, without a receive', async () => {
    const QueueUrl = await sqs.createQueue({ VisibilityTimeout: '1' })
    await sqs.send(QueueUrl)
    await sqs.receiveOne(QueueUrl)
    await eventually(async () => {
      const { visible, inFlight } = await sqs.counts(QueueUrl)
      return visible === 1 && inFlight === 0 ? true : undefined
    })
  })
})
