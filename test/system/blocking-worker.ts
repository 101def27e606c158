// A service whose handler blocks the event loop; the lease keeper's tests run it as a process and read what it says.
import { createWorker, defineQueue, LongshoreError } from '@longshore/core'
import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'

const queue = defineQueue({ url: process.env.QUEUE_URL, message: z.object({ id: z.number() }) })
const say = (what: object): void => void process.stdout.write(`${JSON.stringify(what)}\n`)

const worker = createWorker(
  queue,
  async function render(_, { signal }) {
    // No CPU time, and nothing else runs meanwhile.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(process.env.BLOCK_MS))
    // What was told meanwhile is heard now.
    await wait(500)
    const { reason } = signal as { reason: unknown }
    say({ handled: reason instanceof LongshoreError ? reason.code : 'in time' })
  },
  { log: false, doctor: false, leases: { thread: process.env.LEASE_THREAD === 'true' } },
)
worker.on('loop:blocked', (event) => say(event))
worker.on('keeper:failed', ({ error }) => say({ failed: error.message }))
worker.on('worker:stopped', () => say({ stopped: true }))
worker.on('delivery:settled', () => void worker.stop())
worker.on('lease:lost', () => void wait(1_000).then(() => worker.stop()))
await worker.run()
