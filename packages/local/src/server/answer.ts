import { randomUUID } from 'node:crypto'
import type { OutgoingHttpHeaders } from 'node:http'

import { AwsError } from './aws-error.js'
import type { Protocol } from './protocol.js'

/** An HTTP answer, ready to be written. */
export interface Answer {
  readonly status: number
  readonly headers: OutgoingHttpHeaders
  readonly body: string
}

// Errors that AWS's protocol layer raises before a service sees the call: they carry its namespace, not the service's.
const PROTOCOL_ERRORS: ReadonlySet<string> = new Set(['SerializationException', 'UnknownOperationException'])

/** The answer to a call that went well. Operations without output answer with an empty body, as AWS does. */
export function successAnswer(output: unknown, protocol: Protocol): Answer {
  return answer(200, output === undefined ? '' : JSON.stringify(output), protocol.contentType)
}

/** The answer to a call that failed. Anything but an {@link AwsError} is a fault of ours, and says so. */
export function errorAnswer(error: unknown, protocol?: Protocol): Answer {
  const fault = error instanceof AwsError ? error : internalFailure(error)
  const body = JSON.stringify({ __type: typeName(fault, protocol), message: fault.message })
  const answered = answer(fault.status, body, protocol?.contentType ?? 'application/x-amz-json-1.0')
  if (protocol === undefined || protocol.isQueryCompatible) {
    const blame = fault.isSenderFault ? 'Sender' : 'Receiver'
    answered.headers['x-amzn-query-error'] = `${fault.queryCode ?? fault.code};${blame}`
  }
  return answered
}

/** The answer to whoever reads text. */
export function textAnswer(status: number, text: string): Answer {
  return answer(status, text, 'text/plain; charset=utf-8')
}

/** The answer to a browser or a health check. */
export function plainAnswer(status: number, content: unknown): Answer {
  return answer(status, JSON.stringify(content), 'application/json')
}

function answer(status: number, body: string, contentType: string): Answer {
  const headers: OutgoingHttpHeaders = {
    'x-amzn-RequestId': randomUUID(),
    'Content-Type': contentType,
    'Content-Length': Buffer.byteLength(body),
  }
  return { status, headers, body }
}

function typeName(fault: AwsError, protocol: Protocol | undefined): string {
  if (PROTOCOL_ERRORS.has(fault.code)) return `com.amazon.coral.service#${fault.code}`
  return protocol?.errorNamespace === undefined ? fault.code : `${protocol.errorNamespace}#${fault.code}`
}

function internalFailure(error: unknown): AwsError {
  const cause = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  return new AwsError('InternalFailure', `@longshore/local failed at this call; please report it. ${cause}`, {
    status: 500,
  })
}
