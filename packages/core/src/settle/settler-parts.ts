import type { Clock } from '../clock.js'
import type { Delivery } from '../delivery.js'
import type { LeaseLostError } from '../errors.js'
import type { SettleCall, SettleCalls, SettleFailure } from './calls.js'
import type { Keeper } from './keeper.js'
import type { Ending } from './lease.js'

/** What the settler is given by its owner. */
export interface SettlerParts {
  readonly clock: Clock
  readonly random: () => number
  readonly calls: SettleCalls
  /** What each receive asked for, and each heartbeat asks for. */
  readonly visibilitySeconds: number
  /** How long a call took at the start: the first guess. */
  readonly roundTripMs: number
  /** How long a settlement waits for company. */
  readonly lingerMs: number
  /** Extends leases while this thread cannot; undefined for none. */
  readonly keeper: Keeper | undefined
  /** Deletes keep the order of the groups. */
  readonly isFifo: boolean
  /** SQS has confirmed the ending. */
  readonly onSettled: (delivery: Delivery, ending: Ending) => void
  /** The lease is over and the message is not settled: SQS hands it out again. */
  readonly onLost: (delivery: Delivery, error: LeaseLostError) => void
  /** An earlier message of its FIFO group was lost: it must not be handled now, nor does its handling count. */
  readonly onOutOfTurn: (delivery: Delivery, error: LeaseLostError) => void
  /** A call was answered. */
  readonly onAnswered: (call: SettleCall) => void
  /** A call, or some of its entries, failed and will be sent again. */
  readonly onFailed: (failure: SettleFailure) => void
}
