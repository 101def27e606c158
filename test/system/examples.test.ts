// Each example as its README has it run: a local AWS, its worker as a process, and what it says came of it.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const root = new URL('../../', import.meta.url)

async function play(...names: string[]): Promise<{ code: number | null; said: string[] }> {
  const command = fileURLToPath(new URL('scripts/example.mjs', root))
  const child = spawn(process.execPath, [command, ...names], { stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, said: text.trimEnd().split('\n') }
}

describe.concurrent('an example runs on this machine', () => {
  test('orders: each step once and in order, what cannot be mended dead-lettered', async () => {
    const { code, said } = await play('orders')
    expect([code, said.slice(1)]).toEqual([
      0,
      [
        ...['ada', 'ben', 'cem', 'dua', 'eva'].map((customer) => `${customer}: placed → paid → shipped`),
        'Each step once, each customer in order; the void order is in the dead-letter queue.',
      ],
    ])
  })

  test('bulk-index: in batches, and no attempt is spent on an index that is down', async () => {
    const { code, said } = await play('bulk-index')
    expect([code, said.at(-1)]).toEqual([
      0,
      expect.stringMatching(
        /^299 written in \d calls, after \d that found .*; the one that it refused is in the dead-letter queue\.$/,
      ),
    ])
  })

  test('nightly: a task that ends when the queue is empty, and says how it went', async () => {
    const { code, said } = await play('nightly')
    expect([code, said[0], said.at(-1)]).toEqual([
      0,
      '50 reports waited: the task wrote them all and ended with 0.',
      'One cannot be written yet: the task ended with 2, and its message will come again.',
    ])
  })

  test('a name that there is not is refused, and all are told where none is given', async () => {
    const unknown = await play('order')
    expect(unknown).toEqual({
      code: 2,
      said: ["Expected the name of an example (bulk-index, cdk-worker, nightly, orders), got 'order'."],
    })
    const readme = await readFile(new URL('README.md', root), 'utf8')
    const { code, said } = await play()
    expect(code).toBe(0)
    for (const line of said.slice(1)) {
      const name = line.trim().split(/\s+/)[0]
      expect(readme).toContain(`npm run example -- ${name}`)
    }
  })
})
