import type { Clock } from '../clock.js'
import type { Claimant, Standing } from './share.js'
import { Share } from './share.js'

// What a claimant may make up for at most, as a time in which it would have used its whole share: longer than its buffer
// is empty between two receives, too short for the others to notice.
const MAKE_UP_MS = 1_000

/** The shares of one priority. */
interface Rank {
  readonly priority: number
  readonly shares: Share[]
  /** The sum of their weights. */
  weight: number
  /** The virtual time of whoever had the last turn: it never goes back. */
  virtualMs: number
}

/** Is told of every change of how many slots are taken, and there are. */
export interface SlotMeter {
  readonly slotsChanged: (nowMs: number, taken: number, limit: number) => void
}

/**
 * One budget of slots for several queues.
 *
 * Who is next: of the highest priority that has something to start, the share that has had least by its weight. A free
 * slot goes to whoever can use it (work-conserving), with one exception: a lower priority waits for the answer of a
 * receive that a higher one may expect to bring more.
 *
 * `limit` may be changed at any time. What runs beyond it is left to end.
 */
export class Slots {
  readonly #clock: Clock
  /** Highest priority first. */
  readonly #ranks: Rank[] = []
  #shares: Share[] = []
  #limit: number
  #running = 0
  /** Handlings that run on without a slot. */
  #givenUp = 0
  readonly #meter: SlotMeter | undefined
  /** What the meter was told last. */
  #noted = 0
  #cancelWait: (() => void) | undefined
  #isClosed = false

  constructor(clock: Clock, limit: number, meter?: SlotMeter) {
    this.#clock = clock
    this.#limit = limit
    this.#meter = meter
  }

  /** How many handlings may run at a time. */
  get limit(): number {
    return this.#limit
  }

  set limit(limit: number) {
    this.#limit = limit
    this.#meter?.slotsChanged(this.#clock.now(), this.#running, limit)
    this.fill()
    if (this.idle > 0) this.#tellAll()
  }

  get running(): number {
    return this.#running
  }

  get givenUp(): number {
    return this.#givenUp
  }

  /** Slots that nothing holds; below zero while a lowered limit is not reached yet. */
  get idle(): number {
    return this.#limit - this.#running
  }

  /** Whether several share the slots. */
  get isShared(): boolean {
    return this.#shares.length > 1
  }

  join(claimant: Claimant, standing: Standing): Share {
    const share = new Share(claimant, standing)
    this.#shares = [...this.#shares, share]
    const rank = this.#ranks.find(({ priority }) => priority === share.priority)
    if (rank === undefined) this.#newRank(share)
    else {
      rank.shares.push(share)
      rank.weight += share.weight
    }
    return share
  }

  /** The idle slots that nobody else has spoken for by what waits or is asked for. */
  idleFor(share: Share): number {
    const { idle } = this
    if (!this.isShared || idle <= 0) return idle
    let spokenFor = 0
    for (const other of this.#shares) if (other !== share) spokenFor += other.claimant.wanted
    return Math.max(0, idle - spokenFor)
  }

  /** Those of a higher priority could use all slots: what this one took in would wait for long. */
  isOutranked(share: Share): boolean {
    if (this.#ranks.length === 1) return false
    let taken = 0
    for (const { priority, shares } of this.#ranks) {
      if (priority <= share.priority) return false
      for (const { running, claimant } of shares) taken += running + claimant.fillable
      if (taken >= this.#limit || this.#awaits(shares)) return true
    }
    return false
  }

  /** Offers idle slots to whoever has something to start. */
  fill(): void {
    if (!this.isShared) return this.#fillAlone()
    const started = new Set<Share>()
    while (this.#running < this.#limit) {
      const share = this.#next()
      if (share === undefined) break
      started.add(share)
      share.begin(this.#clock.now())
      this.#running += 1
      this.#note()
      share.claimant.start()
    }
    // What has left a buffer has left a place there.
    for (const { claimant } of started) claimant.onRoom()
  }

  /** The slot is free again. */
  release(share: Share): void {
    this.#running -= 1
    if (this.isShared) share.end(this.#clock.now())
    this.fill()
    this.#note()
    if (this.isShared && this.idle > 0) this.#tellAll()
    else share.claimant.onRoom()
  }

  /** Frees the slot of a handling that runs on, until {@link ended}. */
  giveUp(share: Share): void {
    this.#givenUp += 1
    this.release(share)
  }

  /** A handling that was given up has ended after all. */
  ended(): void {
    this.#givenUp -= 1
  }

  close(): void {
    this.#isClosed = true
    this.#cancelWait?.()
  }

  #newRank(share: Share): void {
    const { priority, weight } = share
    this.#ranks.push({ priority, shares: [share], weight, virtualMs: 0 })
    this.#ranks.sort((a, b) => b.priority - a.priority)
  }

  #fillAlone(): void {
    const [only] = this.#shares
    while (this.#running < this.#limit && only?.claimant.isReady === true) {
      this.#running += 1
      this.#note()
      only.claimant.start()
    }
  }

  // A slot that goes from one to the next at once was taken all the time. It is taken before the handler runs, which may
  // keep the event loop to itself until it is done.
  #note(): void {
    if (this.#running === this.#noted) return
    this.#noted = this.#running
    this.#meter?.slotsChanged(this.#clock.now(), this.#running, this.#limit)
  }

  #tellAll(): void {
    for (const { claimant } of this.#shares) claimant.onRoom()
  }

  #next(): Share | undefined {
    const nowMs = this.#clock.now()
    for (const rank of this.#ranks) {
      const next = this.#nextOf(rank, nowMs)
      if (next !== undefined) return next
      if (rank !== this.#ranks.at(-1) && this.#awaits(rank.shares)) return undefined
    }
    return undefined
  }

  #nextOf(rank: Rank, nowMs: number): Share | undefined {
    const leastMs = rank.virtualMs - (MAKE_UP_MS * this.#limit) / rank.weight
    let next: Share | undefined
    let nextMs = Infinity
    for (const share of rank.shares) {
      if (!share.claimant.isReady) continue
      share.advanceTo(leastMs, nowMs)
      const virtualMs = share.virtualMs(nowMs)
      if (virtualMs >= nextMs) continue
      next = share
      nextMs = virtualMs
    }
    if (next !== undefined) rank.virtualMs = Math.max(rank.virtualMs, nextMs)
    return next
  }

  /** Waits for what a receive under way may bring to one of these: until it has been out for so long that it waits itself. */
  #awaits(shares: readonly Share[]): boolean {
    let untilMs = 0
    for (const { claimant } of shares) untilMs = Math.max(untilMs, claimant.promisedUntilMs)
    if (untilMs <= this.#clock.now() || this.#isClosed) return false
    this.#cancelWait ??= this.#clock.schedule(untilMs - this.#clock.now(), () => {
      this.#cancelWait = undefined
      this.fill()
      if (this.idle > 0) this.#tellAll()
    })
    return true
  }
}
