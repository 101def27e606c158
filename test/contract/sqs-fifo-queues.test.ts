import { CreateQueueCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs'
import type { CreateQueueCommandInput } from '@aws-sdk/client-sqs'
import { describe, expect } from 'vitest'

import { refusal, rule, uniqueName, useEndpoint } from './endpoint.js'

const sqs = useEndpoint()

type Attributes = NonNullable<CreateQueueCommandInput['Attributes']>

const create = (QueueName: string, attributes: Attributes): Promise<unknown> =>
  sqs.client.send(new CreateQueueCommand({ QueueName, Attributes: attributes }))
const configure = (QueueUrl: string, attributes: Attributes): Promise<unknown> =>
  sqs.client.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: attributes }))

describe('creating FIFO queues', () => {
  rule('a new FIFO queue has SQS’s defaults', async () => {
    const attributes = await sqs.attributes(await sqs.createQueue({ FifoQueue: 'true' }))
    expect(attributes).toMatchObject({
      FifoQueue: 'true',
      ContentBasedDeduplication: 'false',
      DeduplicationScope: 'queue',
      FifoThroughputLimit: 'perQueue',
    })
    expect(attributes.QueueArn).toMatch(/\.fifo$/)
  })

  rule('a FIFO queue’s name ends in .fifo, and only a FIFO queue’s does', async () => {
    for (const [name, attributes] of [
      [uniqueName(), { FifoQueue: 'true' }],
      [`${uniqueName()}.fifo`, {}],
    ] as const) {
      const refused = await refusal(create(name, attributes))
      expect(refused).toMatchObject({ name: 'InvalidParameterValue', status: 400 })
    }
  })

  rule('the ending counts among the 80 characters of a name', async () => {
    const name = `${uniqueName()}${'x'.repeat(80)}`.slice(0, 76)
    const refused = await refusal(create(`${name}.fifo`, { FifoQueue: 'true' }))
    expect(refused).toMatchObject({ name: 'InvalidParameterValue', status: 400 })
  })

  rule('a standard queue has no FIFO attributes', async () => {
    const attributes = await sqs.attributes(await sqs.createQueue())
    for (const name of ['FifoQueue', 'ContentBasedDeduplication', 'DeduplicationScope']) {
      expect(attributes).not.toHaveProperty(name)
    }
  })

  rule('creating a FIFO queue again with the same attributes gives the same queue', async () => {
    const attributes = { FifoQueue: 'true', ContentBasedDeduplication: 'true' }
    const url = await sqs.createQueue(attributes)
    const again = { QueueName: url.slice(url.lastIndexOf('/') + 1), Attributes: attributes }
    expect((await sqs.client.send(new CreateQueueCommand(again))).QueueUrl).toBe(url)
    const other = { ...attributes, ContentBasedDeduplication: 'false' }
    const refused = await refusal(create(again.QueueName, other))
    expect(refused).toMatchObject({ name: 'QueueNameExists', status: 400 })
    expect(refused.message).toContain('a different value for attribute ContentBasedDeduplication')
  })
})

describe('FIFO attributes', () => {
  rule('high throughput is set by its two attributes together', async () => {
    const QueueUrl = await sqs.createQueue({ FifoQueue: 'true' })
    const high = { DeduplicationScope: 'messageGroup', FifoThroughputLimit: 'perMessageGroupId' }
    await configure(QueueUrl, high)
    expect(await sqs.attributes(QueueUrl)).toMatchObject(high)
  })

  rule('a throughput limit per group needs deduplication per group', async () => {
    const QueueUrl = await sqs.createQueue({ FifoQueue: 'true' })
    const refused = await refusal(configure(QueueUrl, { FifoThroughputLimit: 'perMessageGroupId' }))
    expect(refused).toMatchObject({ name: 'InvalidAttributeValue', status: 400 })
    expect(refused.message).toContain('the DeduplicationScope must be messageGroup')
    expect(await sqs.attributes(QueueUrl)).toMatchObject({ FifoThroughputLimit: 'perQueue' })
  })

  rule(
    'a DeduplicationScope, FifoThroughputLimit or ContentBasedDeduplication of another value is refused',
    async () => {
      const QueueUrl = await sqs.createQueue({ FifoQueue: 'true' })
      for (const attributes of [
        { DeduplicationScope: 'group' },
        { FifoThroughputLimit: 'perGroup' },
        { ContentBasedDeduplication: 'yes' },
      ] as Attributes[]) {
        const refused = await refusal(configure(QueueUrl, attributes))
        expect(refused).toMatchObject({ name: 'InvalidAttributeValue', status: 400 })
      }
    },
  )

  rule('a queue’s type cannot be changed', async () => {
    const fifo = await sqs.createQueue({ FifoQueue: 'true' })
    const toStandard = await refusal(configure(fifo, { FifoQueue: 'false' }))
    expect(toStandard).toMatchObject({ name: 'InvalidAttributeValue', status: 400 })
    expect(toStandard.message).toContain('Modifying queue type is not supported.')
    const standard = await sqs.createQueue()
    const toFifo = await refusal(configure(standard, { FifoQueue: 'true' }))
    expect(toFifo).toMatchObject({ name: 'InvalidAttributeName', status: 400 })
  })

  rule('a standard queue refuses the attributes of high throughput', async () => {
    const refused = await refusal(
      create(uniqueName(), {
        DeduplicationScope: 'messageGroup',
        FifoThroughputLimit: 'perMessageGroupId',
      }),
    )
    expect(refused).toMatchObject({ name: 'InvalidAttributeName', status: 400 })
    expect(refused.message).toContain('only when FifoQueue is set to true')
  })
})
