import type { BarrierRules } from './barrier.js'
import { Barrier } from './barrier.js'

/** How items share the slots. */
export interface LaneRules<Item> {
  /** Items of the same group share a lane; each without a group has its own. */
  readonly groupOf: (item: Item) => string | undefined
  /** How many items of one lane may run at a time; Infinity for no limit. Ordered lanes run one batch at a time. */
  readonly perGroup: number
  /** How many items start together, at most; 1 where each starts alone. */
  readonly batchSize: number
  /** True: the items of a lane start in the order in which they came in, whatever their urgency. */
  readonly isOrdered: boolean
  /** Starts before what is not urgent. */
  readonly isUrgent: (item: Item) => boolean
  /** In an ordered lane, starts without those behind it: they are to go on even if this fails. */
  readonly startsAlone: (item: Item) => boolean
  /** Budgets that items need for their start; undefined where they need none. */
  readonly budgets: BarrierRules<Item> | undefined
}

interface Lane<Item> {
  readonly group: string | undefined
  readonly waiting: Item[]
  running: number
}

/**
 * What waits for a slot, by group. Lanes take turns, one item each, so that a group with many messages delays the
 * others by no more than a group with few.
 *
 * A lane exists while one of its items waits or runs, and is in a ring exactly while its first may start; one whose first
 * needs a budget that is spent is behind the barrier, and others go ahead.
 */
export class Lanes<Item> {
  readonly #rules: LaneRules<Item>
  readonly #lanes = new Map<string, Lane<Item>>()
  /** The lane of each item that waits or runs. */
  readonly #laneOf = new Map<Item, Lane<Item>>()
  // A Set iterates in the order of entering: its first lane is the one whose turn it is.
  readonly #urgent = new Set<Lane<Item>>()
  readonly #ready = new Set<Lane<Item>>()
  readonly #barrier: Barrier<Item, Lane<Item>> | undefined
  #waiting = 0
  #startable = 0
  #limited = 0

  constructor(rules: LaneRules<Item>) {
    this.#rules = rules
    this.#barrier = rules.budgets && new Barrier(rules.budgets)
  }

  /** How many items wait. */
  get waiting(): number {
    return this.#waiting
  }

  /** How many of them wait for nothing but a slot. */
  get startable(): number {
    return this.#startable
  }

  /** How many of those that wait are behind a budget that is spent. */
  get limited(): number {
    return this.#limited
  }

  /** Whether anything may start: what turns out to need a budget that is spent steps aside. */
  get hasNext(): boolean {
    return this.#next() !== undefined
  }

  /** When something may go on that waits for a budget; Infinity when nothing does. */
  get unblocksAtMs(): number {
    return this.#barrier?.nextAtMs() ?? Infinity
  }

