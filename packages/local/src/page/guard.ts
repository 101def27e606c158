import type { Answer } from '../server/answer.js'
import { plainAnswer } from '../server/answer.js'
import { isLoopback } from '../server/foreign-site.js'
import type { PathRequest } from '../server/path-request.js'

/**
 * The answer to a request that the page cannot have made; undefined for one that it may have. The server has refused
 * what names another site (see foreign-site.ts). A rebound name sends no Origin with what it reads, so what the page
 * reads is served under the loopback's names alone; and what it does is JSON, which a browser sends to another origin
 * only after a preflight, which nobody answers.
 */
export function refuseForeign({ headers, method }: PathRequest): Answer | undefined {
  const { host = '' } = headers
  if (!isLoopback(host)) {
    return refusal(
      403,
      `The page is for this machine alone: open it as http://127.0.0.1:<port>/, not under the host '${host}'. ` +
        'Through a tunnel, forward a port of your own loopback.',
    )
  }
  const isJson = /^application\/json\s*(;|$)/i.test(headers['content-type'] ?? '')
  return method === 'POST' && !isJson
    ? refusal(415, 'Send actions as Content-Type: application/json.')
    : undefined
}

function refusal(status: number, message: string): Answer {
  return plainAnswer(status, { message })
}
