// The worker is a process of its own: a blocked loop would block the local AWS too.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

import { describe, expect, it, onTestFinished } from 'vitest'

import { TIMEOUT_MS, useWorkerStage } from './worker-stage.js'
import type { TestQueue } from './worker-stage.js'

const PROGRAM = fileURLToPath(new URL('fixtures/dist/blocking-worker.js', import.meta.url))
// A heartbeat is sent when a third of the timeout is left: it may be late by two seconds. The block takes two of them.
const VISIBILITY_S = 6
const BLOCK_MS = 10_000

async function run({ url }: TestQueue, env: Record<string, string>): Promise<Record<string, unknown>[]> {
  const child = spawn(process.execPath, [PROGRAM], {
    env: { ...process.env, AWS_REGION: 'us-east-1', QUEUE_URL: url, BLOCK_MS: String(BLOCK_MS), ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let text = ''
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()))
  const [code] = (await once(child, 'exit')) as [number | null]
  expect(code).toBe(0)
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

// T26
describe(
  'a handler that blocks the event loop for longer than its visibility timeout',
  { timeout: TIMEOUT_MS },
  () => {
    const stage = useWorkerStage()

    it('keeps its message with a lease keeper, which names it; without one it is told that its lease is lost', async () => {
      const handledElsewhere: string[] = []
      const watched = async (keeper: boolean): Promise<Record<string, unknown>[]> => {
        const queue = await stage.queue({ VisibilityTimeout: String(VISIBILITY_S) })
        await queue.send(1)
        const said = run(queue, { LEASE_THREAD: String(keeper) })
        // Another task takes what comes back.
        const other = queue.worker(() => void handledElsewhere.push(keeper ? 'kept' : 'lost'))
        const inFlight = async (): Promise<boolean> => (await queue.counts()).inFlight === 1
        while (!(await inFlight())) await new Promise((resolve) => setTimeout(resolve, 50))
        await other.start()
        const lines = await said
        await other.stop({ deadline: '0s' })
        return lines
      }
      const [kept, lost] = await Promise.all([watched(true), watched(false)])

      expect(kept).toEqual([
        {
          blockedMs: expect.toSatisfy((ms: number) => ms > BLOCK_MS - 1_000, 'nearly the whole block'),
          queue: expect.stringMatching(/\S+/),
          handler: 'render',
          messageId: expect.stringMatching(/\S+/),
        },
        { handled: 'in time' },
        { stopped: true },
      ])
      expect(lost).toContainEqual({ handled: 'LONGSHORE_LEASE_LOST' })
      expect(handledElsewhere).toEqual(['lost'])
    })
  },
)
