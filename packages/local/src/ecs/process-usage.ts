import { readdir, readFile } from 'node:fs/promises'

/** What the processes of one group use. */
export interface GroupUsage {
  /** CPU time so far, in milliseconds; it keeps the time of children that were waited for. */
  readonly cpuUserMs: number
  readonly cpuSystemMs: number
  /** Resident memory. What several of its processes share counts once for each of them. */
  readonly memoryBytes: number
  readonly processes: number
}

interface ProcessStat {
  readonly pid: string
  readonly groupId: number
  readonly userTicks: number
  readonly systemTicks: number
}

// USER_HZ: what the kernel counts in for user space, whatever its own tick is; 100 on every machine that Node runs on.
const MS_PER_TICK = 10

/**
 * What process groups use now, by the id of their leader, from /proc: a group without living processes is left out,
 * and so is every group where there is no /proc.
 */
export async function readGroupUsage(
  groupIds: ReadonlySet<number>,
): Promise<ReadonlyMap<number, GroupUsage>> {
  const usages = new Map<number, GroupUsage>()
  if (groupIds.size === 0) return usages
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name))
  const stats = await Promise.all(pids.map(readStat))
  const members = stats.filter((stat) => stat !== undefined).filter(({ groupId }) => groupIds.has(groupId))
  const memories = await Promise.all(members.map(({ pid }) => readResidentBytes(pid)))
  members.forEach((stat, at) => {
    const before = usages.get(stat.groupId)
    usages.set(stat.groupId, {
      cpuUserMs: (before?.cpuUserMs ?? 0) + stat.userTicks * MS_PER_TICK,
      cpuSystemMs: (before?.cpuSystemMs ?? 0) + stat.systemTicks * MS_PER_TICK,
      memoryBytes: (before?.memoryBytes ?? 0) + (memories[at] ?? 0),
      processes: (before?.processes ?? 0) + 1,
    })
  })
  return usages
}

/** CPU time of the whole machine since its start, idle time included, in milliseconds; undefined without /proc. */
export async function readSystemCpuMs(): Promise<number | undefined> {
  const [line] = (await readText('/proc/stat')).split('\n')
  if (line === undefined || !line.startsWith('cpu ')) return undefined
  // user nice system idle iowait irq softirq steal: guest time is part of user time.
  const ticks = line.trim().split(/\s+/).slice(1, 9).map(Number)
  return ticks.reduce((sum, value) => sum + value, 0) * MS_PER_TICK
}

/** See proc_pid_stat(5). Undefined for a process that is gone. */
async function readStat(pid: string): Promise<ProcessStat | undefined> {
  const text = await readText(`/proc/${pid}/stat`)
  // The name in parentheses may itself contain spaces and parentheses.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  if (fields.length < 15) return undefined
  const [, , groupId] = fields
  const [user = 0, system = 0, waitedUser = 0, waitedSystem = 0] = fields.slice(11, 15).map(Number)
  return { pid, groupId: Number(groupId), userTicks: user + waitedUser, systemTicks: system + waitedSystem }
}

async function readResidentBytes(pid: string): Promise<number> {
  const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(await readText(`/proc/${pid}/status`)) ?? []
  return Number(kibibytes ?? 0) * 1_024
}

/** Empty for a file that is not there, as when its process has just ended. */
function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '')
}
