import type { IncomingHttpHeaders } from 'node:http'

import type { Answer } from './answer.js'
import type { Caller } from './caller.js'

/** A request without X-Amz-Target: for what is served here by path, as the endpoints of a task's agent are. */
export interface PathRequest {
  readonly method: string
  /** As sent, without the query. */
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  /** Scheme and host as the caller wrote them. */
  readonly origin: string
  readonly caller: Caller
  /** Aborts when the connection closes before the answer has ended. */
  readonly signal: AbortSignal
  /** The body, decompressed. Can be read once. */
  readBody(): Promise<Buffer>
}

/** Serves the paths that it knows; undefined for all others. Throws {@link AwsError} for what it refuses. */
export type ServePath = (request: PathRequest) => Promise<Answer | undefined> | Answer | undefined
