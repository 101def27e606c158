import type { Backoff } from '../backoff.js'
import { backoffMs } from '../backoff.js'
import type { Clock } from '../clock.js'
import type { Timetable } from '../timetable.js'
import type { EntryFailure, SettleCalls } from './calls.js'
import { isDisowned } from './calls.js'
import type { Beaten } from './keeper.js'
import type { Lease } from './lease.js'
import { grantableSeconds, heartbeatLeadMs } from './lease.js'
import type { RoundTrips } from './round-trips.js'

const MAX_BATCH = 10
const BEAT_BACKOFF: Backoff = { baseMs: 100, capMs: 1_000 }

/** What the heartbeats are given by the settler. */
export interface HeartbeatParts {
  readonly clock: Clock
  readonly random: () => number
  readonly calls: SettleCalls
  readonly timetable: Timetable<Lease>
  readonly roundTrips: RoundTrips
  readonly visibilitySeconds: number
  readonly isHeld: (lease: Lease) => boolean
  /** SQS says that the receipt is ours no longer. */
  readonly onDisowned: (lease: Lease, why: string) => void
  /** No heartbeat is in flight any more, and the lease has an ending to be sent. */
  readonly onFree: (lease: Lease) => void
  /** A call was answered: so many receipts, in so long. */
  readonly onAnswered: (call: { entries: number; elapsedMs: number }) => void
  readonly onFailed: (failure: {
    error: unknown
    entries: number
    elapsedMs: number
    retryInMs: number
  }) => void
}

/** Extends leases near their expiry, in tens, never sooner than it must. */
export class Heartbeats {
  readonly #parts: HeartbeatParts

  constructor(parts: HeartbeatParts) {
    this.#parts = parts
  }

  /** Enters the lease's next heartbeat. */
  plan(lease: Lease): void {
    lease.dueFor = 'heartbeat'
    this.#parts.timetable.set(lease, lease.expiresAtMs - this.#leadMs())
  }

  /**
   * Sends a heartbeat for these leases, and for those that would be due soon after: a call costs the same for one
   * receipt as for ten.
   */
  send(due: Lease[]): void {
    const { clock, timetable } = this.#parts
    const soonMs = clock.now() + this.#leadMs() / 4
    const fillMs = clock.now() + this.#leadMs() / 2
    const isWanted = ({ dueFor, dueMs }: Lease): boolean =>
      dueFor === 'heartbeat' && (dueMs <= soonMs || (dueMs <= fillMs && due.length % MAX_BATCH !== 0))
    for (let next = timetable.first(); next !== undefined && isWanted(next); next = timetable.first()) {
      timetable.remove(next)
      due.push(next)
    }
    for (let from = 0; from < due.length; from += MAX_BATCH)
      void this.#beat(due.slice(from, from + MAX_BATCH))
  }

  /** Makes way for an ending: false while the keeper extends the lease, which is then told by {@link keeperBeat}. */
  makeWay(lease: Lease): boolean {
    if (lease.isBeating) return false
    lease.waitsForKeeper = lease.kept?.take() === false
    lease.isBeating = lease.waitsForKeeper
    return !lease.isBeating
  }

  /** True when the keeper has extended the lease since it was last looked at. */
  isKept(lease: Lease): boolean {
    const untilMs = lease.kept?.expiresAtMs ?? 0
    if (untilMs <= lease.expiresAtMs) return false
    lease.expiresAtMs = untilMs
    lease.delivery.leaseUntil(untilMs)
    lease.missedBeats = 0
    return true
  }

