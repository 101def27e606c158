// Runs the task twice: once for fifty reports, once for one that cannot be written tonight.
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createProducer, defineQueue } from '@longshore/core'
import { onThisMachine } from '@longshore/example-stage'
import { reports } from './queue.js'

const folder = await mkdtemp(join(tmpdir(), 'longshore-nightly-'))

await onThisMachine({ queue: 'reports' }, async (stage) => {
  const producer = createProducer(defineQueue({ url: stage.queueUrl, message: reports.message }))
  const task = { file: new URL('worker.js', import.meta.url), environment: { REPORTS_FOLDER: folder } }

  await Promise.all(Array.from({ length: 50 }, (_, at) => producer.send({ account: `account-${at}` })))
  const first = await stage.runTask(task)
  const written = await readdir(folder)
  if (first !== 0 || written.length !== 50) {
    throw new Error(`Exit code ${first} and ${written.length} reports, where 0 and 50 were expected.`)
  }
  stage.say('50 reports waited: the task wrote them all and ended with 0.')

  await producer.send({ account: 'frozen' })
  const second = await stage.runTask(task)
  if (second !== 2) throw new Error(`Exit code ${second}, where 2 was expected.`)
  stage.say('One cannot be written yet: the task ended with 2, and its message will come again.')
  await producer.close()
})
await rm(folder, { recursive: true, force: true })
