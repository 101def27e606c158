/** One mistake that the linter found, or something worth a look, with what to do about it. */
export interface LintFinding {
  /** A stable, literal code; texts may change, codes do not. */
  readonly code: LintCode
  /** A `problem` will cost messages, waits or money; a `note` is worth knowing. */
  readonly severity: 'problem' | 'note'
  readonly found: string
  /** What would be right, and why. */
  readonly expected: string
  readonly fix: string
}

export type LintCode =
  | 'objective-too-tight'
  | 'policies-fight'
  | 'queue-policies-disagree'
  | 'division-by-zero'
  | 'sum-of-gauge'
  | 'cooldown-short'
  | 'age-without-data'
  | 'minimum-stays-raised'
  | 'fallback-off'
  | 'max-beyond-quota'
  | 'no-container-insights'
  | 'visibility-short'
  | 'stop-timeout-short'
  | 'suspended'
  | 'unread'
