import { pageOf } from '../server/paging.js'
import type { Page, PageKey } from '../server/paging.js'
import { invalidNextToken } from './errors.js'
import type { PageRequest } from './request-members.js'

/** The page of a list, which is sorted by its keys, that a call asks for. */
export function pageFor<Item>(
  items: readonly Item[],
  request: PageRequest,
  listing: { readonly keyOf: (item: Item) => PageKey; readonly defaultSize: number },
): Page<Item> {
  return pageOf(items, {
    keyOf: listing.keyOf,
    size: request.MaxResults ?? listing.defaultSize,
    token: request.NextToken,
    invalidToken: invalidNextToken,
  })
}
