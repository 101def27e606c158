import { get } from 'node:http'
import type { IncomingMessage } from 'node:http'

import type { LocalAws } from '../../src/index.js'
import type { Action, PageState } from '../../src/page/browser/page-state.js'
import { exchange, target } from '../server/raw-http.js'
import type { RawAnswer } from '../server/raw-http.js'

/** A client of a local AWS and a reader of its page, in one account. */
export class LocalPage {
  readonly #aws: LocalAws
  readonly #caller: { readonly accountId: string; readonly region: string }

  constructor(
    aws: LocalAws,
    caller: { accountId: string; region: string } = { accountId: '000000000000', region: 'us-east-1' },
  ) {
    this.#aws = aws
    this.#caller = caller
  }

  /** Calls an operation over the wire; `name` as X-Amz-Target has it. */
  async call<Output extends object>(name: string, input: object = {}): Promise<Output> {
    const { accountId, region } = this.#caller
    const Authorization = `AWS4-HMAC-SHA256 Credential=${accountId}/20260101/${region}/any/aws4_request, SignedHeaders=host, Signature=0`
    const headers = { ...target(name), Authorization }
    const { status, json, text } = await exchange(this.#aws.endpoint, {
      headers,
      body: JSON.stringify(input),
    })
    if (status !== 200) throw new Error(`${name}: ${text}`)
    return json as Output
  }

  async createQueue(QueueName: string, Attributes: Record<string, string> = {}): Promise<string> {
    const { QueueUrl } = await this.call<{ QueueUrl: string }>('AmazonSQS.CreateQueue', {
      QueueName,
      Attributes,
    })
    return QueueUrl
  }

  async send(QueueUrl: string, MessageBody: string): Promise<void> {
    await this.call('AmazonSQS.SendMessage', { QueueUrl, MessageBody })
  }

  /** The state that a look shows; `query` as in the address. */
  async state(query: string = ''): Promise<PageState> {
    const { status, json, text } = await exchange(this.#aws.endpoint, {
      method: 'GET',
      path: `/_longshore/state?${query}`,
    })
    if (status !== 200) throw new Error(text)
    return json as unknown as PageState
  }

  act(feature: string, input: Action['input']): Promise<RawAnswer> {
    const action: Action = { ...this.#caller, feature, input }
    const headers = { 'Content-Type': 'application/json' }
    return exchange(this.#aws.endpoint, {
      path: '/_longshore/actions',
      headers,
      body: JSON.stringify(action),
    })
  }

  /** Listens to the state and its changes. */
  async listen(query: string = ''): Promise<Listening> {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      get(`${this.#aws.endpoint}/_longshore/events?${query}`, { agent: false }, resolve).on('error', reject)
    })
    return new Listening(response)
  }
}

export interface ServerEvent {
  readonly event: string
  readonly state: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

/** A stream of server-sent events. */
export class Listening {
  readonly #response: IncomingMessage
  readonly #events: ServerEvent[] = []
  #wake = (): void => {}
  #text = ''

  constructor(response: IncomingMessage) {
    this.#response = response
    // A server that closes cuts its streams.
    response.on('error', () => {})
    response.setEncoding('utf8')
    response.on('data', (text: string) => this.#read(text))
  }

  get contentType(): string | undefined {
    return this.#response.headers['content-type']
  }

  /** The next event, in the order they came. */
  async next(): Promise<ServerEvent> {
    for (;;) {
      const event = this.#events.shift()
      if (event !== undefined) return event
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }

  /** Goes away, as a closed tab does. */
  async end(): Promise<void> {
    const closed = new Promise((resolve) => this.#response.once('close', resolve))
    this.#response.destroy()
    await closed
  }

  #read(text: string): void {
    const parts = (this.#text + text).split('\n\n')
    this.#text = parts.pop() ?? ''
    for (const part of parts) {
      const [, event, data] = /^event: (\w+)\ndata: (.*)$/.exec(part) ?? []
      if (event !== undefined && data !== undefined)
        this.#events.push({ event, state: JSON.parse(data) as ServerEvent['state'] })
    }
    this.#wake()
  }
}
