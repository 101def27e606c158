import type { QueueLocation } from '@longshore/core'
import type { ConfigLocation } from './config/load.js'
import { UsageError } from './exit.js'

/**
 * The queue of this name or URL.
 *
 * @throws UsageError when it is neither.
 */
export function namedQueue(argument: string, region: string | undefined): QueueLocation {
  if (/^https?:\/\//.test(argument) && URL.canParse(argument)) return { url: argument, region }
  if (/^(?=.{1,80}$)[\w-]+(\.fifo)?$/.test(argument)) return { name: argument, region }
  throw new UsageError(`expected the name or the URL of a queue, got ${JSON.stringify(argument)}.`)
}

/** The queues of the configuration, each once. */
export async function configuredQueues(
  location: ConfigLocation,
  region: string | undefined,
): Promise<QueueLocation[]> {
  const { loadServices } = await import('./config/load.js')
  const services = await loadServices(location)
  const queues = services.flatMap((service) =>
    service.queues.map(({ name }) => namedQueue(name, region ?? service.region)),
  )
  return [...new Map(queues.map((queue) => [JSON.stringify(queue), queue])).values()]
}

/**
 * The queue that an argument names, or the configuration's only one.
 *
 * @throws UsageError when there is none, or several.
 */
export async function chosenQueue(
  argument: string | undefined,
  location: ConfigLocation,
  region: string | undefined,
): Promise<QueueLocation> {
  if (argument !== undefined) return namedQueue(argument, region)
  const queues = await configuredQueues(location, region)
  const [only] = queues
  if (only !== undefined && queues.length === 1) return only
  const names = queues.map(({ name, url }) => name ?? url).join(', ')
  throw new UsageError(`expected the name of one queue, got none; the configuration has ${names}.`)
}
