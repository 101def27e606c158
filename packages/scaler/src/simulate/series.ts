/** What there was over time, in stretches of equal length. */
export interface Series {
  readonly stretchSeconds: number
  /** Messages that arrived in each. */
  readonly arrived: readonly number[]
  /** Most messages that were visible in each. */
  readonly backlog: readonly number[]
  /** Tasks that ran, and that were desired, at the end of each. */
  readonly running: readonly number[]
  readonly desired: readonly number[]
  /** Seconds that the message taken in each had waited which had waited longest; for a stretch without any, as of those that wait. */
  readonly waitSeconds: readonly number[]
}

/** Few enough for a plot, many enough for a shape. */
const MOST_STRETCHES = 720
/** Lengths that people read easily. */
const LENGTHS_SECONDS = [10, 20, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 21_600, 86_400]

/** Gathers a series while a simulation runs. */
export class SeriesRecorder {
  readonly #stretchMs: number
  readonly #arrived: number[] = []
  readonly #backlog: number[] = []
  readonly #running: number[] = []
  readonly #desired: number[] = []
  readonly #waitMs: number[] = []

  constructor(durationMs: number) {
    const least = durationMs / 1_000 / MOST_STRETCHES
    const seconds = LENGTHS_SECONDS.find((length) => length >= least) ?? Math.ceil(least)
    this.#stretchMs = seconds * 1_000
  }

  arrived(atMs: number): void {
    const at = this.#stretch(atMs)
    this.#arrived[at] = (this.#arrived[at] ?? 0) + 1
  }

  taken(waitedMs: number, atMs: number): void {
    this.#raise(this.#waitMs, atMs, waitedMs)
  }

  /** A look at what there is; more than one a stretch. */
  look(atMs: number, is: { backlog: number; oldestMs: number; running: number; desired: number }): void {
    this.#raise(this.#backlog, atMs, is.backlog)
    this.#raise(this.#waitMs, atMs, is.oldestMs)
    const at = this.#stretch(atMs)
    this.#running[at] = is.running
    this.#desired[at] = is.desired
  }

  series(): Series {
    const length = this.#running.length
    const whole = (values: readonly number[]): number[] => Array.from({ length }, (_, at) => values[at] ?? 0)
    return {
      stretchSeconds: this.#stretchMs / 1_000,
      arrived: whole(this.#arrived),
      backlog: whole(this.#backlog),
      running: whole(this.#running),
      desired: whole(this.#desired),
      waitSeconds: whole(this.#waitMs).map((ms) => Math.round(ms) / 1_000),
    }
  }

  #raise(values: number[], atMs: number, value: number): void {
    const at = this.#stretch(atMs)
    if (value > (values[at] ?? 0)) values[at] = value
  }

  #stretch(atMs: number): number {
    return Math.floor(atMs / this.#stretchMs)
  }
}
