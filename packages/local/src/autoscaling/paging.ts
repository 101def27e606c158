import { invalidNextToken } from './errors.js'
import type { PageRequest } from './requests.js'

/** One page of a list that keeps its order; the token is the position that follows. */
export function pageOf<Item>(
  items: readonly Item[],
  request: PageRequest,
  maxResults: number = 50,
): { readonly items: readonly Item[]; readonly nextToken: string | undefined } {
  const start = request.NextToken === undefined ? 0 : positionIn(request.NextToken)
  const end = start + (request.MaxResults ?? maxResults)
  return { items: items.slice(start, end), nextToken: end < items.length ? tokenAt(end) : undefined }
}

function tokenAt(position: number): string {
  return Buffer.from(`from ${position}`).toString('base64url')
}

function positionIn(token: string): number {
  const [, position] = /^from (\d+)$/.exec(Buffer.from(token, 'base64url').toString()) ?? []
  if (position === undefined) throw invalidNextToken()
  return Number(position)
}
