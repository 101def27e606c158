import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs'
import type { SQSClient } from '@aws-sdk/client-sqs'
import { wallClock } from '../clock.js'
import { outputOf } from './plain-json.js'
import type { CachingSigner } from './signer.js'
import type { CarriedAnswer, CarriedRequest, RequestHandler } from './transport.js'

/** The part of a client that makes calls. */
export type Sender = Pick<SQSClient, 'send'>

type Command = Parameters<SQSClient['send']>[0]

// The calls that are made all the time; their inputs are the JSON that is sent.
const TARGETS: ReadonlyMap<unknown, string> = new Map<unknown, string>([
  [ReceiveMessageCommand, 'AmazonSQS.ReceiveMessage'],
  [DeleteMessageBatchCommand, 'AmazonSQS.DeleteMessageBatch'],
  [ChangeMessageVisibilityBatchCommand, 'AmazonSQS.ChangeMessageVisibilityBatch'],
])

// Of the operation, the body or the instant: made anew for each request.
const OF_ONE_REQUEST = new Set([
  'authorization',
  'content-length',
  'x-amz-content-sha256',
  'x-amz-date',
  'x-amz-security-token',
  'x-amz-target',
])

/** What is the same in all requests of a client, as the SDK makes them. */
interface Known {
  readonly request: Omit<CarriedRequest, 'headers' | 'body'>
  readonly headers: Readonly<Record<string, string>>
  readonly signing: { readonly signingRegion?: string; readonly signingService?: string }
}

/** What the SDK notes of a call while it passes the middleware. */
interface Context {
  readonly signing_region?: string
  readonly signing_service?: string
}

/**
 * Sends over a client of ours, and the calls that are made all the time past its middleware: straight to what carries its
 * requests, signed with its credentials, for its region, by its clock. Where they go and what their headers are is seen in
 * the client's first call, which it makes itself, like every call of another kind. An answer that is no success goes to the
 * client as if it had made the call: errors are the SDK's own, and a clock that is off is corrected there.
 *
 * Where something has wrapped the client's `send` to watch its calls, all go through it.
 */
export function directSend(client: SQSClient, signer: CachingSigner): Sender {
  const direct = new DirectSend(client, signer)
  const isWatched = !IS_METHOD.test(String(Reflect.get(client, 'send')))
  const send = (
    command: Command,
    { abortSignal }: { readonly abortSignal?: AbortSignal } = {},
  ): Promise<unknown> => {
    if (abortSignal !== undefined) direct.signals.set(command.input, abortSignal)
    const target = isWatched ? undefined : TARGETS.get(command.constructor)
    return target === undefined ? client.send(command) : direct.send(command, target)
  }
  return { send: send as SQSClient['send'] }
}

// The SDK's is a method of a class, also in a bundle; what instrumentation puts in its place is a function.
const IS_METHOD = /^send\s*\(/

class DirectSend {
  /** By the call's input: the client composes its middleware only once, so that what is of one call goes beside it. */
  readonly signals = new WeakMap<object, AbortSignal>()
  readonly #answers = new WeakMap<object, CarriedAnswer>()
  readonly #client: SQSClient
  readonly #signer: CachingSigner
  #known: Known | undefined

  constructor(client: SQSClient, signer: CachingSigner) {
    this.#client = client
    this.#signer = signer
    client.middlewareStack.add(
      (_, context) =>
        async ({ input, request }) =>
          await this.#carry(input, request as CarriedRequest, context as Context),
      { name: 'longshoreCarryingMiddleware', step: 'deserialize', priority: 'low' },
    )
  }

  async send(command: Command, target: string): Promise<unknown> {
    const known = this.#known
    if (known === undefined) return await this.#client.send(command)
    const { config } = this.#client
    const body = JSON.stringify(command.input)
    const headers = {
      ...known.headers,
      'x-amz-target': target,
      'content-length': String(Buffer.byteLength(body)),
    }
    const signingDate = new Date(wallClock.now() + config.systemClockOffset)
    const request = { ...known.request, headers, body } as Parameters<CachingSigner['sign']>[0]
    const signed = await this.#signer.sign(request, { signingDate, ...known.signing })
    const { response } = await this.#handle(signed, command.input)
    if (response.statusCode === 200) return await outputOf(response)
    this.#answers.set(command.input, response)
    return await this.#client.send(command)
  }

  /** Carries the requests that the client has made itself. */
  #carry(input: object, request: CarriedRequest, context: Context): Promise<{ response: CarriedAnswer }> {
    const response = this.#answers.get(input)
    if (response !== undefined) return Promise.resolve({ response })
    this.#known ??= knownOf(request, context)
    return this.#handle(request, input)
  }

  #handle(request: CarriedRequest, input: object): Promise<{ response: CarriedAnswer }> {
    const requestHandler = this.#client.config.requestHandler as unknown as RequestHandler
    return requestHandler.handle(request, { abortSignal: this.signals.get(input) })
  }
}

function knownOf(
  request: CarriedRequest,
  { signing_region: signingRegion, signing_service: signingService }: Context,
): Known {
  const { method, protocol, hostname, port, path, query } = request
  const headers = Object.entries(request.headers).filter(([name]) => !OF_ONE_REQUEST.has(name))
  return {
    request: { method, protocol, hostname, port, path, query },
    headers: Object.fromEntries(headers),
    signing: {
      ...(signingRegion === undefined ? {} : { signingRegion }),
      ...(signingService === undefined ? {} : { signingService }),
    },
  }
}
