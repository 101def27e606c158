import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { startLocalAws } from '../../src/index.js'
import type { LocalAws } from '../../src/index.js'
import { exchange, sqsCall } from '../server/raw-http.js'
import type { RawAnswer } from '../server/raw-http.js'

let aws: LocalAws
beforeEach(async () => {
  aws = await startLocalAws({ seed: 1 })
})
afterEach(() => aws.close())

const command = (method: string, path: string, body?: unknown): Promise<RawAnswer> =>
  exchange(aws.endpoint, {
    method,
    path: `/_longshore/${path}`,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
const status = async (): Promise<number> => (await sqsCall(aws.endpoint, 'ListQueues', {})).status

describe('faults over HTTP', () => {
  it('are added, listed and removed, and are those of the library call', async () => {
    const options = { operation: 'ListQueues', effect: 'throttling' }
    const added = await command('POST', 'faults', options)
    expect(added.status).toBe(201)
    expect(added.json).toEqual({ id: 1, ...options, seed: expect.any(Number) as number, hits: 0 })
    const second = aws.faults.add({ effect: 'slow', delay: '1ms' })
    expect(await status()).toBe(403)
    const { faults } = (await command('GET', 'faults')).json
    expect(faults).toEqual([
      { ...added.json, hits: 1 },
      { id: 2, effect: 'slow', delay: '1ms', seed: second.seed, hits: 1 },
    ])
    expect((await command('DELETE', 'faults/1')).json).toMatchObject({ removed: [{ id: 1, hits: 1 }] })
    expect(await status()).toBe(200)
    expect((await command('DELETE', 'faults')).json).toMatchObject({ removed: [{ id: 2, hits: 2 }] })
    expect(aws.faults.list()).toEqual([])
  })

  it('are refused with every problem that the library names', async () => {
    const refused = await command('POST', 'faults', { effect: 'slow', queu: 'q' })
    expect(refused.status).toBe(400)
    const problem = { path: 'queu', expected: 'a known option', got: 'an unknown option', nearest: 'queue' }
    expect(refused.json).toEqual({
      code: 'LONGSHORE_FAULT',
      message:
        'fault: 1 problem\n  queu: expected a known option, got an unknown option; did you mean queue?',
      problems: [problem],
    })
    for (const body of ['', '{', 'null', '7']) {
      expect((await command('POST', 'faults', body)).status).toBe(400)
    }
  })

  it('say which fault, and which method, is not there', async () => {
    expect((await command('DELETE', 'faults/7')).json).toEqual({ message: 'There is no fault 7.' })
    expect((await command('PUT', 'faults')).status).toBe(405)
    expect((await command('GET', 'faults/1')).status).toBe(405)
    expect((await command('GET', 'faults/x')).status).toBe(404)
  })
})

describe('pages of other sites', () => {
  it('cannot command or call, whatever they send', async () => {
    const headers = { Origin: 'http://example.com', 'Content-Type': 'application/x-www-form-urlencoded' }
    const form = 'Action=CreateQueue&Version=2012-11-05&QueueName=q'
    const called = await exchange(aws.endpoint, { headers, body: form })
    expect([called.status, called.json.message]).toEqual([
      403,
      'Requests from pages of other sites are not served.',
    ])
    const commanded = await exchange(aws.endpoint, { path: '/_longshore/reset', headers })
    expect(commanded.status).toBe(403)
    const own = { ...headers, Origin: aws.endpoint }
    expect((await exchange(aws.endpoint, { headers: own, body: form })).status).toBe(200)
  })
})
