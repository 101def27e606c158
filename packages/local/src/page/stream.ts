import type { Clock } from '@longshore/core/time'

import type { Answer, StreamClient } from '../server/answer.js'
import { StateChanges } from './changes.js'
import type { PageState } from './browser/page-state.js'

/** Twice a second reads as live, and a look costs a few milliseconds. */
const BEAT_MS = 500

export interface StreamOptions {
  readonly clock: Clock
  /** Aborts when nobody listens any more: then nothing is left running. */
  readonly signal: AbortSignal
  readonly read: () => Promise<PageState>
}

/**
 * Server-sent events: first the whole state, then what changes. A listener that reads slower than states come is told
 * less often, of everything at once. When a state cannot be read, the listener is told why, and the next one is tried.
 */
export function streamState(options: StreamOptions): Answer {
  return {
    status: 200,
    headers: { 'Content-Type': 'text/event-stream; charset=utf-8', 'Cache-Control': 'no-store' },
    body: '',
    stream: (client) => new StateStream(options, client).start(),
  }
}

class StateStream {
  readonly #options: StreamOptions
  readonly #client: StreamClient
  readonly #changes = new StateChanges()
  #cancel: (() => void) | undefined

  constructor(options: StreamOptions, client: StreamClient) {
    this.#options = options
    this.#client = client
  }

  start(): void {
    const { signal } = this.#options
    if (signal.aborted) return
    signal.addEventListener('abort', () => this.#cancel?.(), { once: true })
    // A page that loses its connection comes back in a second.
    this.#client.write('retry: 1000\n\n')
    void this.#beat('state')
  }

  /** Never rejects. */
  async #beat(event: 'state' | 'patch'): Promise<void> {
    const { signal, clock, read } = this.#options
    let next = event
    if (!this.#client.isBusy) {
      const told = await read().then(
        (state) => this.#changes.tell(state),
        (error: unknown) => problemOf(error),
      )
      if (signal.aborted) return
      this.#client.write(`event: ${event}\ndata: ${told}\n\n`)
      next = 'patch'
    }
    this.#cancel = clock.schedule(BEAT_MS, () => void this.#beat(next))
  }
}

function problemOf(error: unknown): string {
  const problem = error instanceof Error ? error.message : String(error)
  return JSON.stringify({ view: { problem } })
}
