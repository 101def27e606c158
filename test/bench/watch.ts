import { setTimeout as wait } from 'node:timers/promises'
import { Child } from './child.js'
import type { ClientName } from './clients/clients.js'
import type { BenchServer } from './server.js'
import type { Usage, WatchRequest } from './watched-process.js'

const LIMITS = { limitMs: 60_000 }

export interface Watching {
  readonly server: BenchServer
  readonly client: ClientName
  readonly bodies: readonly string[]
  readonly slots: number
  readonly signal: AbortSignal
}

export interface Watched {
  readonly queueUrl: string
  readonly usage: () => Promise<Usage>
}

/** Starts a client on a queue of its own, in a process of its own, for as long as `look` takes. */
export async function watch<Seen>(
  { server, client, bodies, slots, signal }: Watching,
  look: (watched: Watched) => Promise<Seen>,
): Promise<Seen> {
  const queueUrl = await server.queueOf(bodies)
  const child = new Child<WatchRequest>({ script: 'watched-process.ts', env: server.environment, signal })
  try {
    const workload = { queueUrl, messages: Number.MAX_SAFE_INTEGER, warmUp: 0, slots }
    await child.ask<Usage>({ ask: 'start', client, workload }, LIMITS)
    return await look({ queueUrl, usage: () => child.ask<Usage>({ ask: 'usage' }, LIMITS) })
  } finally {
    await child.stop()
    await server.deleteQueue(queueUrl).catch(() => {})
  }
}

/** Waits; on an abort it rejects. */
export async function pass(ms: number, signal: AbortSignal): Promise<void> {
  await wait(ms, undefined, { signal })
}
