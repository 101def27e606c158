/** One thing wrong with the options given. */
export interface LocalAwsProblem {
  /** Which option. */
  readonly path: string
  /** What is valid there. */
  readonly expected: string
  /** What was found, as JSON where it has one. */
  readonly got: string
  /** For an option that does not exist: the nearest one that does. */
  readonly nearest?: string
}

/** The developer must act: `startLocalAws` was given options that cannot work, or a port that cannot be had. */
export class LocalAwsError extends Error {
  /** `LONGSHORE_OPTIONS`: the options; `LONGSHORE_PORT`: the port. */
  readonly code: 'LONGSHORE_OPTIONS' | 'LONGSHORE_PORT'
  /** Every problem with the options at once; empty for a port that is taken. */
  readonly problems: readonly LocalAwsProblem[]

  constructor(
    code: LocalAwsError['code'],
    message: string,
    details: { readonly problems?: readonly LocalAwsProblem[]; readonly cause?: unknown } = {},
  ) {
    super(message, { cause: details.cause })
    this.name = 'LocalAwsError'
    this.code = code
    this.problems = details.problems ?? []
  }
}

export function optionsError(problems: readonly LocalAwsProblem[]): LocalAwsError {
  const lines = problems.map(({ path, expected, got, nearest }) => {
    const hint = nearest === undefined ? '' : ` Did you mean ${nearest}?`
    return `  ${path}: expected ${expected}; got ${got}.${hint}`
  })
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`
  return new LocalAwsError('LONGSHORE_OPTIONS', `startLocalAws: ${count}\n${lines.join('\n')}`, { problems })
}

export function portError(port: number, cause: NodeJS.ErrnoException): LocalAwsError {
  const why = cause.code === 'EADDRINUSE' ? 'is in use' : `cannot be listened on (${cause.message})`
  const message = `Port ${port} on 127.0.0.1 ${why}. Stop what listens there, or choose another port (0 takes a free one).`
  return new LocalAwsError('LONGSHORE_PORT', message, { cause })
}
