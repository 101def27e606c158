// One client in a process of its own that is looked at while it runs: idle, or with everything that it holds in work.
import { answerParent } from './child.js'
import { clients } from './clients/clients.js'
import type { ClientName } from './clients/clients.js'
import { Meter } from './meter.js'
import type { Workload } from './meter.js'

export type WatchRequest =
  | { readonly ask: 'start'; readonly client: ClientName; readonly workload: Workload }
  | { readonly ask: 'usage' }

export interface Usage {
  /** User and system time since the start of the process. */
  readonly cpuMicros: number
  readonly rssBytes: number
  /** Handlings that have begun. */
  readonly started: number
}

let meter: Meter | undefined

answerParent(async (request): Promise<Usage> => {
  const asked = request as WatchRequest
  if (asked.ask === 'start') {
    const start = await clients[asked.client]()
    meter = new Meter(asked.workload)
    start(asked.workload, meter)
  }
  const { user, system } = process.cpuUsage()
  return {
    cpuMicros: user + system,
    rssBytes: process.memoryUsage.rss(),
    started: meter?.started ?? 0,
  }
})
