import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

import { plainAnswer } from './answer.js'
import type { Answer } from './answer.js'
import { asAwsError, stopping, unknownOperation } from './aws-error.js'
import { callerOf } from './caller.js'
import type { Caller } from './caller.js'
import { ConnectionCalls } from './connection-calls.js'
import type { ServePath } from './path-request.js'
import type { ServiceName } from './protocols/aws-services.js'
import { AwsJson } from './protocols/aws-json.js'
import { AwsQuery } from './protocols/aws-query.js'
import type { Call, Exchange, RequestHead } from './protocols/exchange.js'
import { RpcV2Cbor } from './protocols/rpc-v2-cbor.js'
import { readBody, RequestCutOff } from './request-body.js'
import type { Operation, Service } from './service.js'

/** Loopback only: what runs here has no password. */
export const HOST = '127.0.0.1'

// Longer than any client keeps an idle connection, so that none is closed under a call being sent.
const KEEP_ALIVE_MS = 120_000

export interface LocalServerOptions {
  /** Account and region of a call that names none. */
  readonly fallback: Caller
  /** Finds a service of an account, made on first use. */
  readonly service: (caller: Caller, name: ServiceName) => Service
  /** Told of each call before it runs. */
  readonly onCall: (call: Caller & { service: ServiceName; operation: string }) => void
  /** Answers `GET /_longshore/health`. */
  readonly health: () => Record<string, unknown>
  /** Serves what is not an AWS call, by its path. */
  readonly servePath?: ServePath
}

/** AWS over HTTP on 127.0.0.1: reads a call in its protocol, finds its operation, answers as AWS does. */
export class LocalServer {
  readonly #options: LocalServerOptions
  readonly #http: Server
  readonly #calls = new ConnectionCalls()
  #origin = ''
  #isClosing = false

  constructor(options: LocalServerOptions) {
    this.#options = options
    this.#http = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
      void this.#serve(request, response)
    })
  }

  /** Starts listening; resolves to the port. Rejects with Node's error when the port is taken. */
  listen(port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#http.once('error', reject)
      this.#http.listen({ port, host: HOST, exclusive: true }, () => {
        this.#http.off('error', reject)
        const { port } = this.#http.address() as AddressInfo
        this.#origin = `http://${HOST}:${port}`
        resolve(port)
      })
    })
  }

  /** Refuses new connections and calls, lets answers just written reach their sockets, then closes every connection. */
  async close(): Promise<void> {
    this.#isClosing = true
    const closed = new Promise<void>((resolve) => {
      this.#http.close(() => resolve())
    })
    await new Promise((resolve) => setImmediate(resolve))
    this.#http.closeAllConnections()
    await closed
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { socket } = request
    const gone = this.#calls.open(socket, response)
    const answer = await this.#answer(request, gone.signal)
    if (answer === undefined) return
    // A caller that has closed its side gets nothing written; whoever took messages for it hears of it now.
    if (gone.signal.aborted || socket.readableEnded || !socket.writable) {
      gone.abort()
      socket.destroy()
      return
    }
    if (this.#isClosing) response.setHeader('Connection', 'close')
    response.writeHead(answer.status, answer.headers).end(answer.body)
  }

  /** Undefined when there is nobody left to answer. Never rejects. */
  async #answer(request: IncomingMessage, signal: AbortSignal): Promise<Answer | undefined> {
    const head = this.#headOf(request)
    let exchange: Exchange | undefined = AwsJson.of(head) ?? RpcV2Cbor.of(head)
    try {
      const served = exchange === undefined ? await this.#browse(head, request) : undefined
      if (served !== undefined) return served
      exchange ??= AwsQuery.of(head)
      if (exchange === undefined) return notServed(head)
      const call = exchange.read(await readBody(request))
      const operation = this.#operation(call, this.#callerOf(head))
      return exchange.success(await operation(call.input, { origin: head.origin, signal }))
    } catch (error) {
      if (error instanceof RequestCutOff) return undefined
      return (exchange ?? AwsJson.unnamed).failure(asAwsError(error))
    }
  }

  async #browse(head: RequestHead, request: IncomingMessage): Promise<Answer | undefined> {
    const { method, path } = head
    const isCall = new URLSearchParams(head.query).has('Action')
    if (method === 'GET' && !isCall && (path === '/' || path === '/_longshore/health')) {
      return plainAnswer(200, this.#options.health())
    }
    return this.#options.servePath?.({
      method,
      path,
      caller: this.#callerOf(head),
      readBody: () => readBody(request),
    })
  }

  #operation({ service, operation }: Call, caller: Caller): Operation {
    if (this.#isClosing) throw stopping()
    const { operations } = this.#options.service(caller, service.name)
    const found = Object.hasOwn(operations, operation) ? operations[operation] : undefined
    if (found === undefined) throw unknownOperation(`${service.title}'s operation ${operation}`)
    this.#options.onCall({ ...caller, service: service.name, operation })
    return found
  }

  #callerOf(head: RequestHead): Caller {
    return callerOf(head.headers.authorization, this.#options.fallback)
  }

  #headOf({ method = '', url = '/', headers }: IncomingMessage): RequestHead {
    const mark = url.includes('?') ? url.indexOf('?') : url.length
    const origin = headers.host === undefined ? this.#origin : `http://${headers.host}`
    return { method, path: url.slice(0, mark), query: url.slice(mark + 1), headers, origin }
  }
}

/** Clients read errors: a POST that is no call in any protocol is told so in one of them. */
function notServed({ method, path }: RequestHead): Answer {
  if (method === 'POST') {
    throw unknownOperation('a call without an X-Amz-Target header, a form or a smithy-protocol header')
  }
  const message = `@longshore/local answers POST, in the protocols of AWS, and GET /_longshore/health; this was ${method} ${path}.`
  return plainAnswer(method === 'GET' ? 404 : 405, { message })
}
