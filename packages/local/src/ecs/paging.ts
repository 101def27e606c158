import type { Input } from '../server/input.js'
import { pageOf } from '../server/paging.js'
import type { Page } from '../server/paging.js'
import { invalidParameter } from './errors.js'

const MAX_RESULTS = 100

/** The page of a list, which is sorted by its keys, that an input asks for. */
export function pageFor<Item>(
  items: readonly Item[],
  input: Input,
  listing: {
    readonly keyOf: (item: Item) => string
    readonly defaultResults?: number
    readonly isDescending?: boolean
  },
): Page<Item> {
  const { keyOf, defaultResults = MAX_RESULTS, isDescending = false } = listing
  const size = input.integer('maxResults') ?? defaultResults
  if (size < 1 || size > MAX_RESULTS) {
    throw invalidParameter(`maxResults must be between 1 and ${MAX_RESULTS}; got ${size}.`)
  }
  return pageOf(items, {
    keyOf,
    isDescending,
    size,
    token: input.string('nextToken'),
    invalidToken: () => invalidParameter('Invalid token'),
  })
}
