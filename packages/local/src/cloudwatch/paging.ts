import { invalidNextToken, invalidValue } from './errors.js'
import type { Input } from './input.js'

export interface Page<Item> {
  readonly items: readonly Item[]
  readonly nextToken: string | undefined
}

export interface PageSize {
  /** The member that asks for a size (`MaxRecords`); undefined where none does. */
  readonly member?: string
  readonly max: number
  readonly default?: number
}

/** One page of a list that keeps its order between calls. The token is the position that follows. */
export function pageOf<Item>(items: readonly Item[], input: Input, pageSize: PageSize): Page<Item> {
  const size = sizeOf(input, pageSize)
  const token = input.string('NextToken')
  const start = token === undefined ? 0 : positionIn(token)
  const end = start + size
  return {
    items: items.slice(start, end),
    nextToken: end < items.length ? tokenAt(end) : undefined,
  }
}

export function tokenAt(position: number): string {
  return Buffer.from(`from ${position}`).toString('base64url')
}

export function positionIn(token: string): number {
  const [, position] = /^from (\d+)$/.exec(Buffer.from(token, 'base64url').toString()) ?? []
  if (position === undefined) throw invalidNextToken()
  return Number(position)
}

function sizeOf(input: Input, { member, max, default: fallback = max }: PageSize): number {
  const size = member === undefined ? undefined : input.integer(member)
  if (size === undefined) return fallback
  if (size >= 1 && size <= max) return size
  throw invalidValue(`The parameter ${member} must be between 1 and ${max}; got ${size}.`)
}
