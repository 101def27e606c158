import { hash } from 'node:crypto'
import type { SQSClient } from '@aws-sdk/client-sqs'

/** What a middleware is given, as far as it matters here. */
interface Call {
  readonly input: object
  request: Request
}

interface Request {
  readonly headers: Record<string, string>
}

type Next = (call: Call) => Promise<object>
type Middleware = (next: Next, context: object) => Next

interface Entry {
  readonly name?: string
  readonly relation?: 'before' | 'after'
  readonly middleware: Middleware
}

const USER_AGENT = ['user-agent', 'x-amz-user-agent']

/**
 * Takes out of the client's middleware stack what our calls need no more than once, or not at all. A middleware that a
 * later SDK names otherwise stays.
 */
export function makeLean(client: SQSClient): void {
  replace(client, 'loggerMiddleware', () => (next) => next)
  // Attempts are ours: the client makes one.
  replace(client, 'retryMiddleware', () => (next) => next)
  if (process.env.AWS_LAMBDA_FUNCTION_NAME === undefined) {
    replace(client, 'recursionDetectionMiddleware', () => (next) => next)
  }
  replace(client, 'getUserAgentMiddleware', sameUserAgent)
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
