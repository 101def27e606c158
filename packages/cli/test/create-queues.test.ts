import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createQueues } from '../src/create-queues.js'

describe('createQueues', () => {
  it('passes on why SQS refuses one', async () => {
    const server = createServer((_, response) => {
      response
        .writeHead(400)
        .end(JSON.stringify({ __type: 'QueueNameExists', message: 'A queue of this name exists.' }))
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => {
      server.closeAllConnections()
      server.close()
    })
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    await expect(createQueues({ endpoint }, ['thumbnails'])).rejects.toThrow(
      '--queues: could not create thumbnails: A queue of this name exists.',
    )
  })
})
