import type { WatchedServices } from './watched.js'

export type WatchedName = keyof WatchedServices

/** Calls an account's operations as a client does, without the wire. */
export class Operations {
  readonly #services: WatchedServices
  readonly #origin: string

  /** `origin` is the scheme and host that QueueUrls are built from. */
  constructor(services: WatchedServices, origin: string) {
    this.#services = services
    this.#origin = origin
  }

  has(service: WatchedName, operation: string): boolean {
    return Object.hasOwn(this.#services[service].operations, operation)
  }

  /**
   * `Output` is the caller's word for what the operation answers on the wire. An operation that does not exist answers
   * nothing.
   *
   * @throws AwsError as the operation does.
   */
  async call<Output extends object>(
    service: WatchedName,
    operation: string,
    input: Record<string, unknown> = {},
  ): Promise<Partial<Output>> {
    if (!this.has(service, operation)) return {}
    const run = this.#services[service].operations[operation]
    const output = await run?.(input, { origin: this.#origin, signal: new AbortController().signal })
    return (output as Partial<Output> | undefined) ?? {}
  }

  /** Every item of an operation that answers in pages, up to `limit`. */
  async list<Item>(
    service: WatchedName,
    operation: string,
    list: {
      readonly items: string
      readonly token: 'NextToken' | 'nextToken'
      readonly input?: Record<string, unknown>
      readonly limit?: number
    },
  ): Promise<Item[]> {
    const { items, token, input = {}, limit = Infinity } = list
    const found: Item[] = []
    let next: unknown
    do {
      const page: Record<string, unknown> = await this.call(service, operation, { ...input, [token]: next })
      found.push(...((page[items] ?? []) as Item[]))
      next = page[token] ?? undefined
    } while (next !== undefined && found.length < limit)
    return found.slice(0, limit)
  }
}

/** The wire's instants are seconds; undefined stays undefined. */
export function epochMs(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1_000
}

/** `items` in groups of `size`, for operations that take so many. */
export function* groupsOf<Item>(items: readonly Item[], size: number): Generator<readonly Item[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size)
}
