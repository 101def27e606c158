import { defineQueue, openQueue } from '@longshore/core'
import { z } from 'zod'
import { parseBody } from '../meter.js'
import type { Client, Transport } from './clients.js'

const BATCH = 10

/** What Longshore's way of calling SQS costs without its worker: receive ten, handle ten, delete ten, again. */
export function barePort(transport?: Transport): Client {
  return ({ queueUrl: url, slots }, meter) => {
    const port = openQueue(defineQueue({ url, message: z.unknown(), transport }), {
      maxReceives: slots / BATCH,
    })
    const ask = { maxMessages: BATCH, waitSeconds: 20, visibilityTimeoutSeconds: 30 }
    const { signal } = new AbortController()
    const loop = async (): Promise<never> => {
      for (;;) {
        const messages = await port.receive(ask, signal)
        if (messages.length === 0) continue
        await Promise.all(messages.map(({ messageId, body }) => meter.handle(messageId, parseBody(body))))
        await port.deleteBatch(
          messages.map(({ receiptHandle }) => receiptHandle),
          signal,
        )
        for (const { messageId } of messages) meter.deleted(messageId)
      }
    }
    for (let filled = 0; filled < slots; filled += BATCH) void loop()
  }
}
