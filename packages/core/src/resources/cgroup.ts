/** What a control group may use and uses. Bytes, and CPUs as a number: 0.25 is a quarter of one. Undefined: no limit, or not told. */
export interface CgroupReading {
  readonly memoryBytes: number | undefined
  readonly memoryLimitBytes: number | undefined
  readonly cpuQuota: number | undefined
  /** CPU time used since the group was made. */
  readonly cpuMs: number | undefined
}

/** Reads a file below the root of the control groups, `/sys/fs/cgroup`; undefined where there is none. */
export type ReadFile = (path: string) => Promise<string | undefined>

// Version 1 writes "no limit" as the largest multiple of the page size below 2^63.
const NO_LIMIT_BYTES = 2 ** 60

/**
 * Reads what a container sees of its own group, in either version. Memory is `anon` (version 1: `rss`), which cannot be
 * taken back; the page cache also counts against the limit, and is given up when memory is needed: who counts it sees a
 * worker that reads files as full for ever.
 *
 * Units: version 2 in bytes and microseconds (`memory.max`, `memory.stat`, `cpu.max`, `cpu.stat`); version 1 in bytes,
 * microseconds for the quota and nanoseconds for its use (`cpu.cfs_quota_us`, `cpuacct.usage`). Kernel documentation,
 * admin-guide/cgroup-v2 and cgroup-v1.
 */
export async function readCgroup(read: ReadFile): Promise<CgroupReading> {
  const stat = await read('memory.stat')
  return stat === undefined ? await readVersion1(read) : await readVersion2(read, stat)
}

async function readVersion2(read: ReadFile, stat: string): Promise<CgroupReading> {
  const [max, cpuMax = '', cpuStat = ''] = await Promise.all([
    read('memory.max'),
    read('cpu.max'),
    read('cpu.stat'),
  ])
  const [quota, period] = cpuMax.trim().split(' ').map(Number)
  const usageMicros = valueOf(cpuStat, 'usage_usec')
  return {
    memoryBytes: valueOf(stat, 'anon'),
    memoryLimitBytes: limitOf(max),
    cpuQuota: quotient(quota, period),
    cpuMs: usageMicros === undefined ? undefined : usageMicros / 1_000,
  }
}

async function readVersion1(read: ReadFile): Promise<CgroupReading> {
  const [stat = '', limit, quota, period, usage] = await Promise.all([
    read('memory/memory.stat'),
    read('memory/memory.limit_in_bytes'),
    read('cpu/cpu.cfs_quota_us'),
    read('cpu/cpu.cfs_period_us'),
    read('cpuacct/cpuacct.usage'),
  ])
  const usageNanos = numberOf(usage)
  return {
    // total_ counts the groups below, too.
    memoryBytes: valueOf(stat, 'total_rss') ?? valueOf(stat, 'rss'),
    memoryLimitBytes: limitOf(limit),
    cpuQuota: quotient(numberOf(quota), numberOf(period)),
    cpuMs: usageNanos === undefined ? undefined : usageNanos / 1_000_000,
  }
}

/** The value of a flat-keyed file: `anon 123`. */
function valueOf(text: string, key: string): number | undefined {
  const line = text.split('\n').find((each) => each.startsWith(`${key} `))
  return numberOf(line?.slice(key.length + 1))
}

function numberOf(text: string | undefined): number | undefined {
  const value = text === undefined || text.trim() === '' ? Number.NaN : Number(text)
  return Number.isFinite(value) ? value : undefined
}

function limitOf(text: string | undefined): number | undefined {
  const limit = numberOf(text)
  return limit === undefined || limit <= 0 || limit >= NO_LIMIT_BYTES ? undefined : limit
}

/** A quota of -1, or `max`, is none. */
function quotient(quota: number | undefined, period: number | undefined): number | undefined {
  if (quota === undefined || period === undefined) return undefined
  return quota > 0 && period > 0 ? quota / period : undefined
}
