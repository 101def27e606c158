// SQS's JSON protocol over node:http with no SDK: a client that costs little, so that what is measured is the server.
import { Agent, request } from 'node:http'

// Servers read the region and the account from it; none of these checks it.
const AUTHORIZATION =
  'AWS4-HMAC-SHA256 Credential=000000000000/20260101/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=0'
const BATCH = 10

interface Received {
  readonly Messages?: readonly { readonly ReceiptHandle: string }[]
}

export class RawSqs {
  readonly #endpoint: string
  readonly #agent: Agent

  constructor(endpoint: string, connections: number) {
    this.#endpoint = endpoint
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections })
  }

  async createQueue(QueueName: string): Promise<string> {
    const { QueueUrl } = await this.call<{ QueueUrl: string }>('CreateQueue', { QueueName })
    return QueueUrl
  }

  async sendTen(QueueUrl: string, MessageBody: string): Promise<number> {
    const Entries = Array.from({ length: BATCH }, (_, index) => ({ Id: String(index), MessageBody }))
    await this.call('SendMessageBatch', { QueueUrl, Entries })
    return BATCH
  }

  /** Receives up to ten and deletes them; how many there were. */
  async drainTen(QueueUrl: string): Promise<number> {
    const receive = { QueueUrl, MaxNumberOfMessages: BATCH, WaitTimeSeconds: 0 }
    const { Messages = [] } = await this.call<Received>('ReceiveMessage', receive)
    if (Messages.length === 0) return 0
    const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }))
    await this.call('DeleteMessageBatch', { QueueUrl, Entries })
    return Messages.length
  }

  /** A receive that waits, on a connection of its own; it fails once this client is closed. */
  longPoll(QueueUrl: string): Promise<unknown> {
    return this.call('ReceiveMessage', { QueueUrl, MaxNumberOfMessages: BATCH, WaitTimeSeconds: 20 })
  }

  call<Answer>(operation: string, input: object): Promise<Answer> {
    const body = JSON.stringify(input)
    const headers = {
      'content-type': 'application/x-amz-json-1.0',
      'content-length': Buffer.byteLength(body),
      'x-amz-target': `AmazonSQS.${operation}`,
      authorization: AUTHORIZATION,
    }
    return new Promise((resolve, reject) => {
      const sent = request(this.#endpoint, { method: 'POST', agent: this.#agent, headers }, (answer) => {
        let text = ''
        answer.setEncoding('utf8')
        answer.on('data', (part: string) => (text += part))
        answer.on('error', reject)
        answer.on('end', () => {
          if (answer.statusCode === 200) resolve((text === '' ? {} : JSON.parse(text)) as Answer)
          else reject(new Error(`${operation} answered ${String(answer.statusCode)}: ${text.slice(0, 300)}`))
        })
      })
      sent.on('error', reject)
      sent.end(body)
    })
  }

  close(): void {
    this.#agent.destroy()
  }
}
