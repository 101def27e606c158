// As much of DynamoDB as the store speaks to, over its real wire protocol: single items, conditions, update expressions.
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

type Value = { readonly S: string } | { readonly N: string }
type Item = Readonly<Record<string, Value>>

interface Request {
  readonly TableName: string
  readonly Item?: Item
  readonly Key?: Item
  readonly ConditionExpression?: string
  readonly UpdateExpression?: string
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>
  readonly ExpressionAttributeValues?: Item
  readonly ReturnValuesOnConditionCheckFailure?: string
}

/** What becomes of a request: refused before, or carried out and its answer lost. */
export type Mishap = 'throttle' | 'unavailable' | 'lose'

export interface DynamoDbServer {
  readonly endpoint: string
  readonly items: Map<string, Item>
  /** The operations asked for, in order. */
  readonly calls: string[]
  /** What happens to the next requests, one each. */
  readonly mishaps: Mishap[]
  close(): Promise<void>
}

export async function startDynamoDb(partitionKey = 'id'): Promise<DynamoDbServer> {
  const items = new Map<string, Item>()
  const calls: string[] = []
  const mishaps: Mishap[] = []
  const server = createServer((request, response) => {
    void answer(request, response)
  })

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let body = ''
    for await (const chunk of request.setEncoding('utf8')) body += String(chunk)
    const operation = String(request.headers['x-amz-target']).replace('DynamoDB_20120810.', '')
    calls.push(operation)
    const mishap = mishaps.shift()
    const say = (status: number, content: object): void => {
      response
        .writeHead(status, { 'content-type': 'application/x-amz-json-1.0' })
        .end(JSON.stringify(content))
    }
    if (mishap === 'throttle') return say(400, fault('ProvisionedThroughputExceededException'))
    if (mishap === 'unavailable') return say(503, fault('ServiceUnavailable'))
    const [status, content] = carryOut(operation, JSON.parse(body) as Request)
    if (mishap === 'lose') request.socket.destroy()
    else say(status, content)
  }

  const carryOut = (operation: string, request: Request): [number, object] => {
    const keyValue = (request.Item ?? request.Key)?.[partitionKey]
    const key = keyValue !== undefined && 'S' in keyValue ? keyValue.S : ''
    if (key === '') return [400, fault('ValidationException')]
    const before = items.get(key)
    if (request.ConditionExpression !== undefined && !holds(request.ConditionExpression, request, before)) {
      const returned = request.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' && before !== undefined
      return [400, { ...fault('ConditionalCheckFailedException'), ...(returned ? { Item: before } : {}) }]
    }
    if (operation === 'PutItem') items.set(key, request.Item ?? {})
    else if (operation === 'DeleteItem') items.delete(key)
    else if (operation === 'UpdateItem') items.set(key, updated(request, { ...before, ...request.Key }))
    else return [400, fault('UnknownOperationException')]
    return [200, {}]
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const close = async (): Promise<void> => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
  return { endpoint: `http://127.0.0.1:${port}`, items, calls, mishaps, close }
}

function fault(type: string): object {
  return { __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: type }
}

/** Grammar: or = and {OR and}; and = term {AND term}; term = ( or ) | attribute_not_exists(path) | path operator value. */
function holds(expression: string, request: Request, item: Item | undefined): boolean {
  const tokens = expression.match(/attribute_not_exists|AND|OR|<>|<=|=|[()]|[#:]\w+/g) ?? []
  const attribute = (token = ''): Value | undefined => item?.[request.ExpressionAttributeNames?.[token] ?? '']
  const next = (): string => tokens.shift() ?? ''
  const or = (): boolean => {
    let result = and()
    while (tokens[0] === 'OR') {
      next()
      const right = and()
      result = result || right
    }
    return result
  }
  const and = (): boolean => {
    let result = term()
    while (tokens[0] === 'AND') {
      next()
      const right = term()
      result = result && right
    }
    return result
  }
  const term = (): boolean => {
    const first = next()
    if (first === '(') {
      const result = or()
      next()
      return result
    }
    if (first === 'attribute_not_exists') {
      next()
      const path = next()
      next()
      return attribute(path) === undefined
    }
    return compared(attribute(first), next(), request.ExpressionAttributeValues?.[next()])
  }
  const result = or()
  if (tokens.length > 0) throw new Error(`Cannot read ${expression}: ${tokens.join(' ')} is left.`)
  return result
}

// A comparison with an attribute that is not there does not hold, but for <>.
function compared(left: Value | undefined, operator: string, right: Value | undefined): boolean {
  if (right === undefined) throw new Error('A value of the expression is missing.')
  if (operator === '<>') return left === undefined || text(left) !== text(right)
  if (left === undefined) return false
  if (operator === '<=') return 'N' in left && 'N' in right && Number(left.N) <= Number(right.N)
  if (operator !== '=') throw new Error(`Cannot compare by ${operator}.`)
  return text(left) === text(right)
}

function text(value: Value): string {
  return 'S' in value ? `S${value.S}` : `N${value.N}`
}

function updated(request: Request, item: Item): Item {
  const names = request.ExpressionAttributeNames ?? {}
  const result: Record<string, Value> = { ...item }
  const [, sets = '', removes = ''] =
    /^SET (.*?)(?: REMOVE (.*))?$/.exec(request.UpdateExpression ?? '') ?? []
  for (const set of sets.split(', ')) {
    const [name = '', value = ''] = set.split(' = ')
    const given = request.ExpressionAttributeValues?.[value]
    if (given === undefined) throw new Error(`Cannot read ${set}.`)
    result[names[name] ?? ''] = given
  }
  for (const name of removes.split(', ')) Reflect.deleteProperty(result, names[name] ?? '')
  return result
}
