import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

import { describe, expect, it, onTestFinished } from 'vitest'

import { pause } from '../contract/endpoint.js'
import { TIMEOUT_MS, ids, until, useWorkerStage } from './worker-stage.js'

const NOTHING = { visible: 0, inFlight: 0, delayed: 0 }
const PROGRAM = fileURLToPath(new URL('fixtures/dist/worker-process.js', import.meta.url))

describe('a worker that stops', { timeout: TIMEOUT_MS }, () => {
  const stage = useWorkerStage()

  it('finishes what it has started, hands back the rest at once, and loses nothing', async () => {
    const queue = await stage.queue({ VisibilityTimeout: '300' })
    await queue.send(200)
    const started: number[] = []
    const ended: number[] = []
    const handler = async ({ id }: { id: number }): Promise<void> => {
      started.push(id)
      await pause(150)
      ended.push(id)
    }
    const first = queue.worker(handler, { concurrency: 10, prefetch: 20 })
    await first.start()
    await until(() => ended.length >= 20 && first.stats().waiting > 0)
    const report = await first.stop()
    const before = started.length

    expect(ended.length).toBe(before)
    expect(report).toMatchObject({ aborted: 0, abandoned: 0, unsettled: 0 })
    expect(report.finished).toBeGreaterThan(0)
    expect(report.released).toBeGreaterThan(0)
    // With a visibility timeout of five minutes, only a release makes them visible now.
    await queue.countsBecome({ visible: 200 - before, inFlight: 0, delayed: 0 })

    const second = queue.worker(handler, { concurrency: 50 })
    await second.start()
    await until(() => second.stats().done === 200 - before)
    await second.stop()
    expect(ended.toSorted((a, b) => a - b)).toEqual(ids(200))
    await queue.countsBecome(NOTHING)
  })

  it('gives up an idle long poll at once', async () => {
    const queue = await stage.queue()
    const worker = queue.worker(() => {})
    await worker.start()
    await until(() => worker.stats().polling === 1)
    await pause(300)
    const report = await worker.stop()
    // The poll would have waited for twenty seconds.
    expect(report.elapsedMs).toBeLessThan(15_000)
  })

  it('in a process of its own exits 0 on SIGTERM, its work done and the rest handed back', async () => {
    const queue = await stage.queue({ VisibilityTimeout: '300' })
    await queue.send(40)
    const program = run(queue.url, { HANDLING_MS: '500', CONCURRENCY: '5' })
    await until(() => program.said.includes('handled'))
    program.child.kill('SIGTERM')

    expect(await program.ended).toEqual({ code: 0, signal: null })
    const handled = program.said.match(/^handled/gm)?.length ?? 0
    expect(program.said).toMatch(/^stopped signal$/m)
    expect(program.said).toMatch(/^listeners 0$/m)
    await queue.countsBecome({ visible: 40 - handled, inFlight: 0, delayed: 0 })
  })

  it('in a process of its own aborts what runs at a second signal', async () => {
    const queue = await stage.queue({ VisibilityTimeout: '300' })
    await queue.send(2)
    const program = run(queue.url, { HANDLING_MS: '600000', CONCURRENCY: '2' })
    await until(() => program.said.match(/^started/gm)?.length === 2)
    program.child.kill('SIGTERM')
    await until(() => program.said.includes('draining'))
    await pause(300)
    expect(program.child.exitCode).toBeNull()
    program.child.kill('SIGTERM')

    expect(await program.ended).toEqual({ code: 0, signal: null })
    expect(program.said.match(/^aborted LONGSHORE_DRAIN_DEADLINE$/gm)).toHaveLength(2)
    await queue.handedBack(2)
  })
})

interface Program {
  readonly child: ChildProcess
  readonly said: string
  readonly ended: Promise<{ code: number | null; signal: string | null }>
}

function run(queueUrl: string, env: Record<string, string>): Program {
  const child = spawn(process.execPath, [PROGRAM], {
    env: { ...process.env, ...env, QUEUE_URL: queueUrl },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (said += chunk.toString()))
  }
  const ended = once(child, 'close').then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as string | null,
  }))
  return {
    child,
    ended,
    get said() {
      return said
    },
  }
}
