/** A stream that text goes to. */
export interface Output {
  write(text: string): unknown
  readonly isTTY?: boolean
  /** Of a terminal: how much it shows. */
  readonly rows?: number
  readonly columns?: number
}

/** What the command touches of the process it runs in. */
export interface Io {
  readonly stdout: Output
  readonly stderr: Output
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** Aborts when the user asks to stop (Ctrl-C, SIGTERM). */
  readonly signal: AbortSignal
}

/** Writes one line. */
export function writeLine(output: Output, text: string): void {
  output.write(`${text}\n`)
}

/** Writes one value as a line of JSON. */
export function writeJson(output: Output, value: unknown): void {
  writeLine(output, JSON.stringify(value))
}
