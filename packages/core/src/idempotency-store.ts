/** Who wants to handle what: a receipt that is leased until then, on the worker's clock. */
export interface IdempotencyClaim {
  readonly key: string
  /** Names this receipt of this message, and no other: every later write must be refused to anyone else. */
  readonly holder: string
  readonly messageId: string
  /** Epoch milliseconds, as all instants here. */
  readonly nowMs: number
  /** When others may take the key over: when the lease ends. */
  readonly untilMs: number
}

/** How a handling ended for good. */
export type CompletedOutcome =
  { readonly kind: 'done' } | { readonly kind: 'deadLetter'; readonly reason: string }

/** What stands in a claim's way. */
export type IdempotencyRecord =
  | { readonly state: 'inProgress'; readonly untilMs: number }
  | { readonly state: 'completed'; readonly outcome: CompletedOutcome }

/**
 * Where `idempotent()` keeps who handles what, and what is handled. Each method is one atomic step, safe to repeat with
 * the same arguments when its answer was lost; it rejects when the store cannot be reached.
 */
export interface IdempotencyStore {
  /**
   * Takes the key, and answers undefined, when nothing is recorded for it, or what is has lapsed: in progress until
   * `nowMs` or before, or completed and kept until `nowMs` or before, or dead-lettered as another message (a redrive
   * means to try again). A holder that asks again has it already. Otherwise: what is recorded, unchanged.
   */
  begin(claim: IdempotencyClaim): Promise<IdempotencyRecord | undefined>
  /** Moves the end of a key that is in progress and still the holder's; false, and nothing is written, otherwise. */
  extend(hold: { readonly key: string; readonly holder: string; readonly untilMs: number }): Promise<boolean>
  /** Records the outcome if the key is still the holder's; false, and nothing is written, otherwise. */
  complete(completion: {
    readonly key: string
    readonly holder: string
    readonly outcome: CompletedOutcome
    readonly keepUntilMs: number
  }): Promise<boolean>
  /** Forgets a key that is in progress, if it is still the holder's. */
  release(hold: { readonly key: string; readonly holder: string }): Promise<void>
}
