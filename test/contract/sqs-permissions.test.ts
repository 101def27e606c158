import { AddPermissionCommand, RemovePermissionCommand } from '@aws-sdk/client-sqs'
import { describe, expect } from 'vitest'

import { refusal, rule, useEndpoint } from './endpoint.js'

const sqs = useEndpoint()

const add = (QueueUrl: string, Label: string, Actions: string[] = ['ReceiveMessage']): Promise<unknown> =>
  sqs.client.send(new AddPermissionCommand({ QueueUrl, Label, AWSAccountIds: ['668614515564'], Actions }))
const remove = (QueueUrl: string, Label: string): Promise<unknown> =>
  sqs.client.send(new RemovePermissionCommand({ QueueUrl, Label }))

async function policyOf(QueueUrl: string): Promise<unknown> {
  const { Policy } = await sqs.attributes(QueueUrl)
  return Policy === undefined ? undefined : JSON.parse(Policy)
}

describe('permissions', () => {
  rule('a permission is a statement of the queue’s policy', async () => {
    const QueueUrl = await sqs.createQueue()
    const arn = await sqs.arnOf(QueueUrl)
    await add(QueueUrl, 'crossaccount')
    expect(await policyOf(QueueUrl)).toEqual({
      Version: '2008-10-17',
      Id: `${arn}/SQSDefaultPolicy`,
      Statement: [
        {
          Sid: 'crossaccount',
          Effect: 'Allow',
          Principal: { AWS: 'arn:aws:iam::668614515564:root' },
          Action: 'SQS:ReceiveMessage',
          Resource: arn,
        },
      ],
    })
  })

  rule('the last permission takes the policy with it', async () => {
    const QueueUrl = await sqs.createQueue()
    for (const label of ['one', 'two']) await add(QueueUrl, label)
    await remove(QueueUrl, 'one')
    expect(await policyOf(QueueUrl)).toMatchObject({ Statement: [{ Sid: 'two' }] })
    await remove(QueueUrl, 'two')
    expect(await policyOf(QueueUrl)).toBeUndefined()
  })

  rule('a label is used once, and must be there to be removed', async () => {
    const QueueUrl = await sqs.createQueue()
    await add(QueueUrl, 'one')
    const again = await refusal(add(QueueUrl, 'one'))
    expect(again).toMatchObject({ name: 'InvalidParameterValue', status: 400 })
    expect(again.message).toBe('Value one for parameter Label is invalid. Reason: Already exists.')
    const missing = await refusal(remove(await sqs.createQueue(), 'two'))
    expect(missing).toMatchObject({ name: 'InvalidParameterValue', status: 400 })
    expect(missing.message).toBe("Value two for parameter Label is invalid. Reason: can't find label.")
  })

  rule('an action that there is not cannot be allowed', async () => {
    const refused = await refusal(add(await sqs.createQueue(), 'one', ['ReadMind']))
    expect(refused).toMatchObject({ name: 'InvalidParameterValue', status: 400 })
  })

  rule('an action that only the owner has cannot be allowed', async () => {
    const refused = await refusal(add(await sqs.createQueue(), 'one', ['DeleteQueue']))
    expect(refused).toMatchObject({ name: 'InvalidParameterValue', status: 400 })
    expect(refused.message).toContain('Only the queue owner is allowed to invoke this action.')
  })
})
