import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  ListQueueTagsCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  TagQueueCommand,
  UntagQueueCommand,
} from '@aws-sdk/client-sqs'
import type { QueueAttributeName } from '@aws-sdk/client-sqs'
import { describe, expect } from 'vitest'

import { eventually, refusal, rule, uniqueName, useEndpoint } from './endpoint.js'

const sqs = useEndpoint()

const nameOf = (queueUrl: string): string => queueUrl.slice(queueUrl.lastIndexOf('/') + 1)

describe('creating and finding queues', () => {
  rule('a QueueUrl ends in the account id and the queue’s name', async () => {
    const QueueName = uniqueName()
    const { QueueUrl } = await sqs.client.send(new CreateQueueCommand({ QueueName }))
    expect(QueueUrl).toMatch(new RegExp(`^https?://.+/\\d{12}/${QueueName}$`))
    await sqs.client.send(new DeleteQueueCommand({ QueueUrl }))
  })

  rule('GetQueueUrl gives the URL that CreateQueue gave', async () => {
    const created = await sqs.createQueue()
    const { QueueUrl } = await sqs.client.send(new GetQueueUrlCommand({ QueueName: nameOf(created) }))
    expect(QueueUrl).toBe(created)
  })

  rule('creating a queue again with the same attributes gives the same queue', async () => {
    const created = await sqs.createQueue({ VisibilityTimeout: '11' })
    await sqs.send(created, 'still here')
    const again = new CreateQueueCommand({
      QueueName: nameOf(created),
      Attributes: { VisibilityTimeout: '11' },
    })
    expect((await sqs.client.send(again)).QueueUrl).toBe(created)
    expect((await sqs.receiveOne(created)).Body).toBe('still here')
  })

  rule('creating a queue again without attributes gives the same queue', async () => {
    const created = await sqs.createQueue({ VisibilityTimeout: '11' })
    const again = await sqs.client.send(new CreateQueueCommand({ QueueName: nameOf(created) }))
    expect(again.QueueUrl).toBe(created)
  })

  rule('creating a queue again with another value of an attribute is refused', async () => {
    const created = await sqs.createQueue({ DelaySeconds: '1' })
    const again = new CreateQueueCommand({ QueueName: nameOf(created), Attributes: { DelaySeconds: '2' } })
    const refused = await refusal(sqs.client.send(again))
    expect(refused).toMatchObject({ name: 'QueueNameExists', status: 400 })
    expect(refused.message).toContain('a different value for attribute DelaySeconds')
  })

  rule('a queue’s name may have 80 letters, digits, hyphens and underscores, and nothing else', async () => {
    const longest = `${uniqueName()}_${'x'.repeat(80)}`.slice(0, 80)
    const { QueueUrl } = await sqs.client.send(new CreateQueueCommand({ QueueName: longest }))
    expect(QueueUrl).toContain(longest)
    await sqs.client.send(new DeleteQueueCommand({ QueueUrl }))
    for (const QueueName of [`${longest}x`, 'with space', 'with.dot', 'ümlaut']) {
      const refused = await refusal(sqs.client.send(new CreateQueueCommand({ QueueName })))
      expect(refused).toMatchObject({ name: 'InvalidParameterValue', status: 400 })
    }
  })

  rule('every call on a queue that does not exist is refused as QueueDoesNotExist', async () => {
    const QueueUrl = `${await sqs.createQueue()}-not`
    const calls = [
      sqs.client.send(new GetQueueUrlCommand({ QueueName: uniqueName() })),
      sqs.client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] })),
      sqs.client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' })),
      sqs.client.send(new ReceiveMessageCommand({ QueueUrl })),
      sqs.client.send(new PurgeQueueCommand({ QueueUrl })),
      sqs.client.send(new DeleteQueueCommand({ QueueUrl })),
    ]
    for (const refused of await Promise.all(calls.map(refusal))) {
      expect(refused).toMatchObject({ name: 'QueueDoesNotExist', status: 400 })
    }
  })

  rule('ListQueues finds queues by the beginning of their names', async () => {
    const prefix = uniqueName()
    const names = ['-a', '-b', '-c'].map((end) => prefix + end)
    for (const QueueName of names) await sqs.client.send(new CreateQueueCommand({ QueueName }))
    const { QueueUrls = [] } = await sqs.client.send(new ListQueuesCommand({ QueueNamePrefix: prefix }))
    expect(QueueUrls.map(nameOf).sort()).toEqual(names)
    for (const QueueUrl of QueueUrls) await sqs.client.send(new DeleteQueueCommand({ QueueUrl }))
  })

  rule('ListQueues gives every queue once over its pages', async () => {
    const prefix = uniqueName()
    for (const end of ['-a', '-b', '-c', '-d', '-e']) {
      await sqs.client.send(new CreateQueueCommand({ QueueName: prefix + end }))
    }
    const found: string[] = []
    let NextToken: string | undefined
    do {
      const input = {
        QueueNamePrefix: prefix,
        MaxResults: 2,
        ...(NextToken === undefined ? {} : { NextToken }),
      }
      const page = await sqs.client.send(new ListQueuesCommand(input))
      found.push(...(page.QueueUrls ?? []))
      NextToken = page.NextToken
    } while (NextToken !== undefined)
    expect(found.map((url) => nameOf(url).slice(-2)).sort()).toEqual(['-a', '-b', '-c', '-d', '-e'])
    for (const QueueUrl of found) await sqs.client.send(new DeleteQueueCommand({ QueueUrl }))
  })
})

