import { expect, test } from 'vitest'
import { z } from 'zod'
import { createWorker, defineQueue } from '../../src/index.js'
import { messages, serve, until } from '../queue/scripted-server.js'

// Here the sources run as they are, and the thread's compiled file is not beside them: it cannot start.
test('a worker whose lease keeper fails says so, and goes on without it', async () => {
  const { url } = await serve({
    GetQueueAttributes: () => ({ Attributes: { VisibilityTimeout: '30' } }),
    ReceiveMessage: (count) => (count === 1 ? messages(3) : 'silence'),
  })
  const queue = defineQueue({ url, message: z.object({}) })
  const worker = createWorker(queue, () => {}, { log: false, leases: { thread: true } })
  const failures: string[] = []
  worker.on('keeper:failed', ({ error }) => failures.push(error.message))
  await worker.start()
  await until(() => worker.stats().done === 3)
  expect(failures).toEqual([expect.stringContaining('lease-keeper-thread.js')])
  await worker.stop({ deadline: '0s' })
})
