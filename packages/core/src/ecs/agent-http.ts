import { request } from 'node:http'

/** What the ECS agent is asked: its endpoints speak plain HTTP inside the task. */
export interface AgentRequest {
  readonly url: string
  readonly method: 'GET' | 'PUT'
  /** Sent as JSON. The agent refuses fields that it does not know. */
  readonly body?: object | undefined
  readonly signal: AbortSignal
}

export interface AgentAnswer {
  readonly status: number
  readonly text: string
}

const MAX_ANSWER_BYTES = 1_048_576

/** Asks the agent once, on a connection of its own. Rejects when no whole answer comes before the signal aborts. */
export function askAgent({ url, method, body, signal }: AgentRequest): Promise<AgentAnswer> {
  return new Promise((resolve, reject) => {
    const sent = body === undefined ? undefined : JSON.stringify(body)
    const headers =
      sent === undefined
        ? {}
        : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(sent) }
    const asking = request(url, { method, headers, signal, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
        if (text.length > MAX_ANSWER_BYTES) asking.destroy(new Error('The answer is too long.'))
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
      response.on('error', reject)
    })
    asking.on('error', reject)
    asking.end(sent)
  })
}
