import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { createWorker } from '@longshore/core'
import { documents } from './queue.js'
import { summarize } from './summarize.js'

const results = process.env.RESULTS_FOLDER ?? '.'

const worker = createWorker(
  documents,
  async (document, { signal, receiveCount, sentAt }) => {
    const waitedMs = Date.now() - sentAt.getTime()
    const summary = summarize(await readFile(document.file, 'utf8'))
    const result = { id: document.id, waitedMs, ...summary }
    await writeFile(join(results, `${document.id}.${receiveCount}.json`), JSON.stringify(result))
    // A call to another service would take about this long.
    await wait(250, undefined, { signal })
  },
  { concurrency: 10 },
)

await worker.runUntilSignal()
