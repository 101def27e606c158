import { beforeEach, describe, expect, it } from 'vitest'

import { ACCOUNT_ID, LocalSqs } from './local-sqs.js'

const arn = `arn:aws:sqs:eu-west-1:${ACCOUNT_ID}:q`

let local: LocalSqs
let QueueUrl: string
beforeEach(async () => {
  local = new LocalSqs()
  QueueUrl = await local.createQueue('q')
})

const add = (Label: string, more: object = {}): Promise<unknown> => {
  const input = { QueueUrl, Label, AWSAccountIds: ['111111111111'], Actions: ['SendMessage'], ...more }
  return local.call('AddPermission', input)
}
const remove = (Label: string): Promise<unknown> => local.call('RemovePermission', { QueueUrl, Label })

async function policy(): Promise<unknown> {
  const input = { QueueUrl, AttributeNames: ['Policy'] }
  const { Attributes } = await local.call<{ Attributes?: { Policy: string } }>('GetQueueAttributes', input)
  return Attributes && (JSON.parse(Attributes.Policy) as unknown)
}

const statement = (Sid: string, more: object = {}): object => ({
  Sid,
  Effect: 'Allow',
  Principal: { AWS: 'arn:aws:iam::111111111111:root' },
  Action: 'SQS:SendMessage',
  Resource: arn,
  ...more,
})

describe('permissions', () => {
  it('are statements of the policy, which goes with the last of them', async () => {
    await add('one')
    const both = { AWSAccountIds: ['111111111111', '222222222222'], Actions: ['ReceiveMessage', '*'] }
    await add('two', both)
    const Principal = { AWS: ['arn:aws:iam::111111111111:root', 'arn:aws:iam::222222222222:root'] }
    expect(await policy()).toEqual({
      Version: '2008-10-17',
      Id: `${arn}/SQSDefaultPolicy`,
      Statement: [statement('one'), statement('two', { Principal, Action: ['SQS:ReceiveMessage', 'SQS:*'] })],
    })
    await remove('one')
    expect(await policy()).toMatchObject({ Statement: [{ Sid: 'two' }] })
    await remove('two')
    expect(await policy()).toBeUndefined()
  })

  it('join a policy that is there already', async () => {
    const own = { Version: '2012-10-17', Statement: { Sid: 'own', Effect: 'Deny' } }
    await local.call('SetQueueAttributes', { QueueUrl, Attributes: { Policy: JSON.stringify(own) } })
    await add('one')
    expect(await policy()).toEqual({
      Version: '2012-10-17',
      Statement: [own.Statement, statement('one')],
    })
    await expect(remove('two')).rejects.toThrow("can't find label on existing policy.")
  })

  it.each([
    ['a label that is there', 'one', {}, 'Value one for parameter Label is invalid. Reason: Already exists.'],
    ['a label that is none', 'a b', {}, 'Label can only include'],
    ['no account', 'two', { AWSAccountIds: [] }, 'Value [] for parameter PrincipalId is invalid.'],
    ['an account that is none', 'two', { AWSAccountIds: ['1'] }, 'Reason: Unable to verify.'],
    ['no action', 'two', { Actions: [] }, 'must contain the parameter Actions'],
    ['an action that there is not', 'two', { Actions: ['ReadMind'] }, 'list of valid actions'],
    ['an action of the owner', 'two', { Actions: ['DeleteQueue'] }, 'Value SQS:DeleteQueue for parameter'],
    ['eight actions', 'two', { Actions: Array.from({ length: 8 }, () => '*') }, '8 Actions were found'],
  ])('are refused with %s', async (_, label, more, text) => {
    await add('one')
    await expect(add(label, more)).rejects.toMatchObject({
      message: expect.stringContaining(text) as string,
    })
    expect(await policy()).toMatchObject({ Statement: [{ Sid: 'one' }] })
  })

  it('that are not there cannot be removed', async () => {
    await expect(remove('one')).rejects.toThrow(
      "Value one for parameter Label is invalid. Reason: can't find label.",
    )
  })
})
