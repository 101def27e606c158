import { describeProblems } from '@longshore/core/option-problems'
import type { OptionProblem } from '@longshore/core/option-problems'

/** The developer must act: `startLocalAws` or a fault was given options that cannot work, or a port cannot be had. */
export class LocalAwsError extends Error {
  /** `LONGSHORE_OPTIONS`: the options; `LONGSHORE_PORT`: the port; `LONGSHORE_FAULT`: a fault's options. */
  readonly code: 'LONGSHORE_OPTIONS' | 'LONGSHORE_PORT' | 'LONGSHORE_FAULT'
  /** Every problem with the options at once; empty for a port that is taken. */
  readonly problems: readonly OptionProblem[]

  constructor(
    code: LocalAwsError['code'],
    message: string,
    details: { readonly problems?: readonly OptionProblem[]; readonly cause?: unknown } = {},
  ) {
    super(message, { cause: details.cause })
    this.name = 'LocalAwsError'
    this.code = code
    this.problems = details.problems ?? []
  }
}

export function optionsError(problems: readonly OptionProblem[]): LocalAwsError {
  return new LocalAwsError('LONGSHORE_OPTIONS', problemsText('startLocalAws', problems), { problems })
}

export function faultError(problems: readonly OptionProblem[]): LocalAwsError {
  return new LocalAwsError('LONGSHORE_FAULT', problemsText('fault', problems), { problems })
}

export function portError(port: number, cause: NodeJS.ErrnoException): LocalAwsError {
  const why = cause.code === 'EADDRINUSE' ? 'is in use' : `cannot be listened on (${cause.message})`
  const message = `Port ${port} on 127.0.0.1 ${why}. Stop what listens there, or choose another port (0 takes a free one).`
  return new LocalAwsError('LONGSHORE_PORT', message, { cause })
}

function problemsText(subject: string, problems: readonly OptionProblem[]): string {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`
  return `${subject}: ${count}${describeProblems(problems)}`
}
