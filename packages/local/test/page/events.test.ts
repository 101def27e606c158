import { manualClock } from '@longshore/core/testing'
import { afterEach, describe, expect, it } from 'vitest'

import { startLocalAws } from '../../src/index.js'
import type { LocalAws } from '../../src/index.js'
import { until } from '../server/raw-http.js'
import { LocalPage } from './local-page.js'

const running: LocalAws[] = []
afterEach(async () => {
  for (const aws of running.splice(0)) await aws.close()
})

describe('the events', () => {
  it('are the state, then what changes, and nothing is left running when nobody listens', async () => {
    const clock = manualClock()
    const aws = await startLocalAws({ clock })
    running.push(aws)
    const page = new LocalPage(aws)
    const queue = await page.createQueue('q')
    await page.createQueue('other')
    const before = clock.pending

    const listening = await page.listen()
    expect(listening.contentType).toBe('text/event-stream; charset=utf-8')
    const first = await listening.next()
    expect([first.event, Object.keys(first.state.queues ?? {})]).toEqual(['state', ['other', 'q']])

    await page.send(queue, 'one')
    await until('the next look is due', () => clock.pending > before)
    await clock.advance(500)
    const { event, state } = await listening.next()
    expect(event).toBe('patch')
    expect(Object.keys(state).sort()).toEqual(['queues', 'view'])
    expect(state.queues).toEqual({ q: expect.objectContaining({ visible: 1 }) as object })

    await page.call('AmazonSQS.DeleteQueue', { QueueUrl: queue })
    await until('the next look is due', () => clock.pending > before)
    await clock.advance(500)
    expect((await listening.next()).state.queues).toEqual({ q: null })

    await listening.end()
    await until('nothing is scheduled for the page', () => clock.pending === before)
  })

  it('stay with the account that they began with', async () => {
    const clock = manualClock()
    const aws = await startLocalAws({ clock })
    running.push(aws)
    await new LocalPage(aws, { accountId: '123456789012', region: 'eu-west-1' }).createQueue('theirs')
    const page = new LocalPage(aws)
    const before = clock.pending
    const listening = await page.listen()
    await listening.next()
    await page.createQueue('ours')
    await until('the next look is due', () => clock.pending > before)
    await clock.advance(500)
    const { state } = await listening.next()
    expect(Object.keys(state.accounts ?? {})).toEqual(['000000000000/us-east-1'])
    expect(state).not.toHaveProperty('queues')
    await listening.end()
  })

  it('end with the server', async () => {
    const aws = await startLocalAws()
    const listening = await new LocalPage(aws).listen()
    await listening.next()
    await aws.close()
  })
})
