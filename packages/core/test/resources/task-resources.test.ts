import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir, totalmem } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { TaskResources } from '../../src/resources/task-resources.js'
import { manualClock } from '../../src/testing/index.js'

const MIB = 1_048_576

/** A folder with such files, as `/sys/fs/cgroup` has them. */
function cgroup(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'longshore-cgroup-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  write(root, files)
  return root
}

function write(root: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), `${text}\n`)
  }
}

const VERSION_2 = {
  'memory.stat': `anon ${300 * MIB}\nfile ${600 * MIB}\nanon_thp 0`,
  'memory.max': String(1_000 * MIB),
  'memory.current': String(950 * MIB),
  'cpu.max': '50000 100000',
  'cpu.stat': 'usage_usec 1000000\nuser_usec 900000',
}

// T29
test('memory is what cannot be taken back, not the page cache: 30 % here, where the group uses 95 % with it', async () => {
  const resources = new TaskResources({ clock: manualClock(), root: cgroup(VERSION_2) })
  expect(await resources.read()).toEqual({ memory: 0.3, cpu: undefined })
})

// T29
test('CPU is a share of the quota, 0–1: half a CPU in use is all of a quota of half a CPU', async () => {
  const clock = manualClock()
  const root = cgroup(VERSION_2)
  const resources = new TaskResources({ clock, root })
  await resources.read()
  await clock.advance(2_000)
  write(root, { 'cpu.stat': 'usage_usec 2000000\nuser_usec 0' })
  expect((await resources.read()).cpu).toBeCloseTo(1)
  await clock.advance(2_000)
  write(root, { 'cpu.stat': 'usage_usec 2250000\nuser_usec 0' })
  expect((await resources.read()).cpu).toBeCloseTo(0.25)
})

// T29
test('the first version of control groups says the same in other units', async () => {
  const clock = manualClock()
  const root = cgroup({
    'memory/memory.stat': `cache ${600 * MIB}\nrss ${200 * MIB}\ntotal_cache 0\ntotal_rss ${250 * MIB}`,
    'memory/memory.limit_in_bytes': String(1_000 * MIB),
    'cpu/cpu.cfs_quota_us': '200000',
    'cpu/cpu.cfs_period_us': '100000',
    'cpuacct/cpuacct.usage': '5000000000',
  })
  const resources = new TaskResources({ clock, root, taskLimits: () => ({ cpus: 0.25 }) })
  expect((await resources.read()).memory).toBe(0.25)
  await clock.advance(1_000)
  write(root, { 'cpuacct/cpuacct.usage': '5125000000' })
  expect((await resources.read()).cpu).toBeCloseTo(0.5)
})

test('where the container has no limit that of the task counts', async () => {
  const clock = manualClock()
  const root = cgroup({ ...VERSION_2, 'memory.max': 'max', 'cpu.max': 'max 100000' })
  const taskLimits = { cpus: 0.5, memoryBytes: 600 * MIB }
  const resources = new TaskResources({ clock, root, taskLimits: () => taskLimits })
  expect((await resources.read()).memory).toBe(0.5)
  await clock.advance(1_000)
  write(root, { 'cpu.stat': 'usage_usec 1125000' })
  expect((await resources.read()).cpu).toBeCloseTo(0.25)
})

test('"no limit" of the first version is none, and then the machine is the limit', async () => {
  const root = cgroup({
    'memory/memory.stat': `rss ${totalmem() / 4}`,
    'memory/memory.limit_in_bytes': '9223372036854771712',
    'cpu/cpu.cfs_quota_us': '-1',
    'cpu/cpu.cfs_period_us': '100000',
  })
  const memory = (await new TaskResources({ clock: manualClock(), root }).read()).memory ?? 0
  expect(memory).toBeCloseTo(0.25, 3)
})

test('the CPU that others use in a group without a limit is not ours', async () => {
  const clock = manualClock()
  const root = cgroup({ ...VERSION_2, 'cpu.max': 'max 100000' })
  const resources = new TaskResources({ clock, root })
  await resources.read()
  await clock.advance(3_600_000)
  write(root, { 'cpu.stat': 'usage_usec 99000000000' })
  expect((await resources.read()).cpu).toBeLessThan(0.1)
})

test('without control groups this process is what is measured', async () => {
  const clock = manualClock()
  const resources = new TaskResources({
    clock,
    root: '/nowhere',
    taskLimits: () => ({ memoryBytes: 4 * 2 ** 40 }),
  })
  const { memory = 0 } = await resources.read()
  expect(memory).toBeGreaterThan(0)
  expect(memory).toBeLessThan(1)
  await clock.advance(3_600_000)
  const { cpu = -1 } = await resources.read()
  expect(cpu).toBeGreaterThanOrEqual(0)
  expect(cpu).toBeLessThan(1 / availableParallelism())
})
