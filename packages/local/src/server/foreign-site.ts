/**
 * The server has no password: whoever reaches its port may do everything. Programs of this machine may. Pages of other
 * sites, open in a browser of this machine, must not: a form or an image of theirs could purge a queue. So nothing is
 * answered to a request that a browser made for another site, which Origin and Sec-Fetch-Site tell, headers that no
 * script can forge and no AWS client sends. A site whose own name is made to resolve to 127.0.0.1 (DNS rebinding) is the
 * "same origin" to the browser; its name is in Host then.
 */
import type { RequestHead } from './protocols/exchange.js'

const LOOPBACK_NAMES: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]'])

/** True for what a browser asks for a site that is not this server's own; a link to the page is nobody's asking. */
export function isFromAnotherSite({ method, path, query, headers, origin: own }: RequestHead): boolean {
  const { host = '', origin, 'sec-fetch-site': site, 'sec-fetch-mode': mode } = headers
  const isLink = mode === 'navigate' && method === 'GET' && path === '/' && query === ''
  if (isLink) return false
  const isForeign =
    (origin !== undefined && origin !== own) ||
    (site !== undefined && site !== 'same-origin' && site !== 'none')
  const isBrowser = origin !== undefined || site !== undefined
  return isForeign || (isBrowser && !isLoopback(host))
}

/** Whether a Host header names this machine to itself. */
export function isLoopback(host: string): boolean {
  return LOOPBACK_NAMES.has(host.replace(/:\d+$/, '').toLowerCase())
}
