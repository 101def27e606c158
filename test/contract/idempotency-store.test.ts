// The rules of the stores of idempotency keys: in memory, and on DynamoDB by its wire protocol; on moto's where that is the target.
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { dynamoDbStore } from '@longshore/core/idempotency-dynamodb'
import { memoryIdempotencyStore } from '@longshore/core/testing'
import { afterAll, beforeAll, describe } from 'vitest'
import { startDynamoDb, type DynamoDbServer } from './dynamodb-server.js'
import { describeStoreRules } from './idempotency-rules.js'

const target = process.env.LONGSHORE_CONTRACT_TARGET
const TABLE = `keys-${process.pid}`

describe('the store in memory', () => describeStoreRules(() => memoryIdempotencyStore()))

describe('the store on DynamoDB', () => {
  let server: DynamoDbServer | undefined
  let client: DynamoDBClient

  beforeAll(async () => {
    if (target !== 'moto') server = await startDynamoDb()
    const endpoint = server?.endpoint ?? process.env.AWS_ENDPOINT_URL_SQS ?? ''
    client = new DynamoDBClient({ endpoint })
    if (server === undefined) await createTable(client)
  })
  afterAll(async () => {
    client.destroy()
    await server?.close()
  })

  describeStoreRules(() => dynamoDbStore({ table: TABLE, client }))
})

async function createTable(client: DynamoDBClient): Promise<void> {
  await client.send(
    new CreateTableCommand({
      TableName: TABLE,
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  )
}
