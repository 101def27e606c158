import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { OptionsError, QueueCallError } from '../../src/index.js'
import { eventually } from '../ecs/agent.js'
import { scripts, stage } from '../stage.js'
import type { Stage, StageOptions } from '../stage.js'

interface Served extends Stage {
  readonly url: string
  /** The status and the text of a page. */
  readonly page: (path: string, init?: RequestInit) => Promise<[number, string]>
}

async function serve(options: StageOptions = {}): Promise<Served> {
  const staged = stage({ health: { port: 0 }, ...options })
  const listening = staged.told('health:listening')
  await staged.begin()
  const url = listening[0]?.url ?? ''
  const page = async (path: string, init?: RequestInit): Promise<[number, string]> => {
    const answer = await fetch(url + path, { ...init, headers: { Connection: 'close' } })
    return [answer.status, await answer.text()]
  }
  return { ...staged, url, page }
}

test('a worker that runs is live and ready, on loopback alone', async () => {
  const { url, page } = await serve()
  expect(new URL(url).hostname).toBe('127.0.0.1')
  expect(await page('/live')).toEqual([200, 'ok\n'])
  expect(await page('/ready?from=probe')).toEqual([200, 'ok\n'])
  expect(await page('/live', { method: 'HEAD' })).toEqual([200, ''])
  expect(await page('/live', { method: 'POST' })).toEqual([405, 'GET and HEAD only.\n'])
  for (const path of ['/', '/toString', '/liveness']) {
    expect(await page(path)).toEqual([404, 'Not here. There are /live, /ready, /metrics.\n'])
  }
})

test('an idle worker stays live, and so does one whose handlings take hours', async () => {
  const { page, clock, put, worker } = await serve({ concurrency: 1, prefetch: 0, handlerTimeout: '12h' })
  for (let probes = 0; probes < 20; probes += 1) {
    await clock.advance(30_000)
    expect(await page('/live')).toEqual([200, 'ok\n'])
  }
  put(...scripts(1, { takes: '3h' }))
  await clock.advance(60_000)
  expect(worker.stats()).toMatchObject({ running: 1, polling: 0 })
  for (let probes = 0; probes < 5; probes += 1) {
    await clock.advance(1_800_000)
    expect(await page('/live')).toEqual([200, 'ok\n'])
  }
})

test('receives that fail make it unready, not dead; one that succeeds makes it ready', async () => {
  const { page, clock, queue } = await serve()
  queue.intercept((call) =>
    call.operation === 'ReceiveMessage' ? { kind: 'fail', reason: 'service' } : undefined,
  )
  for (let probes = 0; probes < 20; probes += 1) {
    await clock.advance(30_000)
    expect((await page('/live'))[0]).toBe(200)
  }
  expect(await page('/ready')).toEqual([
    503,
    expect.stringMatching(/^Receiving from memory has failed \d+ times in a row\.\n$/),
  ])
  queue.intercept(() => undefined)
  await clock.advance(60_000)
  expect(await page('/ready')).toEqual([200, 'ok\n'])
})

test('while it drains it is live and not ready; then nothing listens', async () => {
  const { page, clock, put, stop, worker } = await serve()
  put(...scripts(1, { takes: '10s' }))
  await clock.advance(1_000)
  void worker.stop()
  await clock.advance(100)
  expect(await page('/live')).toEqual([200, 'ok\n'])
  expect(await page('/ready')).toEqual([503, 'The worker is draining.\n'])
  await stop()
  await expect(page('/live')).rejects.toThrow('fetch failed')
})

test('its figures are in the text format of Prometheus', async () => {
  const { page, clock, put } = await serve({ concurrency: 5 })
  put(...scripts(3, { takes: '2s' }), { id: 3, ends: 'throw' })
  await clock.advance(10_000)
  const [status, text] = await page('/metrics')
  expect(status).toBe(200)
  const lines = text.split('\n')
  expect(lines).toContain('longshore_messages_settled_total{queue="memory",outcome="done"} 3')
  expect(lines).toContain('longshore_handling_seconds_total{queue="memory"} 6')
  expect(lines).toContain('# TYPE longshore_slots gauge')
  expect(lines).toContain('longshore_slots{queue="memory"} 5')
  expect(lines).toContain('longshore_worker_state{queue="memory",state="running"} 1')
  expect(lines).toContain('longshore_task_protected{queue="memory"} 0')
  const samples = lines.filter((line) => line !== '' && !line.startsWith('#'))
  for (const line of samples) {
    expect(line).toMatch(/^[a-z_]+\{([a-zA-Z_]+="[^"]*",?)+\} -?\d+(\.\d+)?(e[+-]\d+)?$/)
  }
  expect(text.endsWith('\n')).toBe(true)
})

test('a port in use is an error that names the option, before the queue is asked', async () => {
  const taken = createServer()
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void taken.close())
  const { port } = taken.address() as AddressInfo
  const { begin, worker, queue } = stage({ health: { port } })
  const error: unknown = await begin().catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(OptionsError)
  expect((error as OptionsError).problems).toEqual([
    {
      path: 'health.port',
      expected: 'a port that nothing listens on; 0 takes a free one',
      got: expect.stringContaining(`127.0.0.1:${port} (`),
    },
  ])
  expect(worker.state).toBe('stopped')
  expect(queue.calls).toEqual([])
})

test('a start that is throttled is live and not ready, for as long as it takes', async () => {
  const { worker, queue, told, clock } = stage({ health: { port: 0 }, doctor: false })
  const listening = told('health:listening')
  let isThrottled = true
  queue.intercept(() => (isThrottled ? { kind: 'fail', reason: 'throttled' } : undefined))
  const started = worker.start()
  await eventually(() => listening.length === 1)
  const page = async (path: string): Promise<[number, string]> => {
    const answer = await fetch(`${listening[0]?.url}${path}`, { headers: { Connection: 'close' } })
    return [answer.status, await answer.text()]
  }
  for (let probes = 0; probes < 10; probes += 1) {
    await clock.advance(30_000)
    expect(await page('/live')).toEqual([200, 'ok\n'])
    expect(await page('/ready')).toEqual([503, 'The queue has not answered yet.\n'])
  }
  isThrottled = false
  await clock.advance(30_000)
  await started
  expect(await page('/ready')).toEqual([200, 'ok\n'])
})

test('a start that fails leaves nothing listening', async () => {
  const { begin, queue, told, worker } = stage({ health: { port: 0 } })
  const listening = told('health:listening')
  queue.intercept(() => ({ kind: 'fail', reason: 'denied' }))
  await expect(begin()).rejects.toThrow(QueueCallError)
  await eventually(() => worker.state === 'stopped')
  await expect(fetch(`${listening[0]?.url}/live`)).rejects.toThrow('fetch failed')
})
