import type { Finding } from '../finding.js'

/** What stood still, for how long, and how long a message is hidden without a heartbeat. */
export interface Standstill {
  readonly blockedMs: number
  /** The name of the handler that kept the event loop, where it is known. */
  readonly handler: string | undefined
  readonly visibilityTimeoutMs: number
}

/** A heartbeat is due when a third of the visibility timeout is left: what blocks for longer loses leases. */
export function checkLoop({ blockedMs, handler, visibilityTimeoutMs }: Standstill): Finding[] {
  const mostMs = visibilityTimeoutMs / 3
  if (blockedMs < mostMs) return []
  const name = handler === undefined || handler === '' ? 'a handler' : `the handler ${handler}`
  return [
    {
      code: 'loop-blocked',
      severity: 'problem',
      found: `that ${name} kept the event loop for ${seconds(blockedMs)}`,
      expected: `less than ${seconds(mostMs)}, a third of the visibility timeout: heartbeats come too late, and messages go to other workers while they are handled`,
      fix: 'Set leases: { thread: true }, move the work to a worker thread, or give way between its parts (await setImmediate()).',
    },
  ]
}

function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`
}
