// Sends the orders of five customers, one step twice and one void order, and looks at what the worker wrote.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createProducer, defineQueue } from '@longshore/core'
import { onThisMachine } from '@longshore/example-stage'
import type { Step } from './queue.js'
import { steps } from './queue.js'

const CUSTOMERS = ['ada', 'ben', 'cem', 'dua', 'eva']
const STEPS = ['placed', 'paid', 'shipped'] as const

const folder = await mkdtemp(join(tmpdir(), 'longshore-orders-'))
const ledger = join(folder, 'ledger.txt')

await onThisMachine({ queue: 'orders.fifo' }, async (stage) => {
  const producer = createProducer(defineQueue({ url: stage.queueUrl, message: steps.message }))
  const send = (step: Step, deduplicationId: string): Promise<unknown> =>
    producer.send(step, { groupId: step.customer, deduplicationId })

  await send({ customer: 'ada', order: 'void-1', step: 'placed' }, 'void-1')
  for (const step of STEPS) {
    await Promise.all(
      CUSTOMERS.map((customer) => send({ customer, order: `${customer}-1`, step }, `${customer}-${step}`)),
    )
  }
  // Another deduplication id: to SQS this is another message.
  await send({ customer: 'ben', order: 'ben-1', step: 'paid' }, 'ben-paid-again')
  await producer.close()
  stage.say('Sent 17 messages: 15 steps of five orders, one of them twice, and one of a void order.')

  await stage.startService({
    file: new URL('worker.js', import.meta.url),
    environment: { LEDGER: ledger, HEALTH_PORT: '0' },
  })
  await stage.until('the queue is empty', async () => (await stage.count(stage.queueUrl)) === 0)

  const lines = (await readFile(ledger, 'utf8')).trimEnd().split('\n')
  for (const customer of CUSTOMERS) {
    const handled = lines.filter((line) => line.startsWith(`${customer} `)).map((line) => line.split(' ')[2])
    if (handled.join() !== STEPS.join()) throw new Error(`${customer}: ${handled.join(', ')}`)
    stage.say(`${customer}: ${handled.join(' → ')}`)
  }
  const dead = await stage.count(stage.deadLetterUrl)
  if (dead !== 1) throw new Error(`${dead} dead letters, where there should be one.`)
  stage.say('Each step once, each customer in order; the void order is in the dead-letter queue.')
})
await rm(folder, { recursive: true, force: true })
