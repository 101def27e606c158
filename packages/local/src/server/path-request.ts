import type { Answer } from './answer.js'
import type { Caller } from './caller.js'

/** A request without X-Amz-Target: for what is served here by path, as the endpoints of a task's agent are. */
export interface PathRequest {
  readonly method: string
  /** As sent, without the query. */
  readonly path: string
  readonly caller: Caller
  /** The body, decompressed. Can be read once. */
  readBody(): Promise<Buffer>
}

/** Serves the paths that it knows; undefined for all others. Throws {@link AwsError} for what it refuses. */
export type ServePath = (request: PathRequest) => Promise<Answer | undefined> | Answer | undefined
