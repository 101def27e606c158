// One leader among several scalers: the lease on DynamoDB, over its wire protocol.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { manualClock } from '@longshore/core/testing'
import { dynamoDbLease } from '@longshore/scaler/dynamodb-lease'
import type { DynamoDbLease } from '@longshore/scaler/dynamodb-lease'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startDynamoDb, type DynamoDbServer } from './dynamodb-server.js'

describe('the lease on DynamoDB', () => {
  let server: DynamoDbServer
  let client: DynamoDBClient
  const clock = manualClock()
  beforeAll(async () => {
    server = await startDynamoDb()
    client = new DynamoDBClient({ endpoint: server.endpoint, maxAttempts: 3 })
  })
  afterAll(async () => {
    client.destroy()
    await server.close()
  })
  const leaseFor = (key: string): DynamoDbLease => dynamoDbLease({ table: 'leases', key, client, clock })

  test('one holds it and extends it, another gets it when the first has been silent for its time', async () => {
    const [one, other] = [leaseFor('silent'), leaseFor('silent')]
    expect(await one.hold()).toBe(true)
    expect(await other.hold()).toBe(false)
    await clock.advance(20_000)
    expect(await one.hold()).toBe(true)
    await clock.advance(20_000)
    expect(await other.hold()).toBe(false)
    await clock.advance(10_000)
    expect(await other.hold()).toBe(true)
    expect(await one.hold()).toBe(false)
  })

  test('released, it goes to another at once; who does not hold it releases nothing', async () => {
    const [one, other] = [leaseFor('released'), leaseFor('released')]
    await one.hold()
    await other.release()
    expect(await other.hold()).toBe(false)
    await one.release()
    expect(await other.hold()).toBe(true)
  })

  test('each key has a holder of its own', async () => {
    expect(await leaseFor('a').hold()).toBe(true)
    expect(await leaseFor('b').hold()).toBe(true)
  })

  test('a lost answer is repeated and the lease ours; what cannot be known is thrown', async () => {
    const lease = leaseFor('lost')
    server.mishaps.push('lose', 'throttle')
    expect(await lease.hold()).toBe(true)
    server.mishaps.push('unavailable', 'unavailable', 'unavailable')
    await expect(lease.hold()).rejects.toThrow()
  })

  test('options that cannot work are refused, all at once', () => {
    expect(() => dynamoDbLease({ table: '', key: '' })).toThrow(
      /The lease has 2 problems:\n {2}table: expected/,
    )
    expect(() => dynamoDbLease({ table: 'leases', key: 'a', ttl: '1s' })).toThrow(
      /ttl: expected a duration of at least '5s'/,
    )
  })
})
