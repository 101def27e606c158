// An index that is down for its first two seconds and refuses one document; three hundred documents wait for it.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createProducer, defineQueue } from '@longshore/core'
import { onThisMachine } from '@longshore/example-stage'
import type { Document } from './queue.js'
import { documents } from './queue.js'

const DOCUMENTS = 300
const DOWN_MS = 1_000

const written = new Set<string>()
const calls = { answered: 0, refused: 0 }
let downUntilMs = Infinity

const index = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    // The first call finds it down.
    if (downUntilMs === Infinity) downUntilMs = performance.now() + DOWN_MS
    if (performance.now() < downUntilMs) {
      calls.refused += 1
      response.writeHead(503).end()
      return
    }
    calls.answered += 1
    const batch = JSON.parse(Buffer.concat(chunks).toString()) as Document[]
    const refused = batch.filter(({ id }) => id === 'document-13').map(({ id }) => id)
    for (const { id } of batch) if (!refused.includes(id)) written.add(id)
    response.end(JSON.stringify({ refused }))
  })
}).listen(0, '127.0.0.1')
await once(index, 'listening')
const { port } = index.address() as AddressInfo

await onThisMachine({ queue: 'documents-to-index' }, async (stage) => {
  const producer = createProducer(defineQueue({ url: stage.queueUrl, message: documents.message }))
  await Promise.all(
    Array.from({ length: DOCUMENTS }, (_, at) => producer.send({ id: `document-${at}`, text: 'a text' })),
  )
  await producer.close()
  stage.say(`Sent ${DOCUMENTS} documents. The index is down for ${DOWN_MS / 1_000} s.`)

  await stage.startService({
    file: new URL('worker.js', import.meta.url),
    environment: { INDEX_URL: `http://127.0.0.1:${port}` },
  })
  await stage.until('the queue is empty', async () => (await stage.count(stage.queueUrl)) === 0)

  const dead = await stage.count(stage.deadLetterUrl)
  if (written.size !== DOCUMENTS - 1 || dead !== 1) {
    throw new Error(`${written.size} written and ${dead} dead letters, where 299 and 1 were expected.`)
  }
  stage.say(
    `${written.size} written in ${calls.answered} calls, after ${calls.refused} that found the index down; ` +
      'the one that it refused is in the dead-letter queue.',
  )
})
index.close()
