import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { startLocalAws } from '../../src/index.js'
import type { LocalAws } from '../../src/index.js'
import { exchange, target } from './raw-http.js'
import type { RawCall } from './raw-http.js'

let aws: LocalAws
beforeAll(async () => {
  aws = await startLocalAws()
})
afterAll(() => aws.close())

const list: RawCall = { headers: target('AmazonSQS.ListQueues'), body: '{}' }
const form: RawCall = {
  headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
  body: 'Action=ListQueues&Version=2012-11-05',
}
const statusOf = async (call: RawCall, headers: Record<string, string> = {}): Promise<number> =>
  (await exchange(aws.endpoint, { ...call, headers: { ...call.headers, ...headers } })).status

describe('a browser that asks for another site', () => {
  it.each([
    ['a script, by its origin', list, { Origin: 'https://example.com' }],
    ['a sandboxed frame', list, { Origin: 'null' }],
    ['a script of another local server', list, { Origin: 'http://127.0.0.1:3000' }],
    [
      'a page whose own name was made to mean this machine',
      list,
      { Origin: 'http://evil.test', Host: 'evil.test' },
    ],
    ['an image', { method: 'GET', path: '/?Action=ListQueues' }, { 'Sec-Fetch-Site': 'cross-site' }],
    ['a health check', { method: 'GET', path: '/_longshore/health' }, { 'Sec-Fetch-Site': 'same-site' }],
    [
      'a link that is a call',
      { method: 'GET', path: '/?Action=ListQueues' },
      { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate' },
    ],
  ])('is refused: %s', async (_what, call: RawCall, headers: Record<string, string>) => {
    expect(await statusOf(call, headers)).toBe(403)
  })

  it('is refused the form that browsers send unasked', async () => {
    const headers = { ...form.headers, Origin: 'https://example.com' }
    const { status, json } = await exchange(aws.endpoint, { ...form, headers })
    expect(status).toBe(403)
    expect(json.message).toBe('Requests from pages of other sites are not served.')
  })
})

describe('others', () => {
  it('may call under any host: containers know this machine by other names', async () => {
    expect(await statusOf(list, { Host: 'host.docker.internal:4566' })).toBe(200)
  })

  it('may call from this server’s own page', async () => {
    const own = { Origin: aws.endpoint, 'Sec-Fetch-Site': 'same-origin' }
    expect(await statusOf(list, own)).toBe(200)
    const origin = aws.endpoint.replace('127.0.0.1', 'localhost')
    expect(await statusOf(list, { Origin: origin, Host: new URL(origin).host })).toBe(200)
  })

  it('may open the root by a link of any site', async () => {
    const link = { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate' }
    expect(await statusOf({ method: 'GET' }, link)).toBe(200)
  })
})
