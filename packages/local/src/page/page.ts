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
import { plainAnswer } from '../server/answer.js'
import type { PathRequest } from '../server/path-request.js'
import type { PageState } from './browser/page-state.js'
import { runAction } from './actions.js'
import { pageAnswer, scriptAnswer, styleAnswer } from './document.js'
import { refuseForeign } from './guard.js'
import { readLook, settledLook } from './look.js'
import { readScript } from './script.js'
import { readState } from './state.js'
import { streamState } from './stream.js'
import type { PageHost } from './watched.js'

const ASSETS = '/_longshore/page/'

/** Serves the page's paths; undefined for all others. */
export async function servePage(request: PathRequest, host: PageHost): Promise<Answer | undefined> {
  const serve = pathOf(request)
  return serve && (refuseForeign(request) ?? serve(request, host))
}

type Serve = (request: PathRequest, host: PageHost) => Answer | undefined | Promise<Answer | undefined>

function pathOf(request: PathRequest): Serve | undefined {
  const { method, path } = request
  if (method === 'POST') return path === '/_longshore/actions' ? serveAction : undefined
  if (method !== 'GET') return undefined
  if (path === '/') return wantsPage(request) ? pageAnswer : undefined
  if (path === '/_longshore/state') return serveState
  if (path === '/_longshore/events') return serveEvents
  return path.startsWith(ASSETS) ? serveAsset : undefined
}

/** Health checks and clients get JSON at the root; browsers name HTML. */
function wantsPage({ headers, query }: PathRequest): boolean {
  return (headers.accept ?? '').includes('text/html') && !query.has('Action')
}

async function serveAsset({ path }: PathRequest): Promise<Answer | undefined> {
  const name = path.slice(ASSETS.length)
  if (name === 'style.css') return styleAnswer()
  const script = await readScript(name)
  return script === undefined ? undefined : scriptAnswer(script)
}

async function serveState(request: PathRequest, host: PageHost): Promise<Answer> {
  return plainAnswer(200, await readState(host, readLook(request.query), request.origin))
}

function serveEvents({ query, origin, signal }: PathRequest, host: PageHost): Answer {
  let look = readLook(query)
  const read = (): Promise<PageState> => {
    look = settledLook(look, host)
    return readState(host, look, origin)
  }
  return streamState({ clock: host.clock, signal, read })
}

async function serveAction(request: PathRequest, host: PageHost): Promise<Answer> {
  return plainAnswer(200, await runAction(host, await request.readBody(), request.origin))
}
