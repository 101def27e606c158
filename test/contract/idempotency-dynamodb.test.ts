// What the store on DynamoDB does beside the rules of all stores, which idempotency-store.test.ts holds it to.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { dynamoDbStore } from '@longshore/core/idempotency-dynamodb'
import { OptionsError } from '@longshore/core'
import { startDynamoDb, type DynamoDbServer } from './dynamodb-server.js'

describe('the store on DynamoDB', () => {
  let server: DynamoDbServer
  let client: DynamoDBClient
  beforeAll(async () => {
    server = await startDynamoDb()
    client = new DynamoDBClient({ endpoint: server.endpoint, maxAttempts: 3 })
  })
  beforeEach(() => {
    server.calls.length = 0
    server.mishaps.length = 0
  })
  afterAll(async () => {
    client.destroy()
    await server.close()
  })
  const hold = { holder: 'a', messageId: 'm', nowMs: 1_000_000, untilMs: 1_030_000 }

  test('throttles and lost answers are repeated until they are clear', async () => {
    const store = dynamoDbStore({ table: 'keys', client })
    server.mishaps.push('throttle', 'lose')
    expect(await store.begin({ ...hold, key: 'throttled' })).toBeUndefined()
    server.mishaps.push('lose')
    expect(await store.extend({ key: 'throttled', holder: 'a', untilMs: 1_060_000 })).toBe(true)
    server.mishaps.push('lose')
    expect(
      await store.complete({ key: 'throttled', holder: 'a', outcome: { kind: 'done' }, keepUntilMs: 9e9 }),
    ).toBe(true)
    expect(server.calls).toEqual(['PutItem', 'PutItem', 'PutItem', ...Array<string>(4).fill('UpdateItem')])
  })

  test('what DynamoDB does not get over is thrown as it came', async () => {
    const store = dynamoDbStore({ table: 'keys', client })
    server.mishaps.push('unavailable', 'unavailable', 'unavailable')
    await expect(store.begin({ ...hold, key: 'down' })).rejects.toMatchObject({ name: 'ServiceUnavailable' })
    expect(server.items.has('down')).toBe(false)
  })

  test('items carry their time to live in seconds, under the names that were asked for', async () => {
    const own = await startDynamoDb('pk')
    const ownClient = new DynamoDBClient({ endpoint: own.endpoint })
    const store = dynamoDbStore({ table: 'keys', partitionKey: 'pk', ttlAttribute: 'ttl', client: ownClient })
    await store.begin({ ...hold, key: 'k' })
    expect(own.items.get('k')).toEqual({
      pk: { S: 'k' },
      state: { S: 'inProgress' },
      holder: { S: 'a' },
      messageId: { S: 'm' },
      until: { N: '1030000' },
      ttl: { N: String(1_030 + 86_400) },
    })
    await store.complete({
      key: 'k',
      holder: 'a',
      outcome: { kind: 'deadLetter', reason: 'why' },
      keepUntilMs: 2_000_500,
    })
    expect(own.items.get('k')).toEqual({
      pk: { S: 'k' },
      state: { S: 'completed' },
      holder: { S: 'a' },
      messageId: { S: 'm' },
      outcome: { S: 'deadLetter' },
      reason: { S: 'why' },
      ttl: { N: '2001' },
    })
    store.close()
    ownClient.destroy()
    await own.close()
  })

  test('its own client goes where it is told, and is closed with the store', async () => {
    const store = dynamoDbStore({ table: 'keys', endpoint: server.endpoint, region: 'eu-west-1' })
    expect(await store.begin({ ...hold, key: 'own' })).toBeUndefined()
    store.close()
  })

  test('wrong options are told at once', () => {
    expect(() => dynamoDbStore({ tabel: 'keys', endpoint: 'here' } as never)).toThrow(OptionsError)
    expect(() => dynamoDbStore({ table: '', client: {} as never })).toThrow(
      /table: expected a table's name or ARN/,
    )
  })
})
