import type { IncomingMessage } from 'node:http'

import { plainAnswer } from './answer.js'
import type { Answer } from './answer.js'
import { asAwsError, stopping, unknownOperation } from './aws-error.js'
import { callerOf } from './caller.js'
import type { Caller } from './caller.js'
import { isFromAnotherSite } from './foreign-site.js'
import type { ServePath } from './path-request.js'
import { AwsJson } from './protocols/aws-json.js'
import { AwsQuery } from './protocols/aws-query.js'
import type { ServiceName } from './protocols/aws-services.js'
import type { Call, Exchange, RequestHead } from './protocols/exchange.js'
import { RpcV2Cbor } from './protocols/rpc-v2-cbor.js'
import { readBody, RequestCutOff } from './request-body.js'
import type { Operation, Service } from './service.js'
import type { Striker, StruckCall } from './strike.js'
import { runStruck } from './struck-call.js'
import type { Ending, RunCall } from './struck-call.js'

export interface RouterOptions {
  /** Account and region of a call that names none. */
  readonly fallback: Caller
  /** Finds a service of an account, made on first use. */
  readonly service: (caller: Caller, name: ServiceName) => Service
  /** Told of each call before it runs. */
  readonly onCall: (call: Caller & { service: ServiceName; operation: string }) => void
  /** Answers `GET /_longshore/health`. */
  readonly health: () => Record<string, unknown>
  /** Serves what is not an AWS call, by its path. */
  readonly servePath?: ServePath
  readonly faults?: Striker
}

/** Reads a request in its protocol, runs its operation and writes the answer; faults strike in between. */
export class Router {
  readonly #options: RouterOptions
  #isClosing = false

  constructor(options: RouterOptions) {
    this.#options = options
  }

  /** Calls are refused from here on. */
  close(): void {
    this.#isClosing = true
  }

  /** `signal` aborts when the caller goes. Never rejects. */
  async route(head: RequestHead, request: IncomingMessage, signal: AbortSignal): Promise<Ending> {
    if (isFromAnotherSite(head)) {
      return { answer: plainAnswer(403, { message: 'Requests from pages of other sites are not served.' }) }
    }
    let exchange: Exchange | undefined = AwsJson.of(head) ?? RpcV2Cbor.of(head)
    try {
      const served = exchange === undefined ? await this.#browse(head, { request, signal }) : undefined
      if (served !== undefined) return { answer: served }
      exchange ??= AwsQuery.of(head)
      if (exchange === undefined) return { answer: notServed(head) }
      const call = exchange.read(await readBody(request))
      return await this.#run(call, { head, exchange, signal })
    } catch (error) {
      if (error instanceof RequestCutOff) return 'nothing'
      return { answer: (exchange ?? AwsJson.unnamed).failure(asAwsError(error)) }
    }
  }

  async #run(
    call: Call,
    on: { head: RequestHead; exchange: Exchange; signal: AbortSignal },
  ): Promise<Ending> {
    const { head, exchange, signal } = on
    const caller = this.#callerOf(head)
    const operation = this.#operation(call, caller)
    const run: RunCall = async (context = {}) =>
      operation(call.input, { origin: head.origin, signal, ...context })
    const { faults } = this.#options
    const strike = faults?.strike(struckCallOf(call, caller))
    if (faults === undefined || strike === undefined) return { answer: exchange.success(await run()) }
    return runStruck(strike, { run, exchange, signal, clock: faults.clock })
  }

  /** The paths of this server's own, then what answers that it is there. */
  async #browse(
    head: RequestHead,
    { request, signal }: { readonly request: IncomingMessage; readonly signal: AbortSignal },
  ): Promise<Answer | undefined> {
    const { method, path, headers, origin } = head
    const query = new URLSearchParams(head.query)
    const served = await this.#options.servePath?.({
      method,
      path,
      query,
      headers,
      origin,
      signal,
      caller: this.#callerOf(head),
      readBody: () => readBody(request),
    })
    if (served !== undefined) return served
    const isHealth = method === 'GET' && (path === '/' || path === '/_longshore/health')
    return isHealth && !query.has('Action') ? plainAnswer(200, this.#options.health()) : undefined
  }

  #operation({ service, operation }: Call, caller: Caller): Operation {
    if (this.#isClosing) throw stopping()
    const { operations } = this.#options.service(caller, service.name)
    const found = Object.hasOwn(operations, operation) ? operations[operation] : undefined
    if (found === undefined) throw unknownOperation(`${service.title}'s operation ${operation}`)
    this.#options.onCall({ ...caller, service: service.name, operation })
    return found
  }

  #callerOf(head: RequestHead): Caller {
    return callerOf(head.headers.authorization, this.#options.fallback)
  }
}

/** The queue that a call to SQS names, by URL or by name, is what faults know it by. */
function struckCallOf({ service, operation, input }: Call, caller: Caller): StruckCall {
  const named = service.name === 'sqs' ? (input.QueueUrl ?? input.QueueName) : undefined
  const queue = typeof named === 'string' ? named.slice(named.lastIndexOf('/') + 1) : undefined
  return { ...caller, service: service.name, operation, queue }
}

/** Clients read errors: a POST that is no call in any protocol is told so in one of them. */
function notServed({ method, path }: RequestHead): Answer {
  if (method === 'POST') {
    throw unknownOperation('a call without an X-Amz-Target header, a form or a smithy-protocol header')
  }
  const message = `@longshore/local answers POST, in the protocols of AWS, and GET /_longshore/health; this was ${method} ${path}.`
  return plainAnswer(method === 'GET' ? 404 : 405, { message })
}
