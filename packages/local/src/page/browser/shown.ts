import type { History } from './history.js'
import type { PageState } from './page-state.js'
import type { TimeRange } from './plot.js'

/** What the reader has done to the page; what is looked at on the server is in `look`. */
export interface Ui {
  readonly isLive: boolean
  readonly look: {
    readonly account?: string | undefined
    readonly windowMinutes: number
    readonly queue?: string | undefined
    readonly withBodies: boolean
    readonly task?: string | undefined
  }
  /** The button that waits to be pressed again. */
  readonly asking?: string | undefined
  /** Actions that the server has not answered yet, by their buttons. */
  readonly busy: ReadonlySet<string>
  readonly notice?: { readonly text: string; readonly isError: boolean } | undefined
  /** Where the pointer is in a plot, from 0 to 1. */
  readonly pointer?: { readonly plot: string; readonly at: number } | undefined
  /** Disclosures that are not as they were at first. */
  readonly toggled: ReadonlySet<string>
}

/** One press of a button, and what it does on the server. */
export interface Deed {
  /** The button's. */
  readonly key: string
  /** `service:Operation`. */
  readonly feature: string
  readonly input: Readonly<Record<string, unknown>>
  /** What is said once it is done. */
  readonly done: string
}

/** What the reader can do. */
export interface Acts {
  chooseAccount(account: string): void
  chooseWindow(minutes: number): void
  openQueue(name: string | undefined): void
  showBodies(isShown: boolean): void
  openTask(arn: string | undefined): void
  toggle(name: string): void
  /** Undefined takes the question back. */
  ask(key: string | undefined): void
  do(deed: Deed): void
  point(plot: string | undefined, at?: number): void
  write(field: string, text: string): void
  /** What was written into a field. */
  written(field: string): string
  copy(text: string): void
}

/** Everything that views are made from. */
export interface Shown {
  readonly state: PageState
  readonly ui: Ui
  readonly history: History
  readonly act: Acts
}

const MINUTE_MS = 60_000
/** A plot of a server that has just started shows this much. */
const LEAST_RANGE_MS = 5 * MINUTE_MS

/** The span of control time that plots show: what was asked for, but nothing before the server's start. */
export function rangeOf({ view }: PageState): TimeRange {
  const toMs = view.clock?.nowMs ?? 0
  const { originMs = 0, windowMinutes = 60 } = view.setup ?? {}
  return {
    fromMs: Math.max(toMs - windowMinutes * MINUTE_MS, Math.min(originMs, toMs - LEAST_RANGE_MS)),
    toMs,
  }
}

/** The largest gap between two samples of the page's own that is no gap: it samples twice a second of real time. */
export function sampleGapMs({ view }: PageState): number {
  const { timeScale = 1, windowMinutes = 60 } = view.setup ?? {}
  return Math.max(5_000 * timeScale, (windowMinutes * MINUTE_MS) / 60)
}

export function can({ state }: Shown, feature: string): boolean {
  return state.view.setup?.features.includes(feature) ?? false
}