describe('attributes', () => {
  rule('a new queue has SQS’s defaults', async () => {
    const attributes = await sqs.attributes(await sqs.createQueue())
    expect(attributes).toMatchObject({
      VisibilityTimeout: '30',
      MaximumMessageSize: '1048576',
      MessageRetentionPeriod: '345600',
      DelaySeconds: '0',
      ReceiveMessageWaitTimeSeconds: '0',
      ApproximateNumberOfMessages: '0',
      ApproximateNumberOfMessagesNotVisible: '0',
      ApproximateNumberOfMessagesDelayed: '0',
    })
    expect(attributes.QueueArn).toMatch(/^arn:aws:sqs:us-east-1:\d{12}:contract-/)
    expect(Number(attributes.CreatedTimestamp)).toBeGreaterThan(1_600_000_000)
  })

  rule('GetQueueAttributes gives the attributes asked for and no others', async () => {
    const QueueUrl = await sqs.createQueue()
    const AttributeNames: QueueAttributeName[] = ['VisibilityTimeout', 'DelaySeconds']
    const { Attributes } = await sqs.client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }))
    expect(Attributes).toEqual({ VisibilityTimeout: '30', DelaySeconds: '0' })
  })

  rule('attributes that are set are given back', async () => {
    const QueueUrl = await sqs.createQueue()
    const Attributes = { VisibilityTimeout: '77', MaximumMessageSize: '2048', DelaySeconds: '3' }
    await sqs.client.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }))
    expect(await sqs.attributes(QueueUrl)).toMatchObject(Attributes)
  })

  rule('an unknown attribute is refused, read or set', async () => {
    const QueueUrl = await sqs.createQueue()
    const Colour = 'Colour' as QueueAttributeName
    const read = sqs.client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [Colour] }))
    const set = sqs.client.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { [Colour]: 'red' } }))
    // Both at once: the one that is refused first must not wait unheard for the other.
    for (const refused of await Promise.all([refusal(read), refusal(set)])) {
      expect(refused).toMatchObject({ name: 'InvalidAttributeName', status: 400 })
    }
  })

  const refusesOutside = async (name: QueueAttributeName, values: readonly string[]): Promise<void> => {
    const QueueUrl = await sqs.createQueue()
    const before = await sqs.attributes(QueueUrl)
    for (const value of values) {
      const input = { QueueUrl, Attributes: { [name]: value } }
      const refused = await refusal(sqs.client.send(new SetQueueAttributesCommand(input)))
      expect(refused).toMatchObject({ name: 'InvalidAttributeValue', status: 400 })
    }
    expect((await sqs.attributes(QueueUrl))[name]).toBe(before[name])
  }

  rule('a VisibilityTimeout outside 0 to 43,200 is refused as a queue attribute', () =>
    refusesOutside('VisibilityTimeout', ['-1', '43201', 'soon', '']),
  )
  rule('a MaximumMessageSize outside 1,024 to 1,048,576 is refused', () =>
    refusesOutside('MaximumMessageSize', ['1023', '1048577']),
  )
  rule('a MessageRetentionPeriod outside 60 to 1,209,600 is refused', () =>
    refusesOutside('MessageRetentionPeriod', ['59', '1209601']),
  )
  rule('a DelaySeconds outside 0 to 900 is refused as a queue attribute', () =>
    refusesOutside('DelaySeconds', ['-1', '901']),
  )
  rule('a ReceiveMessageWaitTimeSeconds outside 0 to 20 is refused', () =>
    refusesOutside('ReceiveMessageWaitTimeSeconds', ['-1', '21']),
  )
})

