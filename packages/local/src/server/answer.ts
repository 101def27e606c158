import { randomUUID } from 'node:crypto'
import type { OutgoingHttpHeaders } from 'node:http'

/** An HTTP answer, ready to be written. */
export interface Answer {
  readonly status: number
  readonly headers: OutgoingHttpHeaders
  readonly body: string | Uint8Array
  /** Writes on in place of a body, for as long as somebody listens: the answer ends with its connection. */
  readonly stream?: (client: StreamClient) => void
}

/** Who listens to a streamed answer. */
export interface StreamClient {
  write(text: string): void
  /** True while what was written has not been taken yet. */
  readonly isBusy: boolean
}

/** The answer to whoever reads text. */
export function textAnswer(status: number, text: string): Answer {
  return answer(status, text, { 'Content-Type': 'text/plain; charset=utf-8' })
}

/** The answer to a browser or a health check. */
export function plainAnswer(status: number, content: unknown): Answer {
  return answer(status, JSON.stringify(content), { 'Content-Type': 'application/json' })
}

/** An answer with these headers, its length, and a request id of its own where `headers` has none. */
export function answer(status: number, body: string | Uint8Array, headers: OutgoingHttpHeaders): Answer {
  return {
    status,
    headers: { 'x-amzn-RequestId': randomUUID(), ...headers, 'Content-Length': Buffer.byteLength(body) },
    body,
  }
}
