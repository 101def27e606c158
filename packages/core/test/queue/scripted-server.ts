// A server of a few lines that speaks SQS's JSON protocol, for what no well-behaved server does.
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

export interface Seen {
  readonly operation: string
  readonly input: Record<string, unknown>
  readonly socket: number
  readonly headers: IncomingHttpHeaders
}

/** An answer with a status of its own. */
export interface Refusal {
  readonly status: number
  readonly body: object
  readonly headers?: Record<string, string>
}

export type Answers = Record<string, (count: number) => object | 'silence' | Refusal>

export async function serve(answers: Answers): Promise<{ url: string; endpoint: string; seen: Seen[] }> {
  const seen: Seen[] = []
  const server = createServer((request, response: ServerResponse) => {
    let text = ''
    request.on('data', (chunk: Buffer) => (text += chunk.toString()))
    request.on('end', () => {
      const operation = String(request.headers['x-amz-target']).replace('AmazonSQS.', '')
      seen.push({
        operation,
        input: JSON.parse(text) as Record<string, unknown>,
        socket: request.socket.remotePort ?? 0,
        headers: request.headers,
      })
      const count = seen.filter((call) => call.operation === operation).length
      const answer = answers[operation]?.(count) ?? {}
      if (answer === 'silence') return
      const { status = 200, body = answer, headers = {} } = answer as Partial<Refusal>
      response
        .writeHead(status, { 'content-type': 'application/x-amz-json-1.0', ...headers })
        .end(JSON.stringify(body))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { endpoint, url: `${endpoint}/000000000000/orders`, seen }
}

let handles = 0

export function messages(count: number): object {
  return {
    Messages: Array.from({ length: count }, () => ({
      MessageId: `m${(handles += 1)}`,
      ReceiptHandle: `r${handles}`,
      Body: '{}',
      MD5OfBody: createHash('md5').update('{}').digest('hex'),
      Attributes: { ApproximateReceiveCount: '1', SentTimestamp: '1', ApproximateFirstReceiveTimestamp: '1' },
    })),
  }
}

export async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 5))
}
