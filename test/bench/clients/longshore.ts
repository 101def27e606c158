import { createWorker, defineQueue } from '@longshore/core'
import { z } from 'zod'
import type { Client } from './clients.js'

const message = z.object({ id: z.number(), handlingMs: z.number(), padding: z.string() })

/** Everything as it is by default but the number of slots. */
export const longshore: Client = ({ queueUrl, slots }, meter) => {
  const worker = createWorker(
    defineQueue({ url: queueUrl, message }),
    (body, { messageId }) => meter.handle(messageId, body),
    { concurrency: slots, log: false },
  )
  worker.on('delivery:settled', ({ delivery }) => meter.deleted(delivery.messageId))
  void worker.start()
}
