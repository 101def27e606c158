// `@longshore/core/undici`, an entry of its own: undici is an optional peer.
import type { Dispatcher } from 'undici'
import { Agent, EnvHttpProxyAgent, ProxyAgent } from 'undici'
import type { CarriedAnswer, CarriedRequest, ConnectionPool, RequestHandler, Transport } from './transport.js'

/** What {@link undiciTransport} takes. */
export interface UndiciOptions {
  /**
   * A proxy's URL, or 'environment' for HTTP_PROXY, HTTPS_PROXY and NO_PROXY. Default: none, whatever the environment
   * says, as with the SDK's own transport.
   */
  proxy?: string | undefined
}

// An idle worker polls all the time; what is idle longer than this is a settlement's connection in a quiet minute.
// SQS closes its side later, so that a call meets a closing connection rarely.
const KEEP_ALIVE_MS = 10_000
// The longest poll takes 20 s. Every call of ours has a deadline of its own besides; this is for tools that set none.
const ANSWER_MS = 30_000

// What another attempt, on another connection, may cure: the SDK names these errors so.
const TRANSIENT = new Set([
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'UND_ERR_SOCKET',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
])

/**
 * Carries a queue's calls over undici, which takes less CPU time than the SDK's own transport. For `defineQueue`'s
 * `transport`. Connections are kept alive for 10 s after their last call; an answer may take 30 s; calls that are given
 * up close theirs.
 *
 * @example
 * defineQueue({ url, message, transport: undiciTransport() })
 */
export function undiciTransport({ proxy }: UndiciOptions = {}): Transport {
  return (pool) => new UndiciHandler(dispatcherOf(pool, proxy))
}

function dispatcherOf(
  { connections, connectTimeoutMs }: ConnectionPool,
  proxy: string | undefined,
): Dispatcher {
  const options = {
    connections,
    connect: { timeout: connectTimeoutMs },
    keepAliveTimeout: KEEP_ALIVE_MS,
    headersTimeout: ANSWER_MS,
    bodyTimeout: ANSWER_MS,
  }
  if (proxy === undefined) return new Agent(options)
  return proxy === 'environment' ? new EnvHttpProxyAgent(options) : new ProxyAgent({ ...options, uri: proxy })
}

class UndiciHandler implements RequestHandler {
  readonly metadata = { handlerProtocol: 'http/1.1' }
  readonly #dispatcher: Dispatcher

  constructor(dispatcher: Dispatcher) {
    this.#dispatcher = dispatcher
  }

  handle(
    request: CarriedRequest,
    { abortSignal }: { readonly abortSignal?: object | undefined } = {},
  ): Promise<{ response: CarriedAnswer }> {
    return new Promise((resolve, reject) => {
      const { protocol, hostname, port, method, headers, body = null } = request
      const origin = `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`
      const options = { origin, path: pathOf(request), method: method as 'POST', headers, body }
      const signal = abortSignal instanceof AbortSignal ? abortSignal : undefined
      this.#dispatcher.dispatch(options, new Exchange({ resolve, reject, signal }))
    })
  }

  destroy(): void {
    void this.#dispatcher.destroy()
  }

  // There is nothing to configure at run time; the SDK asks all the same.
  updateHttpClientConfig(): void {}

  httpHandlerConfigs(): Record<string, never> {
    return {}
  }
}

interface ExchangeParts {
  readonly resolve: (answer: { response: CarriedAnswer }) => void
  readonly reject: (error: unknown) => void
  readonly signal: AbortSignal | undefined
}

/** One request and its answer, which is read whole: SQS's answers are. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #parts: ExchangeParts
  readonly #chunks: Buffer[] = []
  #abort: (() => void) | undefined
  #statusCode = 0
  #headers: Record<string, string> = {}

  constructor(parts: ExchangeParts) {
    this.#parts = parts
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    const { signal } = this.#parts
    this.#stopListening()
    if (signal === undefined) return
    this.#abort = () => controller.abort(new DOMException('Request aborted', 'AbortError'))
    if (signal.aborted) this.#abort()
    else signal.addEventListener('abort', this.#abort, { once: true })
  }

  onResponseStart(
    _: Dispatcher.DispatchController,
    statusCode: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
  ): void {
    this.#statusCode = statusCode
    this.#headers = {}
    for (const name in headers) {
      const value = headers[name]
      if (value !== undefined) this.#headers[name] = Array.isArray(value) ? value.join(', ') : value
    }
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk)
  }

  onResponseEnd(): void {
    this.#stopListening()
    const [first = Buffer.alloc(0)] = this.#chunks
    const body = this.#chunks.length > 1 ? Buffer.concat(this.#chunks) : first
    this.#parts.resolve({
      response: { statusCode: this.#statusCode, headers: this.#headers, body },
    })
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error & { readonly code?: string }): void {
    this.#stopListening()
    if (TRANSIENT.has(error.code ?? '')) Object.assign(error, { name: 'TimeoutError' })
    this.#parts.reject(error)
  }

  #stopListening(): void {
    if (this.#abort !== undefined) this.#parts.signal?.removeEventListener('abort', this.#abort)
    this.#abort = undefined
  }
}

function pathOf({ path, query }: CarriedRequest): string {
  let text = ''
  for (const [name, value] of Object.entries(query ?? {})) {
    for (const each of value === null || typeof value === 'string' ? [value] : value) {
      text += `${text === '' ? '?' : '&'}${encodeURIComponent(name)}`
      if (each !== null) text += `=${encodeURIComponent(each)}`
    }
  }
  return path + text
}
