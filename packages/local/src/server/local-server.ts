import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

import { errorAnswer, plainAnswer, successAnswer } from './answer.js'
import type { Answer } from './answer.js'
import { AwsError } from './aws-error.js'
import { callerOf } from './caller.js'
import type { Caller } from './caller.js'
import type { ServePath } from './path-request.js'
import { readTarget } from './protocol.js'
import type { Protocol, ServiceName, Target } from './protocol.js'
import { readBody, readInput, RequestCutOff } from './request-body.js'
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

/** AWS JSON over HTTP on 127.0.0.1: reads a call, finds its operation, answers as AWS does. */
export class LocalServer {
  readonly #options: LocalServerOptions
  readonly #http: Server
  readonly #calls = new WeakMap<Socket, Set<AbortController>>()
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
    const calls = this.#callsOn(socket)
    const gone = new AbortController()
    calls.add(gone)
    response.on('finish', () => {
      // 'finish' also comes for writes that a destroyed socket has dropped: those callers are gone.
      if (!socket.destroyed) calls.delete(gone)
    })
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

  /**
   * The calls on a connection whose answers are not handed over yet; all abort when it closes. Node tells only the
   * response being written of a closed connection, not those of pipelined calls behind it.
   */
  #callsOn(socket: Socket): Set<AbortController> {
    const known = this.#calls.get(socket)
    if (known !== undefined) return known
    const calls = new Set<AbortController>()
    this.#calls.set(socket, calls)
    socket.once('close', () => {
      for (const call of calls) call.abort()
    })
    return calls
  }

  /** Undefined when there is nobody left to answer. Never rejects. */
  async #answer(request: IncomingMessage, signal: AbortSignal): Promise<Answer | undefined> {
    let protocol: Protocol | undefined
    try {
      const served = request.headers['x-amz-target'] === undefined ? await this.#browse(request) : undefined
      if (served !== undefined) return served
      if (request.method !== 'POST') return notServed(request)
      const input = await readInput(request)
      const target = targetOf(request)
      protocol = target.protocol
      const operation = this.#operation(request, target)
      return successAnswer(await operation(input, { origin: this.#originOf(request), signal }), protocol)
    } catch (error) {
      return error instanceof RequestCutOff ? undefined : errorAnswer(error, protocol)
    }
  }

  async #browse(request: IncomingMessage): Promise<Answer | undefined> {
    const path = pathOf(request)
    if (request.method === 'GET' && (path === '/' || path === '/_longshore/health')) {
      return plainAnswer(200, this.#options.health())
    }
    return this.#options.servePath?.({
      method: request.method ?? '',
      path,
      caller: this.#callerOf(request),
      readBody: () => readBody(request),
    })
  }

  #operation(request: IncomingMessage, target: Target): Operation {
    if (this.#isClosing) {
      throw stopping()
    }
    const { protocol, operation } = target
    const caller = this.#callerOf(request)
    const { operations } = this.#options.service(caller, protocol.service)
    const found = Object.hasOwn(operations, operation) ? operations[operation] : undefined
    if (found === undefined) throw unknownOperation(`${protocol.title}'s operation ${operation}`)
    this.#options.onCall({ ...caller, service: protocol.service, operation })
    return found
  }

  #callerOf(request: IncomingMessage): Caller {
    return callerOf(request.headers.authorization, this.#options.fallback)
  }

  #originOf(request: IncomingMessage): string {
    const { host } = request.headers
    return host === undefined ? this.#origin : `http://${host}`
  }
}

function pathOf(request: IncomingMessage): string {
  return request.url?.split('?')[0] ?? '/'
}

function notServed(request: IncomingMessage): Answer {
  const message = `@longshore/local answers POST with an X-Amz-Target header, and GET /_longshore/health; this was ${request.method} ${pathOf(request)}.`
  return plainAnswer(request.method === 'GET' ? 404 : 405, { message })
}

function targetOf(request: IncomingMessage): Target {
  const header = request.headers['x-amz-target']
  if (typeof header !== 'string') {
    throw unknownOperation(
      'a call without an X-Amz-Target header (it speaks AWS JSON, not the query protocol or CBOR)',
    )
  }
  const target = readTarget(header)
  if (target === undefined) throw unknownOperation(`the service of X-Amz-Target '${header}'`)
  return target
}

/** The answer to calls that come while everything stops. */
export function stopping(): AwsError {
  return new AwsError('ServiceUnavailable', '@longshore/local is stopping.', { status: 503 })
}

function unknownOperation(what: string): AwsError {
  return new AwsError('UnknownOperationException', `@longshore/local does not implement ${what}.`)
}
