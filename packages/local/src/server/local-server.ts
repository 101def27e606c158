import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

import { systemClock } from '@longshore/core/time'
import type { Clock } from '@longshore/core/time'

import type { StreamClient } from './answer.js'
import { ConnectionCalls } from './connection-calls.js'
import type { RequestHead } from './protocols/exchange.js'
import { Router } from './router.js'
import type { RouterOptions } from './router.js'
import { trickle } from './trickle.js'

/** Loopback only: what runs here has no password. */
export const HOST = '127.0.0.1'

// Longer than any client keeps an idle connection, so that none is closed under a call being sent.
const KEEP_ALIVE_MS = 120_000

export type LocalServerOptions = RouterOptions

/** AWS over HTTP on 127.0.0.1: connections, and what goes over them. */
export class LocalServer {
  readonly #router: Router
  readonly #clock: Clock
  readonly #http: Server
  readonly #calls = new ConnectionCalls()
  #origin = ''
  #isClosing = false

  constructor(options: LocalServerOptions) {
    this.#router = new Router(options)
    this.#clock = options.faults?.clock ?? systemClock
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
    this.#router.close()
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
    const ending = await this.#router.route(this.#headOf(request), request, gone.signal)
    if (ending === 'reset') socket.resetAndDestroy()
    if (ending === 'reset' || ending === 'nothing') return
    // A caller that has closed its side gets nothing written; whoever took messages for it hears of it now.
    if (gone.signal.aborted || socket.readableEnded || !socket.writable) {
      gone.abort()
      socket.destroy()
      return
    }
    const { answer, bytesPerSecond } = ending
    if (this.#isClosing) response.setHeader('Connection', 'close')
    response.writeHead(answer.status, answer.headers)
    if (answer.stream !== undefined) answer.stream(clientOf(response))
    else if (bytesPerSecond === undefined) response.end(answer.body)
    else await trickle(response, answer.body, { bytesPerSecond, clock: this.#clock, signal: gone.signal })
  }

  #headOf({ method = '', url = '/', headers }: IncomingMessage): RequestHead {
    const mark = url.includes('?') ? url.indexOf('?') : url.length
    const origin = headers.host === undefined ? this.#origin : `http://${headers.host}`
    return { method, path: url.slice(0, mark), query: url.slice(mark + 1), headers, origin }
  }
}

function clientOf(response: ServerResponse): StreamClient {
  return {
    write: (text) => void response.write(text),
    get isBusy() {
      return response.writableNeedDrain
    },
  }
}
