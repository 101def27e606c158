import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createWorker, exitCodeOf } from '@longshore/core'
import { reports } from './queue.js'

const folder = process.env.REPORTS_FOLDER ?? '.'

const worker = createWorker(
  reports,
  async ({ account }) => {
    if (account === 'frozen') throw new Error('the account is frozen until tomorrow')
    await writeFile(join(folder, `${account}.txt`), `Report of ${account}\n`)
  },
  { concurrency: 10, waitTime: '1s' },
)

// 0: every message that came is done. 2: some will come again. 3: stopped before the queue was empty. 1: it could not go on.
const ended = await worker.drain({ signals: true })
process.exitCode = exitCodeOf(ended)
