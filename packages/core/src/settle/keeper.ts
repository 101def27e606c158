/** What became of a heartbeat that the keeper made. */
export type Beaten =
  | { readonly kind: 'extended' }
  | { readonly kind: 'missed'; readonly error: string }
  /** SQS says that the receipt holds the message no longer. */
  | { readonly kind: 'disowned'; readonly error: string }

export interface KeepRequest {
  readonly receiptHandle: string
  readonly messageId: string
  readonly expiresAtMs: number
  /** Until when SQS lets anyone hold the receipt. */
  readonly mostUntilMs: number
  /** After each heartbeat of the keeper's, when this thread comes to it. */
  readonly onBeaten: (beaten: Beaten) => void
}

/** Extends leases when this thread is too late to: its event loop is blocked. */
export interface Keeper {
  /** Undefined when it has no place for the lease, or is not there. */
  hold(request: KeepRequest): Kept | undefined
}

/** One lease at the keeper. */
export interface Kept {
  /** Until when SQS hides the message, the keeper's heartbeats included. */
  readonly expiresAtMs: number
  /** Before a call about the receipt; true again until it is given back. False while a heartbeat of the keeper's is in flight, whose end is then told. */
  take(): boolean
  /** After a heartbeat. What is taken for an ending is never given back. */
  giveBack(expiresAtMs: number): void
  /** The lease is over. */
  free(): void
}
