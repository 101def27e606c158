import { createWorker, deadLetter, done, handleBatch } from '@longshore/core'
import type { Document } from './queue.js'
import { documents } from './queue.js'
import { IndexDownError, write } from './search-index.js'

const url = process.env.INDEX_URL ?? 'http://127.0.0.1:9200/documents'

const index = handleBatch<Document>(
  async (batch, { signal }) => {
    const refused = await write(
      url,
      batch.map(({ message }) => message),
      signal,
    )
    return batch.map(({ message }) => (refused.has(message.id) ? deadLetter('the index refused it') : done()))
  },
  { size: 100, maxWait: '1s' },
)

const worker = createWorker(documents, index, {
  concurrency: 2,
  // While the index is down messages stay in the queue, and none of their attempts is spent on it.
  breaker: { opensOn: (error) => error instanceof IndexDownError, probeAfter: '1s', probeAtMost: '1m' },
})

await worker.runUntilSignal()
