import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { startLocalAws } from '../../src/index.js'
import type { FaultOptions, LocalAws } from '../../src/index.js'
import { exchange, sqsCall, target } from '../server/raw-http.js'

let aws: LocalAws
let queue: string
beforeEach(async () => {
  aws = await startLocalAws({ seed: 1 })
  queue = await createQueue('q')
})
afterEach(() => aws.close())

async function createQueue(QueueName: string): Promise<string> {
  return String((await sqsCall(aws.endpoint, 'CreateQueue', { QueueName })).json.QueueUrl)
}

describe('which calls are struck', () => {
  const status = async (operation: string, input: object = {}): Promise<number> =>
    (await sqsCall(aws.endpoint, operation, { QueueUrl: queue, ...input })).status
  const throttled = (scope: Partial<FaultOptions>): unknown =>
    aws.faults.add({ effect: 'throttling', ...scope } as FaultOptions)

  it('is said by service, operation, queue and account', async () => {
    const other = await createQueue('other')
    throttled({ queue: 'other' })
    expect(await status('SendMessage', { MessageBody: 'x' })).toBe(200)
    expect(await status('SendMessage', { QueueUrl: other, MessageBody: 'x' })).toBe(403)
    expect((await sqsCall(aws.endpoint, 'GetQueueUrl', { QueueName: 'other' })).status).toBe(403)
    expect((await sqsCall(aws.endpoint, 'ListQueues', {})).status).toBe(200)
    aws.faults.clear()
    throttled({ service: 'cloudwatch' })
    expect(await status('ListQueues')).toBe(200)
    aws.faults.clear()
    throttled({ accountId: '111111111111' })
    expect(await status('ListQueues')).toBe(200)
    const Authorization = 'Credential=111111111111/20260101/us-east-1/sqs/aws4_request'
    const headers = { ...target('AmazonSQS.ListQueues'), Authorization }
    expect((await exchange(aws.endpoint, { headers, body: '{}' })).status).toBe(403)
  })

  it('is the same in every run with the same seed', async () => {
    const run = async (seed: number): Promise<string> => {
      const fault = aws.faults.add({ effect: 'throttling', probability: 0.3, seed })
      const struck: boolean[] = []
      for (let index = 0; index < 60; index++) struck.push((await status('ListQueues')) === 403)
      fault.remove()
      expect(struck.filter(Boolean)).toHaveLength(fault.hits)
      return struck.map(Number).join('')
    }
    const first = await run(11)
    expect(await run(11)).toBe(first)
    expect(await run(12)).not.toBe(first)
    const hits = first.split('').filter((mark) => mark === '1').length
    expect(hits).toBeGreaterThan(5)
    expect(hits).toBeLessThan(35)
  })

  it('does not depend on other faults', async () => {
    const marks = async (): Promise<string> => {
      let text = ''
      for (let index = 0; index < 20; index++) text += (await status('ListQueues')) === 403 ? '1' : '0'
      return text
    }
    aws.faults.add({ effect: 'throttling', probability: 0.5, seed: 3 })
    const alone = await marks()
    aws.faults.clear()
    aws.faults.add({
      effect: 'slow',
      bytesPerSecond: 1_000_000_000,
      probability: 0.5,
      operation: 'SendMessage',
    })
    aws.faults.add({ effect: 'throttling', probability: 0.5, seed: 3 })
    expect(await marks()).toBe(alone)
  })

  it('may have a seed of the server’s, which the fault tells', async () => {
    const one = aws.faults.add({ effect: 'throttling', probability: 0.5 })
    const other = aws.faults.add({ effect: 'throttling', probability: 0.5 })
    expect(one.seed).not.toBe(other.seed)
    const again = await startLocalAws({ seed: 1 })
    expect(again.faults.add({ effect: 'throttling', probability: 0.5 }).seed).toBe(one.seed)
    await again.close()
    expect(String(one)).toBe(`fault 1: effect=throttling probability=0.5 seed=${one.seed} (0 hits)`)
  })

  it('is decided by the first of several that refuse', async () => {
    const first = aws.faults.add({ effect: 'server-error' })
    const second = aws.faults.add({ effect: 'throttling' })
    expect(await status('ListQueues')).toBe(500)
    expect([first.hits, second.hits]).toEqual([1, 0])
    first.remove()
    expect(await status('ListQueues')).toBe(403)
    expect(aws.faults.list().map(({ id }) => id)).toEqual([second.id])
  })

  it('leaves calls to operations that are not there, and other paths, alone', async () => {
    const fault = aws.faults.add({ effect: 'throttling' })
    expect(await status('NoSuchOperation')).toBe(400)
    expect((await exchange(aws.endpoint, { method: 'GET' })).status).toBe(200)
    expect(fault.hits).toBe(0)
  })
})
