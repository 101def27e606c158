import { SetQueueAttributesCommand } from '@aws-sdk/client-sqs'
import { describe, expect } from 'vitest'

import { refusal, rule, useEndpoint } from './endpoint.js'

const sqs = useEndpoint()

const setAllow = (QueueUrl: string, policy: unknown): Promise<unknown> =>
  sqs.client.send(
    new SetQueueAttributesCommand({ QueueUrl, Attributes: { RedriveAllowPolicy: JSON.stringify(policy) } }),
  )

/** Makes `dead` the dead-letter queue of `source`. */
const redrive = (source: string, deadArn: string): Promise<unknown> => {
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: deadArn, maxReceiveCount: 1 })
  const input = { QueueUrl: source, Attributes: { RedrivePolicy } }
  return sqs.client.send(new SetQueueAttributesCommand(input))
}

describe('redrive allow policies', () => {
  rule('a RedriveAllowPolicy is given back', async () => {
    const policy = { redrivePermission: 'allowAll' }
    const dead = await sqs.createQueue({ RedriveAllowPolicy: JSON.stringify(policy) })
    const { RedriveAllowPolicy = '' } = await sqs.attributes(dead)
    expect(JSON.parse(RedriveAllowPolicy)).toEqual(policy)
  })

  rule('a queue of denyAll is nobody’s dead-letter queue', async () => {
    const dead = await sqs.createQueue()
    await setAllow(dead, { redrivePermission: 'denyAll' })
    const refused = await refusal(redrive(await sqs.createQueue(), await sqs.arnOf(dead)))
    expect(refused).toMatchObject({ name: 'InvalidParameterValue', status: 400 })
  })

  rule('a queue of byQueue is the dead-letter queue of the queues that it names', async () => {
    const [dead, named, other] = [await sqs.createQueue(), await sqs.createQueue(), await sqs.createQueue()]
    const sourceQueueArns = [await sqs.arnOf(named)]
    await setAllow(dead, { redrivePermission: 'byQueue', sourceQueueArns })
    await redrive(named, await sqs.arnOf(dead))
    const refused = await refusal(redrive(other, await sqs.arnOf(dead)))
    expect(refused).toMatchObject({ name: 'InvalidParameterValue', status: 400 })
  })

  rule('a RedriveAllowPolicy of another form is refused', async () => {
    const dead = await sqs.createQueue()
    for (const policy of [[], {}, { redrivePermission: 'some' }]) {
      const refused = await refusal(setAllow(dead, policy))
      expect(refused).toMatchObject({ name: 'InvalidAttributeValue', status: 400 })
    }
  })

  rule('byQueue names one to ten queues, the other permissions none', async () => {
    const dead = await sqs.createQueue()
    const arn = await sqs.arnOf(dead)
    for (const policy of [
      { redrivePermission: 'byQueue' },
      { redrivePermission: 'byQueue', sourceQueueArns: Array.from({ length: 11 }, (_, n) => `${arn}-${n}`) },
      { redrivePermission: 'denyAll', sourceQueueArns: [arn] },
    ]) {
      const refused = await refusal(setAllow(dead, policy))
      expect(refused).toMatchObject({ name: 'InvalidParameterValue', status: 400 })
    }
  })
})
