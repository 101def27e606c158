import type { Lease } from './lease.js'

/**
 * The leases of a FIFO queue by group, in the order of receiving.
 *
 * Must hold: what is deleted of a group is always a prefix of what was sent. A delete therefore goes out only when
 * everything before it in its group is confirmed, or goes with it in the same call (there SQS may still refuse one entry
 * and take the next: a call for each message would be the price of ruling that out); and what comes after a lost lease is
 * handed back, though it was handled, so that the group is handled again from there in order.
 */
export class GroupOrder {
  readonly #groups = new Map<string, Set<Lease>>()

  enter(lease: Lease): void {
    const key = keyOf(lease)
    const group = this.#groups.get(key)
    if (group === undefined) this.#groups.set(key, new Set([lease]))
    else group.add(lease)
  }

  /** Takes the lease out. What waited for its turn behind it may try again. */
  leave(lease: Lease): Lease[] {
    const group = this.#groups.get(keyOf(lease))
    group?.delete(lease)
    if (group?.size === 0) this.#groups.delete(keyOf(lease))
    return [...(group ?? [])].filter(({ dueFor }) => dueFor === 'turn')
  }

  /** What came in after the lease, of its group. */
  behind(lease: Lease): Lease[] {
    const group = [...(this.#groups.get(keyOf(lease)) ?? [])]
    return group.slice(group.indexOf(lease) + 1)
  }

  /** True when nothing before it in its group is held. */
  isFirst(lease: Lease): boolean {
    const group = this.#groups.get(keyOf(lease)) ?? []
    for (const each of group) if (!isGoingBack(each)) return each === lease
    return true
  }

  /** Those of a batch of deletes whose turn it is, each group's in its order. */
  inTurn(batch: readonly Lease[]): Lease[] {
    const wanted = new Set(batch)
    const groups = new Set(batch.map((lease) => this.#groups.get(keyOf(lease)) ?? new Set<Lease>()))
    return [...groups].flatMap((group) => leading(group, wanted))
  }
}

function leading(group: ReadonlySet<Lease>, wanted: ReadonlySet<Lease>): Lease[] {
  const found: Lease[] = []
  for (const lease of group) {
    if (isGoingBack(lease)) continue
    if (!wanted.has(lease)) break
    found.push(lease)
  }
  return found
}

// On its way back to the queue: it blocks its group there, for as long as it must.
function isGoingBack(lease: Lease): boolean {
  return lease.ending?.kind === 'makeVisible'
}

// A message of a FIFO queue has a group.
function keyOf(lease: Lease): string {
  return lease.delivery.message.groupId ?? ''
}
