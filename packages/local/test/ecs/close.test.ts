import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import type { Described } from './local-ecs.js'
import { isAlive, localEcs } from './local-ecs.js'

test('close ends every task, the deaf ones after two seconds, and leaves no process', async () => {
  const pids: number[] = []
  const local = localEcs({ onTaskOutput: ({ line }) => pids.push(Number(line)) })
  await local.call('CreateCluster')
  await local.registerShell('deaf', 'trap "" TERM; sleep 1000 & echo $$; echo $!; wait; sleep 1000')
  await local.registerShell('polite', 'sleep 1000 & echo $$; echo $!; wait')
  await local.call('RunTask', { taskDefinition: 'deaf' })
  await local.call('CreateService', { serviceName: 's', taskDefinition: 'polite', desiredCount: 2 })
  await local.until('six processes', () => pids.length === 6)
  expect(pids.every(isAlive)).toBe(true)

  const startedAt = performance.now()
  await local.ecs.close()
  const tookMs = performance.now() - startedAt
  expect(tookMs).toBeGreaterThan(1_900)
  expect(tookMs).toBeLessThan(30_000)
  expect(pids.filter(isAlive)).toEqual([])
  expect(local.control.pending).toBe(0)
  await local.ecs.close()
  expect(await local.call('RunTask', { taskDefinition: 'polite' })).toMatchObject({ tasks: [] })
})

test('close while a task drains cuts its stopTimeout short', async () => {
  const lines: string[] = []
  const local = localEcs({ onTaskOutput: ({ line }) => lines.push(line) })
  await local.call('CreateCluster')
  await local.registerShell('deaf', 'trap "" TERM; echo up; sleep 1000', { stopTimeout: 60 })
  const { tasks } = await local.call('RunTask', { taskDefinition: 'deaf' })
  await local.until('up', () => lines.length > 0)
  await local.call('StopTask', { task: (tasks as Described[])[0]?.taskArn })
  const startedAt = performance.now()
  await local.ecs.close()
  expect(performance.now() - startedAt).toBeLessThan(30_000)
})

test('a server that dies without a word takes its tasks along', async () => {
  const parent = fileURLToPath(new URL('./orphan-parent.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', parent], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  const [text] = (await once(child.stdout, 'data')) as [Buffer]
  const [kept, forgotten] = text.toString().trim().split(' ').map(Number)
  if (kept === undefined || forgotten === undefined) throw new Error(`unexpected: ${text.toString()}`)
  try {
    expect([isAlive(kept), isAlive(forgotten)]).toEqual([true, true])
    child.kill('SIGKILL')
    await exited
    const deadline = performance.now() + 30_000
    while (isAlive(kept) && performance.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 10))
    expect(isAlive(kept)).toBe(false)
    expect(isAlive(forgotten)).toBe(true)
  } finally {
    process.kill(forgotten, 'SIGKILL')
  }
})
