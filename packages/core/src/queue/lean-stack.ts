import { hash } from 'node:crypto'
import type { Readable } from 'node:stream'
import type { SQSClient } from '@aws-sdk/client-sqs'

/** What a middleware is given, as far as it matters here. */
interface Call {
  readonly input: object
  request: Request
}

interface Request {
  readonly headers: Record<string, string>
}

interface Answer {
  readonly response: {
    readonly statusCode: number
    readonly headers: Record<string, string>
    readonly body: unknown
  }
  readonly output?: object
}

interface Context {
  readonly commandName?: string
  readonly endpointV2?: { readonly url: URL }
}

type Next = (call: Call) => Promise<Answer>
type Middleware = (next: Next, context: Context) => Next

interface Entry {
  readonly name?: string
  readonly relation?: 'before' | 'after'
  readonly middleware: Middleware
}

// Their inputs and outputs are the JSON that is sent and received; but for a binary attribute, which is base64 there.
const PLAIN = new Set([
  'ReceiveMessageCommand',
  'DeleteMessageBatchCommand',
  'ChangeMessageVisibilityBatchCommand',
])
const USER_AGENT = ['user-agent', 'x-amz-user-agent']

/**
 * Replaces, in the client's middleware stack, what costs the most for calls that are made all the time, by what does the
 * same for them: SQS's protocol is JSON, so a call that is nothing but JSON need not be translated by a schema. Every
 * error, and every other call, is left to the SDK's own middleware. A middleware that a later SDK names otherwise stays.
 */
export function makeLean(client: SQSClient): void {
  replace(client, 'loggerMiddleware', () => (next) => next)
  // Attempts are ours: the client makes one.
  replace(client, 'retryMiddleware', () => (next) => next)
  if (process.env.AWS_LAMBDA_FUNCTION_NAME === undefined) {
    replace(client, 'recursionDetectionMiddleware', () => (next) => next)
  }
  replace(client, 'getUserAgentMiddleware', sameUserAgent)
  replace(client, 'serializerMiddleware', plainRequest)
  replace(client, 'deserializerMiddleware', plainAnswer)
}

function replace(client: SQSClient, name: string, make: (theirs: Middleware) => Middleware): void {
  const { middlewareStack } = client
  const found: Entry[] = []
  const note = (_: unknown, entry: Entry): void => void (entry.name === name && found.push(entry))
  middlewareStack.applyToStack({ add: note, addRelativeTo: note } as never)
  const [entry] = found
  if (entry === undefined) return
  middlewareStack.remove(name)
  const { middleware, ...where } = entry
  const ours = make(middleware)
  if (entry.relation === undefined) middlewareStack.add(ours as never, where as never)
  else middlewareStack.addRelativeTo(ours as never, where as never)
}

/** It names the SDK, Node and the machine: the same for every call. */
function sameUserAgent(theirs: Middleware): Middleware {
  return (next, context) => {
    let known: [string, string][] | undefined
    const first = theirs((call) => {
      known = USER_AGENT.map((name) => [name, call.request.headers[name] ?? ''])
      return next(call)
    }, context)
    return (call) => {
      if (known === undefined) return first(call)
      for (const [name, value] of known) call.request.headers[name] = value
      return next(call)
    }
  }
}

function plainRequest(theirs: Middleware): Middleware {
  return (next, context) => {
    const { commandName = '' } = context
    if (!PLAIN.has(commandName)) return theirs(next, context)
    const target = `AmazonSQS.${commandName.slice(0, -'Command'.length)}`
    const sdk = theirs(next, context)
    return (call) => {
      const url = context.endpointV2?.url
      if (url === undefined) return sdk(call)
      const { protocol, hostname, port, pathname: path } = url
      const headers = {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': target,
        'x-amzn-query-mode': 'true',
      }
      const at = { protocol, hostname, port: port === '' ? undefined : Number(port), path, query: {} }
      const request = { method: 'POST', ...at, headers, body: JSON.stringify(call.input) }
      return next({ ...call, request })
    }
  }
}

function plainAnswer(theirs: Middleware): Middleware {
  return (next, context) => {
    if (!PLAIN.has(context.commandName ?? '')) return theirs(next, context)
    return async (call) => {
      const answer = await next(call)
      const { response } = answer
      // The SDK's errors, from the answer that is here already.
      if (response.statusCode !== 200) return await theirs(() => Promise.resolve(answer), context)(call)
      const output = JSON.parse(await textOf(response.body)) as Output
      for (const { MessageAttributes } of output.Messages ?? []) decodeBinary(MessageAttributes)
      output.$metadata = { httpStatusCode: 200, requestId: response.headers['x-amzn-requestid'] }
      return { response, output }
    }
  }
}

interface Output {
  Messages?: readonly { readonly MessageAttributes?: Record<string, { BinaryValue?: string | Uint8Array }> }[]
  $metadata?: object
}

function decodeBinary(attributes: Record<string, { BinaryValue?: string | Uint8Array }> = {}): void {
  for (const attribute of Object.values(attributes)) {
    const { BinaryValue } = attribute
    if (typeof BinaryValue !== 'string') continue
    attribute.BinaryValue = new Uint8Array(Buffer.from(BinaryValue, 'base64'))
  }
}

function textOf(body: unknown): Promise<string> | string {
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.length).toString()
  return new Promise((resolve, reject) => {
    let text = ''
    const stream = body as Readable
    stream.setEncoding('utf8')
    stream.on('data', (part: string) => (text += part))
    stream.on('end', () => resolve(text))
    stream.on('error', reject)
    // After an abort there may be no other event.
    stream.on('close', () => reject(new Error('The answer ended before it was whole.')))
  })
}

/** MD5 in one call, for the check of each message's body. */
export class BodyMd5 {
  #text: Uint8Array | undefined

  update(text: Uint8Array): void {
    this.#text = this.#text === undefined ? text : Buffer.concat([this.#text, text])
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(Buffer.from(hash('md5', this.#text ?? '', 'base64'), 'base64'))
  }

  reset(): void {
    this.#text = undefined
  }
}
