import { answer } from '../answer.js'
import type { Answer } from '../answer.js'
import { serializationError, unknownOperation } from '../aws-error.js'
import type { AwsError } from '../aws-error.js'
import { AWS_SERVICES } from './aws-services.js'
import type { AwsService } from './aws-services.js'
import { CborError, decodeCbor } from './cbor-reader.js'
import { CborDouble, CborTimestamp, encodeCbor } from './cbor-writer.js'
import { CLOUDWATCH_MEMBERS } from './cloudwatch-members.js'
import { errorBody, queryErrorHeader } from './error-shape.js'
import type { Call, Exchange, RequestHead } from './exchange.js'

const PATH = /\/service\/([^/]+)\/operation\/([^/]+)$/
const PROTOCOL = { 'smithy-protocol': 'rpc-v2-cbor' }
// The one service here whose AWS counterpart speaks it.
const CLOUDWATCH = AWS_SERVICES.find(({ name }) => name === 'cloudwatch')

/**
 * Smithy RPC v2 CBOR: the operation in the path (`/service/GraniteServiceVersion20100801/operation/PutMetricData`), a
 * CBOR map as body. What the SDKs of Go, Rust and Java speak with CloudWatch.
 * https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html
 */
export class RpcV2Cbor implements Exchange {
  readonly #path: string
  readonly #operation: string
  readonly #service: AwsService | undefined

  private constructor(path: string) {
    const [, service, operation = ''] = PATH.exec(path) ?? []
    this.#path = path
    this.#operation = operation
    this.#service = service === CLOUDWATCH?.target ? CLOUDWATCH : undefined
  }

  /** Undefined for requests in other protocols. */
  static of({ method, path, headers }: RequestHead): RpcV2Cbor | undefined {
    const isOne = method === 'POST' && headers['smithy-protocol'] === PROTOCOL['smithy-protocol']
    return isOne ? new RpcV2Cbor(path) : undefined
  }

  read(body: Buffer): Call {
    if (this.#service === undefined) throw unknownOperation(`RPC v2 CBOR on the path ${this.#path}`)
    return { service: this.#service, operation: this.#operation, input: parseCbor(body) }
  }

  success(output: unknown): Answer {
    // "Responses for operations with no defined output type MUST NOT contain bodies", nor a content type.
    if (output === undefined) return answer(200, '', PROTOCOL)
    return answer(200, encodeCbor(typed(output, '')), { ...PROTOCOL, 'Content-Type': 'application/cbor' })
  }

  failure(fault: AwsError): Answer {
    const headers = { ...PROTOCOL, ...queryErrorHeader(fault, this.#service) }
    const body = encodeCbor(errorBody(fault, this.#service))
    return answer(fault.status, body, { ...headers, 'Content-Type': 'application/cbor' })
  }
}

/** An empty body is an empty map. */
function parseCbor(body: Buffer): Record<string, unknown> {
  if (body.byteLength === 0) return {}
  let input: unknown
  try {
    input = decodeCbor(body)
  } catch (error) {
    if (!(error instanceof CborError)) throw error
    throw serializationError(`The request body is not valid CBOR. ${error.message}`)
  }
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw serializationError('The request body must be a CBOR map.')
  }
  return spellNonFinite(input) as Record<string, unknown>
}

/** NaN and the infinities as AWS JSON spells them: operations know them by their names. */
function spellNonFinite(value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  return mapped(value, spellNonFinite)
}

/** Numbers as the kind that their member's shape has; `name` is the member's. */
function typed(value: unknown, name: string): unknown {
  if (typeof value !== 'number') return mapped(value, (inner, key) => typed(inner, key ?? name))
  if (CLOUDWATCH_MEMBERS.timestamps.has(name)) return new CborTimestamp(value)
  return CLOUDWATCH_MEMBERS.integers.has(name) ? value : new CborDouble(value)
}

/** A copy with `change` applied to each item, or each member with its name; anything else as it is. */
function mapped(value: unknown, change: (inner: unknown, key?: string) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => change(item))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, change(inner, key)]))
}
