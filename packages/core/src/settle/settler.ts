import type { Backoff } from '../backoff.js'
import { backoffMs } from '../backoff.js'
import type { Delivery } from '../delivery.js'
import { LeaseLostError } from '../errors.js'
import { Timetable } from '../timetable.js'
import { Batcher } from './batcher.js'
import type { EntryFailure, SettleCall } from './calls.js'
import { isDisowned } from './calls.js'
import { GroupOrder } from './group-order.js'
import { Heartbeats } from './heartbeats.js'
import type { Ending, Lease } from './lease.js'
import {
  grantableSeconds,
  HAND_BACK,
  isGoneAlready,
  mostUntilMs,
  newLease,
  visibleAfterSeconds,
} from './lease.js'
import { RecentlySettled } from './recently-settled.js'
import { RoundTrips } from './round-trips.js'
import type { SettlerParts } from './settler-parts.js'

// From a blip of one packet to a throttled second; the end of the lease bounds the number of attempts.
const SETTLE_BACKOFF: Backoff = { baseMs: 100, capMs: 5_000 }

/**
 * Holds every delivery from its receive until its ending is confirmed or its lease is lost. The only writer of leases.
 *
 * Must hold: a lease exists exactly for the deliveries that wait, run or settle; at most one call about a receipt is in
 * flight at any time; everything is keyed by receipt handle, since a redelivery carries the same message id.
 */
export class Settler {
  readonly #parts: SettlerParts
  readonly #leases = new Map<string, Lease>()
  readonly #timetable: Timetable<Lease>
  readonly #heartbeats: Heartbeats
  readonly #roundTrips = new RoundTrips()
  readonly #batchers: Record<Ending['kind'], Batcher<Lease>>
  readonly #order: GroupOrder | undefined
  readonly #recent: RecentlySettled
  #settling = 0
  #onEmpty: (() => void)[] = []

