import { setTimeout as wait } from 'node:timers/promises'
import { createWorker } from '@longshore/core'
import type { Duration } from '@longshore/core/time'
import config from './longshore.config.js'
import { thumbnails } from './queue.js'

const worker = createWorker(
  thumbnails,
  async ({ picture }, { signal, log }) => {
    // Making one would take about this long.
    await wait(400, undefined, { signal })
    log.info({ picture }, 'made a thumbnail')
  },
  {
    // What the plan counts on is what the worker does.
    concurrency: config.tasks.concurrency,
    stopTimeout: (process.env.STOP_TIMEOUT ?? '30s') as Duration,
    health: { port: Number(process.env.HEALTH_PORT ?? 8080) },
  },
)

await worker.runUntilSignal()
