import type { WorkerStats } from '../stats.js'

/** Why the worker takes no messages at this moment; undefined when it does. */
export function unreadiness(
  { state, protection, queues }: WorkerStats,
  receiving: { readonly hasStarted: boolean; readonly failures: ReadonlyMap<string, number> },
): string | undefined {
  if (state !== 'running') return `The worker is ${state}.`
  if (!receiving.hasStarted) return 'The queue has not answered yet.'
  for (const [queue, failures] of receiving.failures) {
    return `Receiving from ${queue} has failed ${failures} times in a row.`
  }
  if (protection === 'blocked') return 'A deployment blocks the protection of this task: it takes no more.'
  if (queues.every(({ breaker }) => breaker === 'open')) return 'Too many handlings fail: it takes no more.'
  return undefined
}
