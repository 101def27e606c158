import type { Answer } from '../server/answer.js'
import { plainAnswer } from '../server/answer.js'
import type { PathRequest } from '../server/path-request.js'
import { runAction } from './actions.js'
import type { PageState } from './browser/page-state.js'
import { pageAnswer, scriptAnswer, styleAnswer } from './document.js'
import { readLook, settledLook } from './look.js'
import { ASSETS } from './part.js'
import type { PagePart } from './part.js'
import { readScript } from './script.js'
import { readState } from './state.js'
import { streamState } from './stream.js'
import type { PageHost } from './watched.js'

type Serve = (request: PathRequest, host: PageHost) => Answer | undefined | Promise<Answer | undefined>

/** What answers each part of the page. */
export const SERVE: Readonly<Record<PagePart, Serve>> = {
  page: pageAnswer,
  asset: serveAsset,
  state: serveState,
  events: serveEvents,
  action: serveAction,
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
