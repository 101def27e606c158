import type { WorkerStats } from '../stats.js'

/** Why the worker takes no messages at this moment; undefined when it does. */
export function unreadiness(
  { state, protection }: WorkerStats,
  receiving: { readonly hasStarted: boolean; readonly failures: number },
): string | undefined {
  if (state !== 'running') return `The worker is ${state}.`
  if (!receiving.hasStarted) return 'The queue has not answered yet.'
  if (receiving.failures > 0) return `Receiving has failed ${receiving.failures} times in a row.`
  if (protection === 'blocked') return 'A deployment blocks the protection of this task: it takes no more.'
  return undefined
}
