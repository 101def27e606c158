// `@longshore/core/idempotency-dynamodb`: the store of `idempotent()` on a DynamoDB table. Needs @aws-sdk/client-dynamodb.
import type { AttributeValue, DynamoDBClientConfig } from '@aws-sdk/client-dynamodb'
import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import { z } from 'zod'
import type {
  CompletedOutcome,
  IdempotencyClaim,
  IdempotencyRecord,
  IdempotencyStore,
} from '../idempotency-store.js'
import { option, parseOptions, withMethods } from '../parse-options.js'

/** Options of `dynamoDbStore`. */
export interface DynamoDbStoreOptions {
  /** The table. Its partition key is a string and it has no sort key. */
  table: string
  /** The name of its partition key; default 'id'. */
  partitionKey?: string | undefined
  /** The attribute that its time to live is set to, in epoch seconds; default 'expiresAt'. */
  ttlAttribute?: string | undefined
  /** Default: AWS_REGION, else the profile's. */
  region?: string | undefined
  /** Where to call instead of AWS. Default: AWS_ENDPOINT_URL_DYNAMODB, else AWS_ENDPOINT_URL. */
  endpoint?: string | undefined
  /** A client of your own, never closed. Default: one of ours. */
  client?: DynamoDBClient | undefined
}

/** The store on DynamoDB; `close()` ends the connections of a client that is its own. */
export interface DynamoDbStore extends IdempotencyStore {
  close(): void
}

const isText = (value: unknown): boolean => typeof value === 'string' && value !== ''

const schema: z.ZodType<DynamoDbStoreOptions> = z.strictObject({
  // A name, or the ARN of a table in another account.
  table: z.custom<string>((value) => typeof value === 'string' && /^[\w.:/-]{1,1024}$/.test(value), {
    error: "a table's name or ARN",
  }),
  partitionKey: option<string>('the name of an attribute', isText),
  ttlAttribute: option<string>('the name of an attribute', isText),
  region: option<string>("a region, such as 'eu-west-1'", isText),
  endpoint: option<string>("a URL, such as 'http://127.0.0.1:8000'", (value) => URL.canParse(String(value))),
  client: withMethods<DynamoDBClient>('a DynamoDBClient of @aws-sdk/client-dynamodb', ['send', 'destroy']),
})

// DynamoDB answers in milliseconds. A connection that is dead must not keep a handling; another attempt is made then.
const CALL_DEADLINE_MS = 5_000
// DynamoDB removes what has expired in its own time; what a crash left in progress is of no use a day later.
const ABANDONED_AFTER_SECONDS = 86_400

// An item has at most 400 KB; a reason that is longer than this explains nothing more.
const MAX_REASON = 4_096

// Free: nothing recorded, or lapsed, or dead-lettered as another message; or ours already, when an answer was lost.
const IS_FREE = [
  'attribute_not_exists(#key)',
  '(#state = :inProgress AND (#until <= :now OR #holder = :holder))',
  '(#state = :completed AND (#expires <= :nowSeconds OR (#outcome = :deadLetter AND #messageId <> :messageId)))',
].join(' OR ')

/**
 * Keeps the keys of `idempotent()` in a DynamoDB table: one conditional write before a handling, one after it, and one
 * with each heartbeat. Every write after the first is conditional on the holder: a fence that no late writer passes.
 * The task role needs `dynamodb:PutItem`, `UpdateItem` and `DeleteItem` on the table.
 *
 * @throws OptionsError listing every problem.
 */
export function dynamoDbStore(options: DynamoDbStoreOptions): DynamoDbStore {
  return new TableStore(parseOptions('dynamoDbStore', schema, options))
}

class TableStore implements DynamoDbStore {
  readonly #client: DynamoDBClient
  readonly #isOwnClient: boolean
  readonly #table: string
  readonly #names: { readonly key: string; readonly expires: string }

  constructor({ table, partitionKey = 'id', ttlAttribute = 'expiresAt', ...options }: DynamoDbStoreOptions) {
    this.#table = table
    this.#names = { key: partitionKey, expires: ttlAttribute }
    this.#isOwnClient = options.client === undefined
    this.#client = options.client ?? new DynamoDBClient(clientConfig(options))
  }

