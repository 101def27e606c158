import type { IncomingHttpHeaders } from 'node:http'

import type { Answer } from '../answer.js'
import type { AwsError } from '../aws-error.js'
import type { AwsService } from './aws-services.js'

/** A request before its body. */
export interface RequestHead {
  readonly method: string
  /** As sent, without the query. */
  readonly path: string
  /** As sent, without its `?`; empty when there is none. */
  readonly query: string
  readonly headers: IncomingHttpHeaders
  /** Scheme and host as the caller wrote them. */
  readonly origin: string
}

/** What a caller asks for. Input and output have the forms of AWS JSON in every protocol: epoch seconds, base64. */
export interface Call {
  readonly service: AwsService
  readonly operation: string
  readonly input: Record<string, unknown>
}

/** One call in one protocol: how it is read, and how its end is written. */
export interface Exchange {
  /** @throws AwsError for a body that is not what the protocol says, and for services that are not here. */
  read(body: Buffer): Call
  /** Operations without output give undefined. */
  success(output: unknown): Answer
  /** May come before `read`, or instead. */
  failure(fault: AwsError): Answer
}
