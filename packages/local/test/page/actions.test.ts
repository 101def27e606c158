import { createHash } from 'node:crypto'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { startLocalAws } from '../../src/index.js'
import type { LocalAws } from '../../src/index.js'
import { exchange } from '../server/raw-http.js'
import { LocalPage } from './local-page.js'

let aws: LocalAws
let page: LocalPage
let queue: string
beforeAll(async () => {
  aws = await startLocalAws()
  page = new LocalPage(aws)
  queue = await page.createQueue('q')
})
afterAll(() => aws.close())

const md5 = (text: string): string => createHash('md5').update(text).digest('hex')

const post = (body: string): ReturnType<typeof exchange> =>
  exchange(aws.endpoint, {
    path: '/_longshore/actions',
    headers: { 'Content-Type': 'application/json' },
    body,
  })

describe('an action', () => {
  it('does what a client would do, and answers what a client would get', async () => {
    const sent = await page.act('sqs:SendMessage', { QueueUrl: queue, MessageBody: 'from the page' })
    expect([sent.status, sent.json.MD5OfMessageBody]).toEqual([200, md5('from the page')])
    expect((await page.state()).queues.q).toMatchObject({ visible: 1 })
    expect((await page.act('sqs:PurgeQueue', { QueueUrl: queue })).status).toBe(200)
    expect((await page.state()).queues.q).toMatchObject({ visible: 0 })
  })

  it('is refused in the operation’s own words', async () => {
    const { status, json } = await page.act('sqs:SendMessage', { QueueUrl: queue, MessageBody: '' })
    expect(status).toBe(400)
    expect(json.message).toBe('The request must contain the parameter MessageBody.')
  })

  it.each(['sqs:DeleteQueue', 'ecs:RunTask', 'constructor:x', 'sqs:__proto__', ''])(
    'is refused when the page has no such action: %j',
    async (feature) => {
      const { status, json } = await page.act(feature, {})
      expect([status, json.message]).toEqual([400, `The page has no action '${feature}'.`])
    },
  )

  it('opens no account', async () => {
    const other = new LocalPage(aws, { accountId: '999999999999', region: 'eu-west-1' })
    const { status, json } = await other.act('sqs:SendMessage', { QueueUrl: queue, MessageBody: 'x' })
    expect([status, json.message]).toEqual([
      400,
      'Nobody has called the account 999999999999 in eu-west-1 yet.',
    ])
  })

  it.each([
    ['{', 'The action is not valid JSON.'],
    ['[]', 'An action is a JSON object of accountId, region, feature (texts) and input (an object).'],
    [
      '{"accountId":"1","region":"r","feature":"f","input":[]}',
      'An action is a JSON object of accountId, region, feature (texts) and input (an object).',
    ],
  ])('is refused when it is none: %s', async (body, message) => {
    const { status, json } = await post(body)
    expect([status, json.message]).toEqual([400, message])
  })
})
