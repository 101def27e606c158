import type { Channel } from './channel.js'
import type { WorkerEvents } from './events.js'
import type { Blocked } from './lease-keeper.js'

/** A blocked event loop with the handler that blocks it: the one named, or the only one that runs. */
export function blamed(
  { blockedMs, queue, messageId }: Blocked,
  channels: readonly Channel[],
): WorkerEvents['loop:blocked'] {
  const running = channels.filter(({ pipeline }) => (pipeline?.running ?? 0) > 0)
  const [only, ...others] = channels.length === 1 ? channels : running
  const known = channels.find(({ name }) => name === queue)
  const { name, handlerName } = known ?? (others.length === 0 ? only : undefined) ?? {}
  return { blockedMs, queue: name, handler: handlerName, messageId }
}
