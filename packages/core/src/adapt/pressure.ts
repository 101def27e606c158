import type { Load } from './load.js'

// Of the memory that the task may have: from the first on no more slots, from the second on fewer, until the kernel ends the
// task at 1. The gap keeps a limit that memory bounds from going up and down.
const MEMORY_FULL = 0.8
const MEMORY_OVER = 0.9

// At its quota a task is stopped for the rest of each period: more slots would only wait for each other.
const CPU_FULL = 0.95

// Timers this late, on average, mean a queue before the event loop; a second of it delays heartbeats and health checks too.
const LAG_FULL_MS = 250
const LAG_OVER_MS = 1_000

/** What the slots are too many for, if anything. */
export function pressureOf({ memory = 0, lagMs }: Load): 'memory' | 'lag' | undefined {
  if (memory >= MEMORY_OVER) return 'memory'
  return lagMs >= LAG_OVER_MS ? 'lag' : undefined
}

/**
 * How many slots the task has room for at most, as far as can be foreseen. All memory in use is taken for the slots', so
 * that twice as many are not tried where there is room for half as many more.
 */
export function roomFor(limit: number, { memory = 0, cpu = 0, lagMs }: Load): number {
  if (memory >= MEMORY_FULL || cpu >= CPU_FULL || lagMs >= LAG_FULL_MS) return limit
  return memory === 0 ? Infinity : Math.max(limit, Math.floor((limit * MEMORY_FULL) / memory))
}
