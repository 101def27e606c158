import type { AwsError } from './aws-error.js'

/** What an item is sorted by, and known by between two pages: a name, or a number that counts up. */
export type PageKey = string | number

export interface PageRequest<Item> {
  /** Ascends from item to item, or descends. */
  readonly keyOf: (item: Item) => PageKey
  readonly isDescending?: boolean
  readonly size: number
  /** Of the page before; undefined for the first. */
  readonly token: string | undefined
  /** Thrown for a token that is none of this service's. */
  readonly invalidToken: () => AwsError
}

export interface Page<Item> {
  readonly items: readonly Item[]
  /** Undefined on the last page. */
  readonly nextToken: string | undefined
}

/**
 * One page of a list. The token holds the key of the page's last item, so that items that come and go between two calls
 * make neither gaps nor repeats.
 */
export function pageOf<Item>(items: readonly Item[], request: PageRequest<Item>): Page<Item> {
  const { keyOf, isDescending = false, size, token, invalidToken } = request
  const lastKey = token === undefined ? undefined : keyIn(token, invalidToken)
  const isAhead = (key: PageKey, last: PageKey): boolean => (isDescending ? key < last : key > last)
  const rest = lastKey === undefined ? items : items.filter((item) => isAhead(keyOf(item), lastKey))
  const page = rest.slice(0, size)
  const last = page.at(-1)
  const hasMore = last !== undefined && rest.length > size
  return { items: page, nextToken: hasMore ? writeToken(keyOf(last)) : undefined }
}

/** An opaque text for what a call needs to go on from. */
export function writeToken(content: unknown): string {
  return Buffer.from(JSON.stringify(content)).toString('base64url')
}

/** What {@link writeToken} was given; throws for any other text. */
export function readToken(token: string, invalidToken: () => AwsError): unknown {
  try {
    const content: unknown = JSON.parse(Buffer.from(token, 'base64url').toString())
    if (writeToken(content) === token) return content
  } catch {
    // Not JSON: not ours.
  }
  throw invalidToken()
}

function keyIn(token: string, invalidToken: () => AwsError): PageKey {
  const key = readToken(token, invalidToken)
  if (typeof key === 'string' || typeof key === 'number') return key
  throw invalidToken()
}