  constructor(parts: SettlerParts) {
    const { clock, random, calls, visibilitySeconds, lingerMs } = parts
    this.#parts = parts
    this.#order = parts.isFifo ? new GroupOrder() : undefined
    this.#recent = new RecentlySettled(clock)
    this.#roundTrips.record(parts.roundTripMs)
    this.#timetable = new Timetable(clock, () => this.#ring())
    this.#heartbeats = new Heartbeats({
      clock,
      random,
      calls,
      visibilitySeconds,
      timetable: this.#timetable,
      roundTrips: this.#roundTrips,
      isHeld: (lease) => this.#leases.get(lease.delivery.receiptHandle) === lease,
      onDisowned: (lease, why) => this.#lose(lease, `SQS disowned its receipt: ${why}`),
      onFree: (lease) => this.#dispatch(lease),
      onAnswered: (call) => this.#answered({ purpose: 'heartbeat', ...call }),
      onFailed: (failure) => parts.onFailed({ purpose: 'heartbeat', ...failure }),
    })
    const batcher = (kind: Ending['kind']): Batcher<Lease> =>
      new Batcher({ clock, lingerMs, send: (leases) => void this.#send(kind, leases) })
    this.#batchers = { delete: batcher('delete'), makeVisible: batcher('makeVisible') }
  }

  /** How many leases are held. */
  get size(): number {
    return this.#leases.size
  }

  /** How many of them have an ending that SQS has not confirmed yet. */
  get settling(): number {
    return this.#settling
  }

  holds(receiptHandle: string): boolean {
    return this.#leases.has(receiptHandle)
  }

  /** Takes the lease of a delivery that has just come in. */
  hold(delivery: Delivery): void {
    const lease = newLease(delivery, this.#parts.visibilitySeconds * 1_000, this.#roundTrips.p99Ms)
    delivery.leaseUntil(lease.expiresAtMs)
    this.#leases.set(delivery.receiptHandle, lease)
    lease.kept = this.#parts.keeper?.hold({
      receiptHandle: delivery.receiptHandle,
      messageId: delivery.messageId,
      expiresAtMs: lease.expiresAtMs,
      mostUntilMs: mostUntilMs(lease),
      onBeaten: (beaten) => this.#heartbeats.keeperBeat(lease, beaten),
    })
    this.#order?.enter(lease)
    this.#heartbeats.plan(lease)
  }

  /** Deletes a message that was handled for good not long ago and came again; false for any other. */
  settleRepeat(delivery: Delivery): boolean {
    const outcome = this.#recent.outcomeOf(delivery.messageId)
    if (outcome === undefined) return false
    this.settle(delivery, { kind: 'delete', outcome })
    return true
  }

  /** Sends the ending, with others. The first ending of a delivery counts; after a lost lease none does. */
  settle(delivery: Delivery, ending: Ending): void {
    const lease = this.#leases.get(delivery.receiptHandle)
    if (lease === undefined || lease.ending !== undefined) return
    lease.ending = lease.isOutOfTurn ? HAND_BACK : ending
    if (lease.ending.kind === 'delete') this.#recent.add(delivery.messageId, lease.ending.outcome)
    this.#settling += 1
    // A heartbeat that arrived after the delete would fail; one that arrived after a release would take it back.
    if (this.#heartbeats.makeWay(lease)) this.#dispatch(lease)
  }

  /** Sends what lingers, now. */
  flush(): void {
    this.#batchers.delete.flush()
    this.#batchers.makeVisible.flush()
  }

  /** Resolves when no lease is held. */
  whenEmpty(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#leases.size === 0) resolve()
      else this.#onEmpty.push(resolve)
    })
  }

  /** Gives up what is still held, and returns it. */
  close(): Delivery[] {
    const left = [...this.#leases.values()].map((lease) => lease.delivery)
    this.#timetable.clear()
    for (const { kept } of this.#leases.values()) kept?.free()
    this.#batchers.delete.close()
    this.#batchers.makeVisible.close()
    this.#leases.clear()
    this.#settling = 0
    this.#tellEmpty()
    return left
  }

  #ring(): void {
    const nowMs = this.#parts.clock.now()
    const beats: Lease[] = []
    for (let lease = this.#timetable.take(nowMs); lease !== undefined; lease = this.#timetable.take(nowMs)) {
      if (this.#heartbeats.isKept(lease)) this.#replan(lease)
      else if (lease.expiresAtMs <= nowMs) this.#lose(lease, 'It was not extended in time.')
      else if (lease.dueFor === 'resend') this.#dispatch(lease)
      else beats.push(lease)
    }
    if (beats.length > 0) this.#heartbeats.send(beats)
  }

  #replan(lease: Lease): void {
    if (lease.dueFor === 'heartbeat') this.#heartbeats.plan(lease)
    else this.#timetable.set(lease, lease.expiresAtMs)
  }

  #dispatch(lease: Lease): void {
    this.#timetable.remove(lease)
    if (lease.ending !== undefined) this.#batchers[lease.ending.kind].add(lease)
  }

  async #send(kind: Ending['kind'], batch: Lease[]): Promise<void> {
    const leases = this.#inTurn(kind, batch)
    if (leases.length === 0) return
    for (const lease of leases) {
      lease.attempts += 1
      lease.isSending = true
    }
    const sentAtMs = this.#parts.clock.now()
    try {
      const failures = new Map((await this.#call(kind, leases)).map((failure) => [failure.index, failure]))
      this.#answered({ purpose: kind, entries: leases.length, elapsedMs: this.#parts.clock.now() - sentAtMs })
      const refused: Lease[] = []
      for (const [index, lease] of leases.entries()) {
        const failure = failures.get(index)
        lease.isSending = false
        if (failure === undefined || (isGoneAlready(lease) && isDisowned(failure))) this.#confirm(lease)
        else if (isDisowned(failure)) this.#lose(lease, `SQS disowned its receipt: ${failure.message}`)
        else refused.push(lease)
      }
      const [first] = failures.values()
      if (refused.length > 0) this.#resend(kind, refused, { error: first, sentAtMs })
    } catch (error) {
      this.#resend(kind, leases, { error, sentAtMs })
    }
  }

  // To lose one lease may have changed the ending of others: only then is it known what is to be sent.
  #inTurn(kind: Ending['kind'], batch: readonly Lease[]): Lease[] {
    const inTime = batch.filter((lease) => this.#isInTime(lease))
    const leases = inTime.filter((lease) => lease.ending?.kind === kind)
    if (kind !== 'delete' || this.#order === undefined) return leases
    const now = this.#order.inTurn(leases)
    for (const lease of leases) {
      if (now.includes(lease)) continue
      lease.dueFor = 'turn'
      this.#timetable.set(lease, lease.expiresAtMs)
    }
    return now
  }

  // A standard queue accepts a delete with an expired receipt and then does not delete: it must not count as handled, or
  // its payload would be removed while another worker is about to fetch it.
  #isInTime(lease: Lease): boolean {
    if (!this.#leases.has(lease.delivery.receiptHandle)) return false
    this.#heartbeats.isKept(lease)
    if (lease.expiresAtMs > this.#parts.clock.now()) return true
    this.#lose(lease, 'It ended before its message was settled.')
    return false
  }

  #call(kind: Ending['kind'], leases: readonly Lease[]): Promise<readonly EntryFailure[]> {
    const { calls, clock } = this.#parts
    if (kind === 'delete') return calls.deleteBatch(leases.map((lease) => lease.delivery.receiptHandle))
    const changes = leases.map((lease) => ({
      receiptHandle: lease.delivery.receiptHandle,
      visibilityTimeoutSeconds: grantableSeconds(lease, visibleAfterSeconds(lease), clock.now()),
    }))
    return calls.changeVisibilityBatch(changes)
  }

  #answered(call: SettleCall): void {
    this.#roundTrips.record(call.elapsedMs)
    this.#parts.onAnswered(call)
  }

  // All of one call wait equally long, so that they travel together again.
  #resend(
    kind: Ending['kind'],
    leases: readonly Lease[],
    failed: { error: unknown; sentAtMs: number },
  ): void {
    const { clock, random, onFailed } = this.#parts
    const elapsedMs = clock.now() - failed.sentAtMs
    const attempts = Math.max(...leases.map((lease) => lease.attempts))
    const retryInMs = backoffMs(SETTLE_BACKOFF, attempts, random())
    for (const lease of leases) {
      lease.isSending = false
      if (!this.#leases.has(lease.delivery.receiptHandle)) continue
      if (lease.isOutOfTurn) lease.ending = HAND_BACK
      lease.dueFor = 'resend'
      this.#timetable.set(lease, Math.min(clock.now() + retryInMs, lease.expiresAtMs))
    }
    onFailed({ purpose: kind, error: failed.error, entries: leases.length, elapsedMs, retryInMs })
  }

  #confirm(lease: Lease): void {
    if (lease.ending === undefined || !this.#forget(lease)) return
    if (lease.ending.kind === 'delete') this.#recent.add(lease.delivery.messageId, 'repeat')
    this.#parts.onSettled(lease.delivery, lease.ending)
    this.#tellEmpty()
  }

  #lose(lease: Lease, why: string): void {
    // One that was on its way back has released what came after it already.
    const behind = lease.ending?.kind === 'makeVisible' ? [] : (this.#order?.behind(lease) ?? [])
    // What is before it may be lost next, and will then be handled again; so must this be, after it.
    if (this.#order?.isFirst(lease) === false) this.#recent.forget(lease.delivery.messageId)
    if (!this.#forget(lease)) return
    const text = `The lease on message ${lease.delivery.messageId} is lost. ${why}`
    this.#parts.onLost(lease.delivery, new LeaseLostError(text))
    for (const each of behind)
      this.#putOutOfTurn(each, new LeaseLostError(`${text} This one comes after it.`))
    this.#tellEmpty()
  }

  #putOutOfTurn(lease: Lease, error: LeaseLostError): void {
    if (lease.isOutOfTurn || lease.ending?.kind === 'makeVisible') return
    lease.isOutOfTurn = true
    this.#recent.forget(lease.delivery.messageId)
    if (lease.ending === undefined) return this.#parts.onOutOfTurn(lease.delivery, error)
    // A delete in flight together with that of the lost one: what SQS says of it holds.
    if (lease.isSending) return
    lease.ending = HAND_BACK
    if (!lease.isBeating) this.#dispatch(lease)
  }

  #forget(lease: Lease): boolean {
    this.#timetable.remove(lease)
    if (!this.#leases.delete(lease.delivery.receiptHandle)) return false
    lease.kept?.free()
    if (lease.ending !== undefined) this.#settling -= 1
    for (const next of this.#order?.leave(lease) ?? []) this.#dispatch(next)
    return true
  }

  #tellEmpty(): void {
    if (this.#leases.size > 0) return
    for (const resolve of this.#onEmpty.splice(0)) resolve()
  }
}
