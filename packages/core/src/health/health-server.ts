import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { OptionProblem } from '../option-problems.js'

/** Where to listen. */
export interface HealthConfig {
  readonly port: number
  readonly host: string
  /** What is thrown where it cannot listen. */
  readonly refusal: (problem: OptionProblem) => Error
}

/** What the endpoints answer from. A problem is a sentence; undefined is well. */
export interface HealthSource {
  readonly liveProblem: () => string | undefined
  readonly readyProblem: () => string | undefined
  readonly metrics: () => string
}

interface Page {
  readonly status: number
  readonly type: string
  readonly text: string
}

const TEXT = 'text/plain; charset=utf-8'
const METRICS = 'text/plain; version=0.0.4; charset=utf-8'

// Probes are few and short: whoever holds a connection open for longer is none.
const REQUEST_LIMIT_MS = 5_000
const MOST_CONNECTIONS = 100

/** Serves `/live`, `/ready` and `/metrics` from start to close. Reading them changes nothing. */
export class HealthServer {
  readonly #server: Server
  readonly #pages: Readonly<Record<string, () => Page>>

  private constructor(source: HealthSource) {
    this.#pages = {
      '/live': () => verdict(source.liveProblem()),
      '/ready': () => verdict(source.readyProblem()),
      '/metrics': () => ({ status: 200, type: METRICS, text: source.metrics() }),
    }
    this.#server = createServer((request, response) => this.#answer(request, response))
    this.#server.requestTimeout = REQUEST_LIMIT_MS
    this.#server.headersTimeout = REQUEST_LIMIT_MS
    this.#server.maxConnections = MOST_CONNECTIONS
  }

  /**
   * Listens, and resolves then.
   *
   * @throws `config.refusal` where the host has no such address, or the port is taken or not allowed.
   */
  static async listen(config: HealthConfig, source: HealthSource): Promise<HealthServer> {
    const health = new HealthServer(source)
    const { port, host } = config
    const server = health.#server
    await new Promise<void>((resolve, reject) => {
      const failed = (error: NodeJS.ErrnoException): void =>
        reject(config.refusal(listenProblem(error, config)))
      server.once('error', failed)
      server.listen({ port, host }, () => {
        server.removeListener('error', failed)
        resolve()
      })
    })
    return health
  }

  /** `http://127.0.0.1:8080`, with the port that the system has given where 0 was asked for. */
  get url(): string {
    const { address, port, family } = this.#server.address() as AddressInfo
    return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
  }

  close(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { status, type, text } = this.#pageFor(request)
    const headers = {
      'Content-Type': type,
      'Content-Length': Buffer.byteLength(text),
      'Cache-Control': 'no-store',
    }
    response.writeHead(status, status === 405 ? { ...headers, Allow: 'GET, HEAD' } : headers)
    response.end(request.method === 'HEAD' ? undefined : text)
  }

  #pageFor({ method, url = '' }: IncomingMessage): Page {
    const [path = ''] = url.split('?')
    const page = Object.hasOwn(this.#pages, path) ? this.#pages[path] : undefined
    if (page === undefined) {
      return {
        status: 404,
        type: TEXT,
        text: `Not here. There are ${Object.keys(this.#pages).join(', ')}.\n`,
      }
    }
    if (method !== 'GET' && method !== 'HEAD')
      return { status: 405, type: TEXT, text: 'GET and HEAD only.\n' }
    return page()
  }
}

function verdict(problem: string | undefined): Page {
  return { status: problem === undefined ? 200 : 503, type: TEXT, text: `${problem ?? 'ok'}\n` }
}

const LISTEN_PROBLEMS: Readonly<Record<string, { path: string; expected: string }>> = {
  EADDRINUSE: { path: 'health.port', expected: 'a port that nothing listens on; 0 takes a free one' },
  EACCES: { path: 'health.port', expected: 'a port that this user may listen on, from 1024' },
  EADDRNOTAVAIL: { path: 'health.host', expected: 'an address of this machine' },
  ENOTFOUND: { path: 'health.host', expected: 'an address of this machine' },
}

function listenProblem(error: NodeJS.ErrnoException, { port, host }: HealthConfig): OptionProblem {
  const { path, expected } = LISTEN_PROBLEMS[error.code ?? ''] ?? {
    path: 'health',
    expected: 'a host and a port to listen on',
  }
  return { path, expected, got: `${host}:${port} (${error.message})` }
}
