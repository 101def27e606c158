import { invalidParameter } from './input.js'

export interface PageRequest {
  readonly nextToken?: string | undefined
  readonly maxResults?: number | undefined
}

export interface Page<T> {
  readonly items: readonly T[]
  readonly nextToken: string | undefined
}

const MAX_RESULTS = 100

/**
 * One page of `items`, which must be sorted and have distinct keys. The token holds the last key given, so items that come
 * and go between two calls make neither gaps nor repeats.
 */
export function pageOf<T>(
  items: readonly T[],
  request: PageRequest & {
    readonly keyOf: (item: T) => string
    readonly defaultResults?: number
    readonly isDescending?: boolean
  },
): Page<T> {
  const { keyOf, defaultResults = MAX_RESULTS, isDescending = false } = request
  const size = request.maxResults ?? defaultResults
  if (size < 1 || size > MAX_RESULTS) {
    throw invalidParameter(`maxResults must be between 1 and ${MAX_RESULTS}; got ${size}.`)
  }
  const lastKey = request.nextToken === undefined ? undefined : keyIn(request.nextToken)
  const isAhead = (item: T): boolean =>
    lastKey === undefined || (isDescending ? keyOf(item) < lastKey : keyOf(item) > lastKey)
  const rest = items.filter(isAhead)
  const page = rest.slice(0, size)
  const last = page.at(-1)
  return {
    items: page,
    nextToken: last !== undefined && rest.length > size ? tokenOf(keyOf(last)) : undefined,
  }
}

function tokenOf(key: string): string {
  return Buffer.from(key).toString('base64url')
}

function keyIn(token: string): string {
  const key = Buffer.from(token, 'base64url').toString()
  if (key === '' || tokenOf(key) !== token) throw invalidParameter('Invalid token')
  return key
}
