export interface OutputLine {
  readonly container: string
  readonly stream: 'stdout' | 'stderr'
  readonly line: string
  /** Epoch milliseconds, real time. */
  readonly atMs: number
}

// Where Docker's log drivers split, too: a line without end must not grow without bound.
const MAX_LINE_LENGTH = 16_384

/** Cuts a stream of text into lines. */
export class LineSplitter {
  #partial = ''

  /** The lines that `text` completes. What follows the last line break waits for more. */
  push(text: string): readonly string[] {
    const lines = (this.#partial + text).split('\n')
    this.#partial = lines.pop() ?? ''
    while (this.#partial.length > MAX_LINE_LENGTH) {
      lines.push(this.#partial.slice(0, MAX_LINE_LENGTH))
      this.#partial = this.#partial.slice(MAX_LINE_LENGTH)
    }
    return lines.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line))
  }

  /** The end of the stream: what is left, if anything. */
  flush(): readonly string[] {
    const rest = this.#partial
    this.#partial = ''
    return rest === '' ? [] : [rest]
  }
}

/** The most recent lines of one container. */
export class OutputRing {
  readonly #lines: OutputLine[] = []
  readonly #capacity: number

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  add(line: OutputLine): void {
    this.#lines.push(line)
    if (this.#lines.length > this.#capacity) this.#lines.shift()
  }

  lines(): readonly OutputLine[] {
    return [...this.#lines]
  }
}
