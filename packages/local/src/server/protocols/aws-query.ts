import { randomUUID } from 'node:crypto'

import { answer } from '../answer.js'
import type { Answer } from '../answer.js'
import { AwsError, unknownOperation } from '../aws-error.js'
import { AWS_SERVICES } from './aws-services.js'
import type { AwsService, QueryService } from './aws-services.js'
import { blame, queryCode } from './error-shape.js'
import type { Call, Exchange, RequestHead } from './exchange.js'
import { gatherFields } from './query-forms.js'
import { element, xmlText } from './xml.js'

type QuerySpeaker = AwsService & { readonly query: QueryService }

const SPEAKERS = AWS_SERVICES.filter((service): service is QuerySpeaker => service.query !== undefined)
const FORM = 'application/x-www-form-urlencoded'
const SIGNED_FOR = /Credential=[^/,\s]+\/[^/,\s]+\/[^/,\s]+\/([^/,\s]+)\/aws4_request/
const QUEUE_PATH = /^\/\d{12}\/[^/]+$/

/**
 * The AWS query protocol: a form (`Action=SendMessage&MessageBody=…`), answered with XML. What every SDK spoke with SQS
 * until 2023 and with CloudWatch until 2025, and speaks with STS.
 */
export class AwsQuery implements Exchange {
  readonly #head: RequestHead
  readonly #requestId = randomUUID()
  #service: QuerySpeaker | undefined
  #operation = ''

  private constructor(head: RequestHead) {
    this.#head = head
  }

  /** Undefined for requests in other protocols. */
  static of(head: RequestHead): AwsQuery | undefined {
    const { method, query, headers } = head
    const isForm = method === 'POST' && (headers['content-type'] ?? '').toLowerCase().startsWith(FORM)
    const isLink = (method === 'GET' || method === 'POST') && new URLSearchParams(query).has('Action')
    return isForm || isLink ? new AwsQuery(head) : undefined
  }

  read(body: Buffer): Call {
    const { path, query, headers, origin } = this.#head
    const form = new URLSearchParams(
      query === '' ? body.toString('utf8') : `${query}&${body.toString('utf8')}`,
    )
    this.#operation = form.get('Action') ?? ''
    this.#service = speakerOf(form, headers.authorization)
    if (this.#operation === '')
      throw new AwsError('MissingAction', 'The request must contain the parameter Action.')
    const service = this.#service
    if (service === undefined) {
      throw unknownOperation(`Action ${this.#operation} of version ${form.get('Version') ?? '(none)'}`)
    }
    form.delete('Action')
    form.delete('Version')
    const input = service.query.forms.read(gatherFields(form), this.#operation)
    // Forms may name their queue by the path alone.
    const isOfQueue = service.name === 'sqs' && input.QueueUrl === undefined && QUEUE_PATH.test(path)
    return {
      service,
      operation: this.#operation,
      input: isOfQueue ? { ...input, QueueUrl: origin + path } : input,
    }
  }

  success(output: unknown): Answer {
    const metadata = element('ResponseMetadata', element('RequestId', this.#requestId))
    return this.#answer(200, `${this.#operation}Response`, this.#result(output) + metadata)
  }

  failure(fault: AwsError): Answer {
    const error = element('Type', blame(fault)) + element('Code', xmlText(queryCode(fault)))
    const message = element('Message', xmlText(fault.queryMessage ?? fault.message))
    const inner = element('Error', `${error}${message}<Detail/>`) + element('RequestId', this.#requestId)
    return this.#answer(fault.status, 'ErrorResponse', inner)
  }

  #result(output: unknown): string {
    const query = this.#service?.query
    if (query === undefined || output === undefined) return ''
    const inner = query.forms.write(Object(output) as object, this.#operation)
    return element(`${this.#operation}Result`, inner)
  }

  #answer(status: number, root: string, inner: string): Answer {
    const namespace = this.#service === undefined ? '' : ` xmlns="${this.#service.query.xmlNamespace}"`
    const xml = `<?xml version="1.0"?><${root}${namespace}>${inner}</${root}>`
    return answer(status, xml, { 'Content-Type': 'text/xml', 'x-amzn-RequestId': this.#requestId })
  }
}

/** The service whose version the form names; without one, the service that the request is signed for. */
function speakerOf(form: URLSearchParams, authorization: string = ''): QuerySpeaker | undefined {
  const version = form.get('Version')
  const [, signedFor] = SIGNED_FOR.exec(authorization) ?? []
  return SPEAKERS.find(({ query }) =>
    version === null ? query.signingName === signedFor : query.version === version,
  )
}
