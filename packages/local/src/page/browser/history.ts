/**
 * What the page has seen since it was opened, sampled as it came: CloudWatch knows queues by the minute, and of tasks'
 * counts nothing. Instants are the control plane's; memory is bounded by the number of samples.
 */
import type { PageState, Point } from './page-state.js'

/** Samples kept of each line: more than a plot has pixels for. */
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

export class History {
  readonly #lines = new Map<string, Point[]>()
  readonly #totals = new Map<string, Totals[]>()

  /** Notes the state of this moment. */
  sample(state: PageState): void {
    const { clock, setup } = state.view
    if (clock === undefined || setup === undefined) return
    const spacingMs = (setup.windowMinutes * MINUTE_MS) / KEPT
    const add = (line: string, value: number): void => this.#add(line, [clock.nowMs, value], spacingMs)
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
    return this.#lines.get(name) ?? []
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

  /** The newest sample is always kept; those closer together than `spacingMs` give way to it. */
  #add(name: string, point: Point, spacingMs: number): void {
    const line = this.#lines.get(name) ?? []
    this.#lines.set(name, line)
    const [beforeLastMs] = line.at(-2) ?? [-Infinity]
    if (point[0] - beforeLastMs < spacingMs) line.pop()
    line.push(point)
    if (line.length > KEPT) line.shift()
  }

  #addTotals(queue: string, totals: Totals): void {
    const kept = (this.#totals.get(queue) ?? []).filter(
      ({ realMs }) => realMs >= totals.realMs - RATE_SPAN_MS,
    )
    this.#totals.set(queue, [...kept, totals])
  }
}
