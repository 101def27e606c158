import type { Input } from '../server/input.js'
import { pageOf } from '../server/paging.js'
import type { Page, PageKey } from '../server/paging.js'
import { invalidNextToken, invalidValue } from './errors.js'

export interface PageSize {
  /** The member that asks for a size (`MaxRecords`); undefined where none does. */
  readonly member?: string
  readonly max: number
  readonly default?: number
}

/** The page of a list, which is sorted by its keys, that an input asks for. */
export function pageFor<Item>(
  items: readonly Item[],
  input: Input,
  listing: { readonly keyOf: (item: Item) => PageKey; readonly size: PageSize },
): Page<Item> {
  return pageOf(items, {
    keyOf: listing.keyOf,
    size: sizeOf(input, listing.size),
    token: input.string('NextToken'),
    invalidToken: invalidNextToken,
  })
}

function sizeOf(input: Input, { member, max, default: fallback = max }: PageSize): number {
  const size = member === undefined ? undefined : input.integer(member)
  if (size === undefined) return fallback
  if (size >= 1 && size <= max) return size
  throw invalidValue(`The parameter ${member} must be between 1 and ${max}; got ${size}.`)
}
