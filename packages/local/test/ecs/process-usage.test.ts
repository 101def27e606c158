// Real processes, read from /proc.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readGroupUsage, readSystemCpuMs } from '../../src/ecs/process-usage.js'

describe.runIf(existsSync('/proc/self/stat'))('what process groups use', () => {
  test('covers everything in the group, under a name with spaces and parentheses', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'longshore-usage-'))
    const script = 'cp "$(command -v sleep)" "a ) b"; "./a ) b" 100 & echo up; wait'
    const child = spawn('sh', ['-c', script], {
      cwd: folder,
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const pid = child.pid ?? 0
    try {
      await once(child.stdout, 'data')
      const usages = await readGroupUsage(new Set([pid, 1_000_000_000]))
      expect([...usages.keys()]).toEqual([pid])
      const usage = usages.get(pid)
      expect(usage?.processes).toBe(2)
      expect(usage?.memoryBytes).toBeGreaterThan(100_000)
      expect(usage?.memoryBytes).toBeLessThan(100_000_000)
    } finally {
      process.kill(-pid, 'SIGKILL')
      await once(child, 'close')
      await rm(folder, { recursive: true })
    }
  })

  test('counts the time of a child that has ended', async () => {
    const burn = 'i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done'
    const child = spawn('sh', ['-c', `sh -c '${burn}'; echo burnt; sleep 100`], {
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const pid = child.pid ?? 0
    try {
      await once(child.stdout, 'data')
      const usage = (await readGroupUsage(new Set([pid]))).get(pid)
      expect((usage?.cpuUserMs ?? 0) + (usage?.cpuSystemMs ?? 0)).toBeGreaterThan(50)
    } finally {
      process.kill(-pid, 'SIGKILL')
      await once(child, 'close')
    }
  })

  test('is set against the time of the whole machine', async () => {
    expect(await readSystemCpuMs()).toBeGreaterThan(process.uptime() * 1_000)
  })
})

test('no groups are no reading', async () => {
  expect((await readGroupUsage(new Set())).size).toBe(0)
})
