import type { PathRequest } from '../server/path-request.js'

export const ASSETS = '/_longshore/page/'

export type PagePart = 'page' | 'asset' | 'state' | 'events' | 'action'

/** Undefined for what is no part of the page. */
export function partOf(request: PathRequest): PagePart | undefined {
  const { method, path } = request
  if (method === 'POST') return path === '/_longshore/actions' ? 'action' : undefined
  if (method !== 'GET') return undefined
  if (path === '/') return wantsPage(request) ? 'page' : undefined
  if (path === '/_longshore/state') return 'state'
  if (path === '/_longshore/events') return 'events'
  return path.startsWith(ASSETS) ? 'asset' : undefined
}

/** Health checks and clients get JSON at the root; browsers name HTML. */
function wantsPage({ headers, query }: PathRequest): boolean {
  return (headers.accept ?? '').includes('text/html') && !query.has('Action')
}
