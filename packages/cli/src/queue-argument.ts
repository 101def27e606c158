import type { QueueLocation } from '@longshore/core'
import { UsageError } from './exit.js'
import type { Io } from './io.js'
import type { GlobalOptions } from './session.js'

/**
 * The queue that an argument names, or that of the configuration's one service.
 *
 * @throws UsageError when it is no queue's name or URL, or there is none to choose.
 */
export async function chosenQueue(
  argument: string | undefined,
  { config, region }: GlobalOptions & { readonly region?: string },
  io: Io,
): Promise<QueueLocation> {
  if (argument !== undefined) return namedQueue(argument, region)
  const { loadServices } = await import('./config/load.js')
  const services = await loadServices({ file: config, cwd: io.cwd })
  const [only, ...others] = services
  if (only === undefined || others.length > 0) {
    const names = services.map(({ queue }) => queue).join(', ')
    throw new UsageError(`expected the name of one queue, got none; the configuration has ${names}.`)
  }
  return namedQueue(only.queue, region ?? only.region)
}

function namedQueue(argument: string, region: string | undefined): QueueLocation {
  if (/^https?:\/\//.test(argument) && URL.canParse(argument)) return { url: argument, region }
  if (/^(?=.{1,80}$)[\w-]+(\.fifo)?$/.test(argument)) return { name: argument, region }
  throw new UsageError(`expected the name or the URL of a queue, got ${JSON.stringify(argument)}.`)
}
