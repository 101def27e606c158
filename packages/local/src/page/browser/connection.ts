import type { DomEventSource, DomWindow } from './dom.js'
import type { StatePatch } from './merge.js'
import type { Action } from './page-state.js'
import type { Ui } from './shown.js'

export interface Listener {
  /** The whole state: what was known before counts no more. */
  onState(state: StatePatch): void
  onPatch(patch: StatePatch): void
  onLive(isLive: boolean): void
}

/** Hears the state of this server, and asks it to act. A lost connection is made again by the browser. */
export class Connection {
  readonly #window: DomWindow
  readonly #listener: Listener
  #source: DomEventSource | undefined

  constructor(window: DomWindow, listener: Listener) {
    this.#window = window
    this.#listener = listener
  }

  /** Listens to what is looked at, in place of what was before. */
  look(look: Ui['look']): void {
    this.#source?.close()
    const source = new this.#window.EventSource(`/_longshore/events?${queryOf(look)}`)
    this.#source = source
    source.addEventListener('state', ({ data }) => this.#listener.onState(JSON.parse(data) as StatePatch))
    source.addEventListener('patch', ({ data }) => this.#listener.onPatch(JSON.parse(data) as StatePatch))
    source.addEventListener('open', () => this.#listener.onLive(true))
    source.addEventListener('error', () => this.#listener.onLive(false))
  }

  /** @throws Error with the operation's own words when it refuses. */
  async act(action: Action): Promise<void> {
    const response = await this.#window.fetch('/_longshore/actions', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(action),
    })
    const answer = (await response.json()) as {
      message?: string
      failures?: { reason?: string; detail?: string }[]
    }
    if (!response.ok) throw new Error(answer.message ?? `The server answered ${response.status}.`)
    // ECS answers 200 with what it did not do.
    const [failure] = answer.failures ?? []
    if (failure !== undefined) throw new Error([failure.reason, failure.detail].filter(Boolean).join(': '))
  }
}

function queryOf({ account, windowMinutes, queue, withBodies, task }: Ui['look']): string {
  const [accountId, region] = account?.split('/') ?? []
  const query = new URLSearchParams({ window: String(windowMinutes) })
  if (accountId !== undefined && region !== undefined) {
    query.set('account', accountId)
    query.set('region', region)
  }
  if (queue !== undefined) query.set('queue', queue)
  if (withBodies) query.set('bodies', '1')
  if (task !== undefined) query.set('task', task)
  return query.toString()
}
