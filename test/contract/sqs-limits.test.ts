import type { MessageAttributeValue, SendMessageCommandInput } from '@aws-sdk/client-sqs'
import { describe, expect } from 'vitest'

import { refusal, rule, useEndpoint } from './endpoint.js'

const sqs = useEndpoint()

const MEBIBYTE = 1_048_576
const INVALID = { name: 'InvalidParameterValue', status: 400 }

const text = (value: string): MessageAttributeValue => ({ DataType: 'String', StringValue: value })

describe('sizes', () => {
  rule('a message of 1 MiB is sent and received; one byte more is refused', async () => {
    const QueueUrl = await sqs.createQueue()
    const refused = await refusal(sqs.send(QueueUrl, 'x'.repeat(MEBIBYTE + 1)))
    expect(refused).toMatchObject(INVALID)
    expect(refused.message).toContain('Message must be shorter than 1048576 bytes')
    await sqs.send(QueueUrl, 'x'.repeat(MEBIBYTE))
    expect((await sqs.receiveOne(QueueUrl)).Body).toHaveLength(MEBIBYTE)
  })

  rule('a message’s size is counted in bytes of UTF-8', async () => {
    const QueueUrl = await sqs.createQueue({ MaximumMessageSize: '1024' })
    await sqs.send(QueueUrl, '\u00e9'.repeat(512))
    expect(await refusal(sqs.send(QueueUrl, '\u00e9'.repeat(513)))).toMatchObject(INVALID)
  })

  rule('names, types and values of attributes count towards a message’s size', async () => {
    const QueueUrl = await sqs.createQueue({ MaximumMessageSize: '1024' })
    const MessageAttributes = { name: text('value') }
    const attributeBytes = 'name'.length + 'String'.length + 'value'.length
    await sqs.send(QueueUrl, 'x'.repeat(1_024 - attributeBytes), { MessageAttributes })
    const tooLong = sqs.send(QueueUrl, 'x'.repeat(1_025 - attributeBytes), { MessageAttributes })
    expect(await refusal(tooLong)).toMatchObject(INVALID)
  })
})

describe('bodies', () => {
  rule('an empty body is refused', async () => {
    const QueueUrl = await sqs.createQueue()
    expect(await refusal(sqs.send(QueueUrl, ''))).toMatchObject({ name: 'MissingParameter', status: 400 })
  })

  rule('a character that SQS does not allow is refused', async () => {
    const QueueUrl = await sqs.createQueue()
    for (const body of ['\u0000', 'a\u0008b', '\u001f', '\ufffe', '\uffff']) {
      const refused = await refusal(sqs.send(QueueUrl, body))
      expect(refused).toMatchObject({ name: 'InvalidMessageContents', status: 400 })
    }
  })
})

describe('ranges', () => {
  rule('MaxNumberOfMessages outside 1 to 10 is refused', async () => {
    const QueueUrl = await sqs.createQueue()
    for (const MaxNumberOfMessages of [0, 11, -1]) {
      const refused = await refusal(sqs.receive(QueueUrl, { MaxNumberOfMessages }))
      expect(refused).toMatchObject(INVALID)
      expect(refused.message).toContain('Must be between 1 and 10')
    }
  })

  rule('WaitTimeSeconds outside 0 to 20 is refused', async () => {
    const QueueUrl = await sqs.createQueue()
    for (const WaitTimeSeconds of [21, -1]) {
      expect(await refusal(sqs.receive(QueueUrl, { WaitTimeSeconds }))).toMatchObject(INVALID)
    }
  })

  rule('a receive with a VisibilityTimeout above 43,200 is refused', async () => {
    const QueueUrl = await sqs.createQueue()
    expect(await refusal(sqs.receive(QueueUrl, { VisibilityTimeout: 43_201 }))).toMatchObject(INVALID)
  })

  rule('a message’s DelaySeconds outside 0 to 900 is refused', async () => {
    const QueueUrl = await sqs.createQueue()
    for (const DelaySeconds of [901, -1]) {
      expect(await refusal(sqs.send(QueueUrl, 'x', { DelaySeconds }))).toMatchObject(INVALID)
    }
  })

  rule('a deduplication id is refused on a standard queue', async () => {
    const QueueUrl = await sqs.createQueue()
    const refused = await refusal(sqs.send(QueueUrl, 'x', { MessageDeduplicationId: 'once' }))
    expect(refused).toMatchObject(INVALID)
  })
})

describe('message attributes', () => {
  const refuses = async (attributes: SendMessageCommandInput['MessageAttributes']): Promise<string> => {
    const QueueUrl = await sqs.createQueue()
    const refused = await refusal(sqs.send(QueueUrl, 'x', { MessageAttributes: attributes }))
    expect(refused).toMatchObject(INVALID)
    expect(await sqs.counts(QueueUrl)).toMatchObject({ visible: 0 })
    return refused.message
  }

  rule('an attribute without a value is refused', async () => {
    expect(await refuses({ empty: text('') })).toContain("'empty' must contain a non-empty value")
  })

  rule('an attribute of another type than String, Number or Binary is refused', async () => {
    await refuses({ odd: { DataType: 'Boolean', StringValue: 'true' } })
  })

  rule('attribute names of AWS’s own, or that begin or end with a period, are refused', async () => {
    for (const name of ['AWS.mine', 'aws.mine', 'Amazon.mine', '.mine', 'mine.']) {
      await refuses({ [name]: text('x') })
    }
  })

  rule('attribute names with other characters than letters, digits, _, - and . are refused', async () => {
    for (const name of ['with space', 'with/slash', 'with:colon']) await refuses({ [name]: text('x') })
  })

  rule('ten attributes are accepted, eleven refused', async () => {
    const attributes = (count: number): Record<string, MessageAttributeValue> =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`name${index}`, text('x')]))
    const QueueUrl = await sqs.createQueue()
    await sqs.send(QueueUrl, 'x', { MessageAttributes: attributes(10) })
    await refuses(attributes(11))
  })

  rule('a Number that is not one is refused', async () => {
    await refuses({ size: { DataType: 'Number', StringValue: 'large' } })
  })
})