describe('emptying and deleting queues', () => {
  rule('a purge removes visible, delayed and in-flight messages', async () => {
    const QueueUrl = await sqs.createQueue()
    await sqs.send(QueueUrl, 'in flight')
    const held = await sqs.receiveOne(QueueUrl)
    await sqs.send(QueueUrl, 'visible')
    await sqs.send(QueueUrl, 'delayed', { DelaySeconds: 900 })
    await sqs.client.send(new PurgeQueueCommand({ QueueUrl }))
    await eventually(async () => {
      const { visible, inFlight, delayed } = await sqs.counts(QueueUrl)
      return visible + inFlight + delayed === 0 ? true : undefined
    })
    expect(held.Body).toBe('in flight')
    expect(await sqs.receive(QueueUrl)).toEqual([])
  })

  rule('a second purge within 60 seconds is refused', async () => {
    const QueueUrl = await sqs.createQueue()
    await sqs.client.send(new PurgeQueueCommand({ QueueUrl }))
    const refused = await refusal(sqs.client.send(new PurgeQueueCommand({ QueueUrl })))
    expect(refused).toMatchObject({ name: 'PurgeQueueInProgress', status: 403 })
  })

  rule('a deleted queue is gone with its messages', async () => {
    const QueueUrl = await sqs.createQueue()
    await sqs.send(QueueUrl)
    await sqs.client.send(new DeleteQueueCommand({ QueueUrl }))
    const refused = await refusal(sqs.client.send(new ReceiveMessageCommand({ QueueUrl })))
    expect(refused.name).toBe('QueueDoesNotExist')
  })

  rule('the name of a deleted queue cannot be used again for 60 seconds', async () => {
    const QueueUrl = await sqs.createQueue()
    await sqs.client.send(new DeleteQueueCommand({ QueueUrl }))
    const again = new CreateQueueCommand({ QueueName: nameOf(QueueUrl) })
    expect(await refusal(sqs.client.send(again))).toMatchObject({ name: 'QueueDeletedRecently', status: 400 })
  })
})

describe('tags', () => {
  rule('tags are added, replaced, listed and removed', async () => {
    const QueueUrl = await sqs.createQueue()
    const tagsNow = async (): Promise<Record<string, string>> =>
      (await sqs.client.send(new ListQueueTagsCommand({ QueueUrl }))).Tags ?? {}
    expect(await tagsNow()).toEqual({})
    await sqs.client.send(
      new TagQueueCommand({ QueueUrl, Tags: { team: 'media', stage: 'test', empty: '' } }),
    )
    await sqs.client.send(new TagQueueCommand({ QueueUrl, Tags: { stage: 'live' } }))
    expect(await tagsNow()).toEqual({ team: 'media', stage: 'live', empty: '' })
    await sqs.client.send(new UntagQueueCommand({ QueueUrl, TagKeys: ['team', 'unknown'] }))
    expect(await tagsNow()).toEqual({ stage: 'live', empty: '' })
  })
})
