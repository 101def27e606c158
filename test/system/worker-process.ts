// A service as users write it; the stop tests run it as a process and read what it says.
import { createWorker, defineQueue, LongshoreError } from '@longshore/core'
import { z } from 'zod'
import { setTimeout as wait } from 'node:timers/promises'

const queue = defineQueue({ url: process.env.QUEUE_URL, message: z.object({ id: z.number() }) })
const say = (line: string): void => void process.stdout.write(`${line}\n`)

const worker = createWorker(
  queue,
  async ({ id }, { signal }) => {
    say(`started ${id}`)
    try {
      await wait(Number(process.env.HANDLING_MS), undefined, { signal })
      say(`handled ${id}`)
    } catch (error) {
      const { reason } = signal as { reason: unknown }
      say(`aborted ${reason instanceof LongshoreError ? reason.code : String(reason)}`)
      throw error
    }
  },
  { concurrency: Number(process.env.CONCURRENCY), log: false },
)
worker.on('worker:draining', () => say('draining'))

const { reason } = await worker.runUntilSignal()
say(`stopped ${reason}`)
say(`listeners ${process.listenerCount('SIGTERM') + process.listenerCount('SIGINT')}`)
