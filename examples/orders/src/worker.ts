import { appendFile } from 'node:fs/promises'
import { createWorker, deadLetter, done, idempotent } from '@longshore/core'
import { dynamoDbStore } from '@longshore/core/idempotency-dynamodb'
import { memoryIdempotencyStore } from '@longshore/core/testing'
import type { Step } from './queue.js'
import { keyOf, steps } from './queue.js'

const { IDEMPOTENCY_TABLE: table, LEDGER: ledger = 'ledger.txt' } = process.env
// In memory the keys are this task's own: enough to try it with one task, and no more.
const store = table === undefined ? memoryIdempotencyStore() : dynamoDbStore({ table })
const once = idempotent({ name: 'orders', store, key: keyOf })

const worker = createWorker(
  steps,
  async ({ customer, order, step }: Step) => {
    // What no retry can mend goes to the dead-letter queue with its reason, and holds up no other step of the customer.
    if (order.startsWith('void-')) return deadLetter(`order ${order} is void`)
    await appendFile(ledger, `${customer} ${order} ${step}\n`)
    return done()
  },
  { concurrency: 20, use: [once], health: { port: Number(process.env.HEALTH_PORT ?? 8080) } },
)

await worker.runUntilSignal()
