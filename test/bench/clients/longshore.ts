import { createWorker, defineQueue } from '@longshore/core'
import { z } from 'zod'
import type { Client, Transport } from './clients.js'

const message = z.object({
  id: z.number(),
  handlingMs: z.number(),
  padding: z.string(),
  sentAtMs: z.number().optional(),
})

/** Everything as it is by default but the number of slots, and the transport if one is given. */
export function longshore(transport?: Transport): Client {
  return ({ queueUrl: url, slots }, meter) => {
    const worker = createWorker(
      defineQueue({ url, message, transport }),
      (body, { messageId }) => meter.handle(messageId, body),
      { concurrency: slots, log: false },
    )
    worker.on('delivery:settled', ({ delivery }) => meter.deleted(delivery.messageId))
    void worker.start()
  }
}