  /** The keeper has made a heartbeat, perhaps while this thread waited for its end. */
  keeperBeat(lease: Lease, beaten: Beaten): void {
    if (!this.#parts.isHeld(lease)) return
    this.isKept(lease)
    if (lease.waitsForKeeper) {
      lease.waitsForKeeper = false
      lease.isBeating = false
    } else if (lease.isBeating || lease.ending !== undefined) return
    if (beaten.kind === 'disowned') this.#parts.onDisowned(lease, beaten.error)
    else if (lease.ending === undefined) this.plan(lease)
    else if (this.makeWay(lease)) this.#parts.onFree(lease)
  }

  #leadMs(): number {
    return heartbeatLeadMs(this.#parts.visibilitySeconds * 1_000, this.#parts.roundTrips.p99Ms)
  }

  async #beat(due: Lease[]): Promise<void> {
    const { clock, calls, visibilitySeconds, onAnswered } = this.#parts
    const sentAtMs = clock.now()
    const leases = due.filter((lease) => this.#startBeat(lease, sentAtMs))
    if (leases.length === 0) return
    const changes = leases.map((lease) => ({
      receiptHandle: lease.delivery.receiptHandle,
      visibilityTimeoutSeconds: grantableSeconds(lease, visibilitySeconds, sentAtMs),
    }))
    try {
      const failures = new Map((await calls.changeVisibilityBatch(changes)).map((f) => [f.index, f]))
      onAnswered({ entries: leases.length, elapsedMs: clock.now() - sentAtMs })
      const refused: Lease[] = []
      for (const [index, lease] of leases.entries()) {
        const failure = failures.get(index)
        const seconds = changes[index]?.visibilityTimeoutSeconds ?? 0
        if (failure === undefined) this.#extended(lease, sentAtMs + seconds * 1_000)
        else if (isDisowned(failure)) this.#disowned(lease, failure)
        else refused.push(lease)
      }
      const [first] = failures.values()
      if (refused.length > 0) this.#missed(refused, { error: first, sentAtMs })
    } catch (error) {
      this.#missed(leases, { error, sentAtMs })
    }
  }

  // While the answer is out, the next due time is the expiry: an answer that comes later than that is too late.
  #startBeat(lease: Lease, nowMs: number): boolean {
    const { timetable, visibilitySeconds } = this.#parts
    lease.dueFor = 'expiry'
    timetable.set(lease, lease.expiresAtMs)
    const untilMs = nowMs + grantableSeconds(lease, visibilitySeconds, nowMs) * 1_000
    if (untilMs <= lease.expiresAtMs || !this.makeWay(lease)) return false
    lease.isBeating = true
    return true
  }

  #extended(lease: Lease, expiresAtMs: number): void {
    lease.isBeating = false
    if (!this.#parts.isHeld(lease)) return
    lease.expiresAtMs = expiresAtMs
    lease.delivery.leaseUntil(expiresAtMs)
    lease.missedBeats = 0
    if (lease.ending !== undefined) return this.#parts.onFree(lease)
    lease.kept?.giveBack(expiresAtMs)
    this.plan(lease)
  }

  #disowned(lease: Lease, failure: EntryFailure): void {
    lease.isBeating = false
    if (this.#parts.isHeld(lease)) this.#parts.onDisowned(lease, failure.message)
  }

  #missed(leases: readonly Lease[], { error, sentAtMs }: { error: unknown; sentAtMs: number }): void {
    const { clock, random, timetable } = this.#parts
    const missedBeats = Math.max(...leases.map((lease) => lease.missedBeats)) + 1
    const retryInMs = backoffMs(BEAT_BACKOFF, missedBeats, random())
    for (const lease of leases) {
      lease.isBeating = false
      lease.missedBeats = missedBeats
      if (!this.#parts.isHeld(lease)) continue
      if (lease.ending !== undefined) {
        this.#parts.onFree(lease)
        continue
      }
      lease.kept?.giveBack(lease.expiresAtMs)
      lease.dueFor = 'heartbeat'
      timetable.set(lease, Math.min(clock.now() + retryInMs, lease.expiresAtMs))
    }
    const elapsedMs = clock.now() - sentAtMs
    this.#parts.onFailed({ error, entries: leases.length, elapsedMs, retryInMs })
  }
}
