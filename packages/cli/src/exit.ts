/** What the exit codes mean; the help says the same. */
export const EXIT = {
  ok: 0,
  failed: 1,
  /** Wrong options, or a wrong configuration: nothing was done. */
  usage: 2,
  /** `plan --exit-code` found changes. */
  changes: 3,
  /** As shells have it for SIGINT. */
  interrupted: 130,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** What could not be done, in a message for the user. */
export class FailedError extends Error {
  override readonly name = 'FailedError'
  readonly code = 'FAILED'
}

/** The user's mistake: wrong options, or a configuration that can't be used. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  readonly code = 'USAGE'
}