  async begin(claim: IdempotencyClaim): Promise<IdempotencyRecord | undefined> {
    const { key, holder, messageId, nowMs, untilMs } = claim
    const seconds = Math.ceil(untilMs / 1_000) + ABANDONED_AFTER_SECONDS
    const command = new PutItemCommand({
      TableName: this.#table,
      Item: {
        [this.#names.key]: { S: key },
        state: { S: 'inProgress' },
        holder: { S: holder },
        messageId: { S: messageId },
        until: numberOf(untilMs),
        [this.#names.expires]: numberOf(seconds),
      },
      ConditionExpression: IS_FREE,
      ExpressionAttributeNames: {
        '#key': this.#names.key,
        '#expires': this.#names.expires,
        '#state': 'state',
        '#until': 'until',
        '#holder': 'holder',
        '#outcome': 'outcome',
        '#messageId': 'messageId',
      },
      ExpressionAttributeValues: {
        ':inProgress': { S: 'inProgress' },
        ':completed': { S: 'completed' },
        ':deadLetter': { S: 'deadLetter' },
        ':now': numberOf(nowMs),
        ':nowSeconds': numberOf(Math.floor(nowMs / 1_000)),
        ':holder': { S: holder },
        ':messageId': { S: messageId },
      },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    })
    const refusal = await refusalOf(this.#client.send(command, deadline()))
    return refusal && recordOf(refusal.Item, untilMs)
  }

  async extend({ key, holder, untilMs }: { key: string; holder: string; untilMs: number }): Promise<boolean> {
    const seconds = Math.ceil(untilMs / 1_000) + ABANDONED_AFTER_SECONDS
    return await this.#update(key, {
      UpdateExpression: 'SET #until = :until, #expires = :expires',
      ConditionExpression: '#holder = :holder AND #state = :inProgress',
      ExpressionAttributeNames: {
        '#until': 'until',
        '#expires': this.#names.expires,
        '#holder': 'holder',
        '#state': 'state',
      },
      ExpressionAttributeValues: {
        ':until': numberOf(untilMs),
        ':expires': numberOf(seconds),
        ':holder': { S: holder },
        ':inProgress': { S: 'inProgress' },
      },
    })
  }

  async complete(completion: {
    key: string
    holder: string
    outcome: CompletedOutcome
    keepUntilMs: number
  }): Promise<boolean> {
    const { key, holder, outcome, keepUntilMs } = completion
    const reason = outcome.kind === 'deadLetter' ? outcome.reason.slice(0, MAX_REASON) : ''
    return await this.#update(key, {
      UpdateExpression:
        'SET #state = :completed, #outcome = :outcome, #reason = :reason, #expires = :expires REMOVE #until',
      ConditionExpression: '#holder = :holder',
      ExpressionAttributeNames: {
        '#state': 'state',
        '#outcome': 'outcome',
        '#reason': 'reason',
        '#expires': this.#names.expires,
        '#until': 'until',
        '#holder': 'holder',
      },
      ExpressionAttributeValues: {
        ':completed': { S: 'completed' },
        ':outcome': { S: outcome.kind },
        ':reason': { S: reason },
        ':expires': numberOf(Math.ceil(keepUntilMs / 1_000)),
        ':holder': { S: holder },
      },
    })
  }

  async release({ key, holder }: { key: string; holder: string }): Promise<void> {
    const command = new DeleteItemCommand({
      TableName: this.#table,
      Key: { [this.#names.key]: { S: key } },
      ConditionExpression: '#holder = :holder AND #state = :inProgress',
      ExpressionAttributeNames: { '#holder': 'holder', '#state': 'state' },
      ExpressionAttributeValues: { ':holder': { S: holder }, ':inProgress': { S: 'inProgress' } },
    })
    await refusalOf(this.#client.send(command, deadline()))
  }

  close(): void {
    if (this.#isOwnClient) this.#client.destroy()
  }

  async #update(key: string, change: Change): Promise<boolean> {
    const Key = { [this.#names.key]: { S: key } }
    const command = new UpdateItemCommand({ TableName: this.#table, Key, ...change })
    return (await refusalOf(this.#client.send(command, deadline()))) === undefined
  }
}

interface Change {
  readonly UpdateExpression: string
  readonly ConditionExpression: string
  readonly ExpressionAttributeNames: Record<string, string>
  readonly ExpressionAttributeValues: Record<string, AttributeValue>
}

function clientConfig({
  region,
  endpoint,
}: Pick<DynamoDbStoreOptions, 'region' | 'endpoint'>): DynamoDBClientConfig {
  return {
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
  }
}

function deadline(): { abortSignal: AbortSignal } {
  return { abortSignal: AbortSignal.timeout(CALL_DEADLINE_MS) }
}

/** Undefined when the write was made, the refusal when its condition did not hold. */
async function refusalOf(write: Promise<unknown>): Promise<ConditionalCheckFailedException | undefined> {
  try {
    await write
    return undefined
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return error
    throw error
  }
}

// A server that does not return the item leaves open what stands in the way: as long as our own lease, then.
function recordOf(
  item: Record<string, AttributeValue> | undefined,
  fallbackUntilMs: number,
): IdempotencyRecord {
  if (item?.state?.S !== 'completed') {
    return { state: 'inProgress', untilMs: Number(item?.until?.N ?? fallbackUntilMs) }
  }
  if (item.outcome?.S !== 'deadLetter') return { state: 'completed', outcome: { kind: 'done' } }
  return { state: 'completed', outcome: { kind: 'deadLetter', reason: item.reason?.S ?? '' } }
}

function numberOf(value: number): AttributeValue {
  return { N: String(value) }
}
