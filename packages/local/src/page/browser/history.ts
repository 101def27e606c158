/**
 * What the page has seen since it was opened, sampled as it came: CloudWatch knows queues by the minute, and of tasks'
 * counts nothing. Instants are the control plane's; memory is bounded by the number of samples.
 */
import type { PageState, Point } from './page-state.js'

/** Samples kept of each line: about as many as a plot has pixels for. */
const KEPT = 500
const MINUTE_MS = 60_000
/** Rates are taken over this much real time. */
const RATE_SPAN_MS = 5_000

export interface Totals {
  readonly realMs: number
  readonly sent: number
  readonly received: number
  readonly deleted: number
}

/** Per second of real time. */
export interface Rates {
  readonly sent: number
  readonly deleted: number
}

interface SampledLine {
  points: Point[]
  /** Samples closer together than this give way to the newest; it grows with the line. */
  spacingMs: number
}

export class History {
  readonly #lines = new Map<string, SampledLine>()
  readonly #totals = new Map<string, Totals[]>()

  /** Notes the state of this moment. */
  sample(state: PageState): void {
    const { clock, setup } = state.view
    if (clock === undefined || setup === undefined) return
    const windowMs = setup.windowMinutes * MINUTE_MS
    const add = (line: string, value: number): void => this.#add(line, [clock.nowMs, value], windowMs)
    for (const queue of Object.values(state.queues)) {
      const { name, visible, inFlight, delayed, sent, received, deleted } = queue
      add(`${name} visible`, visible)
      add(`${name} in flight`, inFlight)
      add(`${name} delayed`, delayed)
      this.#addTotals(name, { realMs: clock.realNowMs, sent, received, deleted })
      const rates = this.rates(name)
      add(`${name} sent`, rates.sent)
      add(`${name} deleted`, rates.deleted)
    }
    for (const { arn, desired, running } of Object.values(state.services)) {
      add(`${arn} desired`, desired)
      add(`${arn} running`, running)
    }
  }

  /** Oldest first. */
  line(name: string): readonly Point[] {
    return this.#lines.get(name)?.points ?? []
  }

  /** What came and went in a queue, lately. */
  rates(queue: string): Rates {
    const totals = this.#totals.get(queue)
    const [oldest] = totals ?? []
    const newest = totals?.at(-1)
    if (oldest === undefined || newest === undefined || newest.realMs <= oldest.realMs) {
      return { sent: 0, deleted: 0 }
    }
    const seconds = (newest.realMs - oldest.realMs) / 1_000
    return {
      sent: Math.max(newest.sent - oldest.sent, 0) / seconds,
      deleted: Math.max(newest.deleted - oldest.deleted, 0) / seconds,
    }
  }

  clear(): void {
    this.#lines.clear()
    this.#totals.clear()
  }

  /** What is older than the window goes; a line that has become too long keeps every second sample. */
  #add(name: string, point: Point, windowMs: number): void {
    const line = this.#lines.get(name) ?? { points: [], spacingMs: 0 }
    this.#lines.set(name, line)
    const { points } = line
    const [beforeLastMs] = points.at(-2) ?? [-Infinity]
    if (point[0] - beforeLastMs < line.spacingMs) points.pop()
    points.push(point)
    while (point[0] - (points[0]?.[0] ?? 0) > windowMs) points.shift()
    if (points.length <= KEPT) return
    line.points = points.filter((_, at) => at % 2 === 0)
    line.spacingMs = (2 * (point[0] - (points[0]?.[0] ?? 0))) / KEPT
  }

  #addTotals(queue: string, totals: Totals): void {
    const kept = (this.#totals.get(queue) ?? []).filter(
      ({ realMs }) => realMs >= totals.realMs - RATE_SPAN_MS,
    )
    this.#totals.set(queue, [...kept, totals])
  }
}
