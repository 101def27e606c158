// What a process that is not ours uses, as Linux tells it; nothing is known elsewhere.
import { readFileSync } from 'node:fs'

export interface ProcessUsage {
  /** User and system time since its start. */
  readonly cpuMs: number
  readonly rssBytes: number
}

// USER_HZ is 100 and a page 4 KiB on every Linux that Node ships for, but for pages on some arm64 kernels.
const TICK_MS = 10
const PAGE_BYTES = 4_096

// proc(5): fields 14, 15 and 24, counted after the name in parentheses, which is the second.
const UTIME = 14 - 3
const STIME = 15 - 3
const RSS = 24 - 3

export function processUsage(pid: number | undefined): ProcessUsage | undefined {
  if (pid === undefined) return undefined
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number)
    const ticks = (fields[UTIME] ?? Number.NaN) + (fields[STIME] ?? Number.NaN)
    return { cpuMs: ticks * TICK_MS, rssBytes: (fields[RSS] ?? Number.NaN) * PAGE_BYTES }
  } catch {
    return undefined
  }
}

/** The processes that this one has started and that still run. */
export function childProcesses(): readonly number[] {
  try {
    const list = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8')
    return list.split(' ').filter(Boolean).map(Number)
  } catch {
    return []
  }
}