  /** Lets go on what waited for a budget that has room again. */
  unblock(): void {
    for (const lane of this.#barrier?.due() ?? []) this.#reseat(lane)
  }

  add(item: Item): void {
    const { isOrdered, isUrgent } = this.#rules
    const lane = this.#laneFor(item)
    this.#laneOf.set(item, lane)
    this.#uncount(lane)
    if (!isOrdered && isUrgent(item)) lane.waiting.unshift(item)
    else lane.waiting.push(item)
    this.#seat(lane)
  }

  /** The items whose turn it is, as many as start together: they run from now on, until {@link end}. */
  take(): Item[] {
    const { batchSize, isOrdered, startsAlone } = this.#rules
    const taken: Item[] = []
    const lanes: Lane<Item>[] = []
    for (let lane = this.#next(); lane !== undefined && taken.length < batchSize; lane = this.#next()) {
      const [next] = lane.waiting
      this.#takeFrom(lane, taken)
      if (isOrdered && next !== undefined && !startsAlone(next)) lanes.push(lane)
    }
    if (taken.length < batchSize) this.#takeRest(lanes, taken)
    return taken
  }

  // What is left of an ordered lane may go along: those that start together keep its order.
  #takeRest(lanes: readonly Lane<Item>[], taken: Item[]): void {
    const { batchSize } = this.#rules
    let open = lanes
    while (open.length > 0 && taken.length < batchSize) {
      open = open.filter(({ waiting: [next] }) => next !== undefined && this.#mayStart(next))
      for (const lane of open.slice(0, batchSize - taken.length)) this.#takeFrom(lane, taken)
    }
  }

  /** The first of each lane whose turn may come. */
  *heads(): Iterable<Item> {
    for (const ring of [this.#urgent, this.#ready]) {
      for (const { waiting } of ring) if (waiting[0] !== undefined) yield waiting[0]
    }
  }

  /** The item runs no more, or no longer counts as running. */
  end(item: Item): void {
    const lane = this.#laneOf.get(item)
    if (lane === undefined) return
    this.#laneOf.delete(item)
    this.#uncount(lane)
    lane.running -= 1
    this.#seat(lane)
  }

  /** Takes out an item that waits; false when it does not. */
  remove(item: Item): boolean {
    const lane = this.#laneOf.get(item)
    const index = lane?.waiting.indexOf(item) ?? -1
    if (lane === undefined || index === -1) return false
    this.#laneOf.delete(item)
    this.#uncount(lane)
    lane.waiting.splice(index, 1)
    this.#seat(lane)
    return true
  }

  /** Takes out everything of the item's group that waits, in its order. */
  removeGroupOf(item: Item): Item[] {
    const group = this.#rules.groupOf(item)
    const lane = group === undefined ? undefined : this.#lanes.get(group)
    const removed = lane === undefined ? [] : [...lane.waiting]
    return removed.filter((each) => this.remove(each))
  }

  /** Takes out everything that waits, each group's in its order. */
  removeAll(): Item[] {
    return [...this.#laneOf.keys()].filter((item) => this.remove(item))
  }

  #next(): Lane<Item> | undefined {
    for (;;) {
      const lane = first(this.#urgent) ?? first(this.#ready)
      const next = lane?.waiting[0]
      if (lane === undefined || next === undefined || this.#mayStart(next)) return lane
      this.#reseat(lane)
    }
  }

  #mayStart(item: Item): boolean {
    return this.#barrier === undefined || this.#barrier.lets(item)
  }

  #reseat(lane: Lane<Item>): void {
    this.#uncount(lane)
    this.#seat(lane)
  }

  #takeFrom(lane: Lane<Item>, taken: Item[]): void {
    this.#urgent.delete(lane)
    this.#ready.delete(lane)
    this.#uncount(lane)
    const item = lane.waiting.shift()
    if (item !== undefined) {
      taken.push(item)
      this.#barrier?.spend(item)
    }
    lane.running += 1
    this.#seat(lane)
  }

  #laneFor(item: Item): Lane<Item> {
    const group = this.#laneNameOf(item)
    const known = group === undefined ? undefined : this.#lanes.get(group)
    if (known !== undefined) return known
    const lane = { group, waiting: [], running: 0 }
    if (group !== undefined) this.#lanes.set(group, lane)
    return lane
  }

  // Where a group has no order, its items of different keys need not wait for each other's budgets.
  #laneNameOf(item: Item): string | undefined {
    const { groupOf, isOrdered, budgets } = this.#rules
    const group = groupOf(item)
    const key = isOrdered || group === undefined ? undefined : budgets?.keyOf(item)
    return key === undefined ? group : `${group}\n${key}`
  }

  /** Comes before every change of a lane; {@link #seat} comes after. */
  #uncount(lane: Lane<Item>): void {
    this.#waiting -= lane.waiting.length
    this.#startable -= this.#startableIn(lane)
    if (this.#barrier?.holds(lane) === true) this.#limited -= lane.waiting.length
  }

  #startableIn(lane: Lane<Item>): number {
    const { waiting, running } = lane
    const { isOrdered, batchSize } = this.#rules
    if (this.#barrier?.holds(lane) === true) return 0
    if (isOrdered) return running > 0 ? 0 : Math.min(waiting.length, batchSize)
    return Math.min(waiting.length, Math.max(0, this.#rules.perGroup - running))
  }

  /** Counts the lane, and puts it into the ring that it belongs to, if any. One that is there already keeps its turn. */
  #seat(lane: Lane<Item>): void {
    const [next] = lane.waiting
    this.#barrier?.letGo(lane)
    if (next !== undefined && !this.#mayStart(next)) {
      this.#barrier?.hold(lane, next)
      this.#limited += lane.waiting.length
    }
    const startable = this.#startableIn(lane)
    this.#waiting += lane.waiting.length
    this.#startable += startable
    const isStartable = next !== undefined && startable > 0
    const ring = isStartable && this.#rules.isUrgent(next) ? this.#urgent : this.#ready
    const other = ring === this.#urgent ? this.#ready : this.#urgent
    other.delete(lane)
    if (isStartable) ring.add(lane)
    else ring.delete(lane)
    if (next === undefined && lane.running === 0 && lane.group !== undefined) this.#lanes.delete(lane.group)
  }
}

function first<Each>(set: ReadonlySet<Each>): Each | undefined {
  for (const each of set) return each
  return undefined
}
