import { answer } from '../answer.js'
import type { Answer } from '../answer.js'
import { serializationError, unknownOperation } from '../aws-error.js'
import type { AwsError } from '../aws-error.js'
import { AWS_SERVICES } from './aws-services.js'
import type { AwsService } from './aws-services.js'
import { errorBody, queryErrorHeader } from './error-shape.js'
import type { Call, Exchange, RequestHead } from './exchange.js'

const SERVICES: ReadonlyMap<string | undefined, AwsService> = new Map(
  AWS_SERVICES.map((service) => [service.target, service]),
)

/**
 * AWS JSON 1.0 and 1.1: the operation in `X-Amz-Target` (`AmazonSQS.SendMessage`), a JSON object as body. What today's
 * SDKs speak with all services here but STS.
 */
export class AwsJson implements Exchange {
  readonly #target: string
  readonly #operation: string
  readonly #service: AwsService | undefined

  private constructor(target: string) {
    const dot = target.lastIndexOf('.')
    this.#target = target
    this.#operation = target.slice(dot + 1)
    this.#service = SERVICES.get(target.slice(0, Math.max(dot, 0)))
  }

  /** For requests that nobody can read: it only fails. */
  static readonly unnamed: AwsJson = new AwsJson('')

  /** Undefined for requests in other protocols. */
  static of({ method, headers }: RequestHead): AwsJson | undefined {
    const target = headers['x-amz-target']
    return method === 'POST' && typeof target === 'string' ? new AwsJson(target) : undefined
  }

  read(body: Buffer): Call {
    const input = parseJson(body)
    if (this.#service === undefined) throw unknownOperation(`the service of X-Amz-Target '${this.#target}'`)
    return { service: this.#service, operation: this.#operation, input }
  }

  /** Operations without output answer with an empty body, as AWS does. */
  success(output: unknown): Answer {
    return answer(200, output === undefined ? '' : JSON.stringify(output), this.#headers())
  }

  failure(fault: AwsError): Answer {
    const body = JSON.stringify(errorBody(fault, this.#service))
    return answer(fault.status, body, { ...this.#headers(), ...queryErrorHeader(fault, this.#service) })
  }

  #headers(): { 'Content-Type': string } {
    return { 'Content-Type': `application/x-amz-json-${this.#service?.jsonVersion ?? '1.0'}` }
  }
}

/** An empty body is an empty object. */
function parseJson(body: Buffer): Record<string, unknown> {
  const text = body.toString('utf8')
  if (text === '') return {}
  let input: unknown
  try {
    input = JSON.parse(text)
  } catch (error) {
    // JSON.parse quotes the text in its message; the position is enough, and bodies may be private.
    const position = /position \d+/.exec(error instanceof Error ? error.message : '')?.[0] ?? 'its end'
    throw serializationError(`The request body is not valid JSON: see ${position}.`)
  }
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw serializationError('The request body must be a JSON object.')
  }
  return input as Record<string, unknown>
}
