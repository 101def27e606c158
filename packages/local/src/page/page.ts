/**
 * The page at the server's root: what happens in this AWS, live, and a hand on it.
 *
 *   GET  /                          the page, for who accepts HTML
 *   GET  /_longshore/page/…         its style and its scripts
 *   GET  /_longshore/state          the state as JSON (query: account, region, window, queue, bodies, task)
 *   GET  /_longshore/events         the same as server-sent events: the state, then its changes
 *   POST /_longshore/actions        one action: an operation, called as a client would
 *
 * It keeps nothing: without a listener there is no timer and no memory. guard.ts says who may ask.
 */
import type { Answer } from '../server/answer.js'
import type { PathRequest } from '../server/path-request.js'
import { refuseForeign } from './guard.js'
import { partOf } from './part.js'
import type { PageHost } from './watched.js'

/** Serves the page's paths; undefined for all others. */
export async function servePage(request: PathRequest, host: PageHost): Promise<Answer | undefined> {
  const part = partOf(request)
  if (part === undefined) return undefined
  const refused = refuseForeign(request)
  if (refused !== undefined) return refused
  // Most servers are never looked at: they start sooner without what only the page needs.
  const { SERVE } = await import('./serve.js')
  return SERVE[part](request, host)
}
