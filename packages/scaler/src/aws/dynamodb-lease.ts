// `@longshore/scaler/dynamodb-lease`: one leader among several scalers, by a DynamoDB table. Needs @aws-sdk/client-dynamodb.
import { randomUUID } from 'node:crypto'
import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb'
import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb'
import { problemAt } from '@longshore/core/option-problems'
import { durationMs, isDuration, systemClock } from '@longshore/core/time'
import type { Clock, Duration } from '@longshore/core/time'
import type { Lease } from '../actuate/lease.js'
import { ConfigError } from '../errors.js'

/** Options of {@link dynamoDbLease}. */
export interface DynamoDbLeaseOptions {
  /** The table's name or ARN. Its partition key is a string and it has no sort key. */
  readonly table: string
  /** What is led: one key for each service, such as `media/thumbnails`. */
  readonly key: string
  /** The name of the partition key. Default `id`. */
  readonly partitionKey?: string | undefined
  /**
   * How long a leader that says nothing more is waited for. Default `30s`, three beats; at least `5s`. Clocks of the
   * machines should agree to well within it.
   */
  readonly ttl?: Duration | undefined
  /** Default: AWS_REGION, else the profile's. */
  readonly region?: string | undefined
  /** Where to call instead of AWS. Default: AWS_ENDPOINT_URL_DYNAMODB, else AWS_ENDPOINT_URL. */
  readonly endpoint?: string | undefined
  /** A client of your own, never closed. Default: one of ours. */
  readonly client?: DynamoDBClient | undefined
  /** Default: the machine's clock. */
  readonly clock?: Clock | undefined
}

/** A {@link Lease} on DynamoDB; `close()` ends the connections of a client that is its own. */
export interface DynamoDbLease extends Lease {
  close(): void
}

// Well below the default ttl: an answer that comes later than the lease lasts is worth nothing.
const CALL_DEADLINE_MS = 3_000
const DEFAULT_TTL_MS = 30_000
const LEAST_TTL_MS = 5_000

/**
 * Holds an item of a DynamoDB table: one conditional write a beat. Permissions: `dynamodb:PutItem` and `DeleteItem` on the
 * table.
 *
 * @throws ConfigError when an option is missing or out of range.
 */
export function dynamoDbLease(options: DynamoDbLeaseOptions): DynamoDbLease {
  const { table, key, partitionKey = 'id', clock = systemClock } = options
  checkText(options)
  const ttlMs = ttlOf(options)
  const client = options.client ?? new DynamoDBClient(clientConfig(options))
  const holder = { S: randomUUID() }
  const names = { '#holder': 'holder' }
  return {
    async hold(signal) {
      const nowMs = clock.now()
      const command = new PutItemCommand({
        TableName: table,
        Item: { [partitionKey]: { S: key }, holder, until: numberOf(nowMs + ttlMs) },
        ConditionExpression: 'attribute_not_exists(#key) OR #until <= :now OR #holder = :holder',
        ExpressionAttributeNames: { ...names, '#key': partitionKey, '#until': 'until' },
        ExpressionAttributeValues: { ':now': numberOf(nowMs), ':holder': holder },
      })
      return isDone(client.send(command, { abortSignal: deadline(signal) }))
    },
    async release() {
      const command = new DeleteItemCommand({
        TableName: table,
        Key: { [partitionKey]: { S: key } },
        ConditionExpression: '#holder = :holder',
        ExpressionAttributeNames: names,
        ExpressionAttributeValues: { ':holder': holder },
      })
      await isDone(client.send(command, { abortSignal: deadline() }))
    },
    close() {
      if (options.client === undefined) client.destroy()
    },
  }
}

/** False where the condition didn't hold: somebody else has it. */
async function isDone(call: Promise<unknown>): Promise<boolean> {
  try {
    await call
    return true
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false
    throw error
  }
}

function deadline(signal?: AbortSignal): AbortSignal {
  const own = AbortSignal.timeout(CALL_DEADLINE_MS)
  return signal === undefined ? own : AbortSignal.any([signal, own])
}

function numberOf(value: number): { N: string } {
  return { N: String(Math.round(value)) }
}

function checkText(options: DynamoDbLeaseOptions): void {
  const problems = (['table', 'key'] as const)
    .filter((name) => typeof options[name] !== 'string' || options[name] === '')
    .map((name) =>
      problemAt(options, [name], name === 'table' ? "a table's name or ARN" : 'what is led, as a text'),
    )
  if (problems.length > 0) throw new ConfigError('The lease', problems)
}

function ttlOf({ ttl }: DynamoDbLeaseOptions): number {
  if (ttl === undefined) return DEFAULT_TTL_MS
  const ms = isDuration(ttl) ? durationMs(ttl) : Number.NaN
  if (ms >= LEAST_TTL_MS) return ms
  throw new ConfigError('The lease', [problemAt({ ttl }, ['ttl'], "a duration of at least '5s'")])
}

function clientConfig({ region, endpoint }: DynamoDbLeaseOptions): DynamoDBClientConfig {
  return { ...(region === undefined ? {} : { region }), ...(endpoint === undefined ? {} : { endpoint }) }
}
