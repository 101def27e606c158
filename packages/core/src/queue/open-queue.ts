import { OptionsError } from '../errors.js'
import { givenClient, ownClients } from './clients.js'
import type { QueueLocation } from './definition.js'
import { placeOf } from './place.js'
import type { QueuePort } from './port.js'
import { SqsPort } from './sqs-port.js'

/**
 * A queue's operations over the official SDK, for tools of your own; `createWorker` and `createProducer` open theirs
 * themselves. Makes no call yet. `maxReceives` is how many receives get a connection at a time; default 1.
 *
 * @throws OptionsError when the queue has neither a URL nor a name.
 */
export function openQueue(
  queue: QueueLocation,
  { maxReceives = 1 }: { maxReceives?: number } = {},
): QueuePort {
  const { url, name, client, transport } = queue
  if (url === undefined && name === undefined) {
    const expected = 'the url or the name of the queue (is the variable that should hold it set?)'
    throw new OptionsError('defineQueue', [{ path: 'url', expected, got: 'nothing' }])
  }
  const clients =
    client === undefined
      ? ownClients(placeOf(queue, process.env), maxReceives, transport)
      : givenClient(client)
  return new SqsPort(clients, { url, name })
}
