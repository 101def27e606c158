// What a bench is to `run.ts`, and what it is given.

/** A whole number that a flag sets. */
export interface Flag {
  readonly initial: number
  readonly minimum: number
  readonly what: string
}

export interface BenchContext<Name extends string = string> {
  /** Every flag of the bench, as given or as it is by itself. */
  readonly flags: Readonly<Record<Name, number>>
  /** Aborts on Ctrl-C. */
  readonly signal: AbortSignal
  /** A line of progress; goes to stderr. */
  readonly say: (line: string) => void
}

/** What a bench found: printed as a text, or as JSON. */
export interface Findings {
  readonly json: object
  readonly text: string
}

export interface Bench<Name extends string = string> {
  /** One line for the list of benches. */
  readonly summary: string
  /** What is done, and what each column means. */
  readonly help: string
  readonly flags: Readonly<Record<Name, Flag>>
  run(context: BenchContext<Name>): Promise<Findings>
}

/** Keeps the names of a bench's flags known to its `run`. */
export function bench<Name extends string>(definition: Bench<Name>): Bench {
  return definition
}
