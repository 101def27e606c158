import { beforeEach, describe, expect, it } from 'vitest'

import { ACCOUNT_ID, LocalSqs } from './local-sqs.js'

const arn = (name: string): string => `arn:aws:sqs:eu-west-1:${ACCOUNT_ID}:${name}`
const redriveTo = (name: string): Record<string, string> => ({
  RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arn(name), maxReceiveCount: 1 }),
})

let local: LocalSqs
let dead: string
beforeEach(async () => {
  local = new LocalSqs()
  dead = await local.createQueue('dead')
})

function allow(policy: unknown): Promise<unknown> {
  const Attributes = { RedriveAllowPolicy: typeof policy === 'string' ? policy : JSON.stringify(policy) }
  return local.call('SetQueueAttributes', { QueueUrl: dead, Attributes })
}

describe('a redrive allow policy', () => {
  it('of denyAll lets no queue name this one, neither at its creation nor later', async () => {
    await allow({ redrivePermission: 'denyAll' })
    const refused = { code: 'InvalidParameterValueException' }
    await expect(local.createQueue('q', redriveTo('dead'))).rejects.toMatchObject(refused)
    const QueueUrl = await local.createQueue('q')
    await expect(
      local.call('SetQueueAttributes', { QueueUrl, Attributes: redriveTo('dead') }),
    ).rejects.toMatchObject(refused)
  })

  it('of byQueue lets the queues that it names, which need not exist yet', async () => {
    await allow({ redrivePermission: 'byQueue', sourceQueueArns: [arn('one'), arn('two')] })
    await local.createQueue('two', redriveTo('dead'))
    await expect(local.createQueue('three', redriveTo('dead'))).rejects.toThrow('does not allow this queue')
  })

  it('of allowAll, and none at all, let every queue', async () => {
    await local.createQueue('one', redriveTo('dead'))
    await allow({ redrivePermission: 'allowAll' })
    await local.createQueue('two', redriveTo('dead'))
  })

  it('is given back as it was given, and removed by an empty text', async () => {
    const text = '{ "redrivePermission": "byQueue", "sourceQueueArns": ["arn:aws:sqs:us-east-1:1:x"] }'
    await allow(text)
    const read = (): Promise<unknown> =>
      local.call('GetQueueAttributes', { QueueUrl: dead, AttributeNames: ['RedriveAllowPolicy'] })
    expect(await read()).toEqual({ Attributes: { RedriveAllowPolicy: text } })
    await allow('')
    expect(await read()).toEqual({})
  })

  it.each([
    ['not JSON', 'nonsense'],
    ['a list', []],
    ['no permission', {}],
    ['an unknown permission', { redrivePermission: 'someQueues' }],
    ['another field', { redrivePermission: 'allowAll', more: 1 }],
    ['sources that are no list', { redrivePermission: 'byQueue', sourceQueueArns: 'arn' }],
    ['a source that is no text', { redrivePermission: 'byQueue', sourceQueueArns: [1] }],
  ])('of an unsupported format is refused: %s', async (_, policy) => {
    await expect(allow(policy)).rejects.toMatchObject({
      code: 'InvalidAttributeValue',
      message: expect.stringContaining('unsupported format') as string,
    })
  })

  it.each([
    ['byQueue without sources', { redrivePermission: 'byQueue' }, 'you must also specify one or more'],
    ['byQueue of none', { redrivePermission: 'byQueue', sourceQueueArns: [] }, 'one or more sourceQueueArns'],
    [
      'sources of denyAll',
      { redrivePermission: 'denyAll', sourceQueueArns: ['a'] },
      'must set redrivePermission',
    ],
    [
      'eleven sources',
      { redrivePermission: 'byQueue', sourceQueueArns: Array.from({ length: 11 }, String) },
      'The maximum number of source queue ARNs you can specify is 10.',
    ],
  ])('whose parts do not fit is refused: %s', async (_, policy, text) => {
    await expect(allow(policy)).rejects.toMatchObject({
      code: 'InvalidParameterValueException',
      message: expect.stringContaining(text) as string,
    })
  })
})
