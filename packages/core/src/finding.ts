/** One thing that the doctor found. */
export interface Finding {
  /** A stable, literal code; texts may change, codes do not. */
  readonly code: FindingCode
  /** A `problem` will cost messages or money sooner or later; a `note` is worth knowing. */
  readonly severity: 'problem' | 'note'
  readonly found: string
  readonly expected: string
  readonly fix: string
}

export type FindingCode =
  | 'visibility-short'
  | 'visibility-long'
  | 'deadline-past-lease'
  | 'stop-timeout-short'
  | 'stop-timeout-refused'
  | 'dead-letters-none'
  | 'dead-letters-early'
  | 'dead-letters-short-lived'
  | 'dead-letters-gone'
  | 'dead-letters-unreadable'
  | 'fifo-throughput'
  | 'region-other'
  | 'signals-swallowed'
  | 'permission-denied'
  | 'loop-blocked'
