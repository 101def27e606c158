import { expect, onTestFinished, test } from 'vitest'
import { scripts, stage } from '../stage.js'
import type { Stage, StageOptions } from '../stage.js'
import type { Agent, Answering } from './agent.js'
import { eventually, golden, granting, serveAgent } from './agent.js'

async function inTask(options: StageOptions = {}, answering: Answering = granting): Promise<[Stage, Agent]> {
  const agent = await serveAgent(answering)
  process.env.ECS_AGENT_URI = agent.uri
  onTestFinished(() => {
    delete process.env.ECS_AGENT_URI
  })
  return [stage({ doctor: false, protection: { after: '0s' }, ...options }), agent]
}

test('a worker in a task is protected while it holds messages, and no more when it stops', async () => {
  const [{ begin, put, clock, worker, told, stop }, agent] = await inTask()
  const changes = told('protection:changed')
  await begin()
  await clock.advance(60_000)
  expect(agent.asked).toEqual([])
  expect(worker.stats().protection).toBe('unprotected')
  put(...scripts(30, { takes: '50ms' }))
  await clock.advance(1_000)
  await eventually(() => worker.stats().protection === 'protected')
  await stop()
  await eventually(() => agent.asked.length === 2)
  expect(changes[0]).toEqual({ state: 'protected', detail: undefined })
  expect(agent.asked.map(({ body }) => body)).toEqual([
    { ProtectionEnabled: true, ExpiresInMinutes: 30 },
    { ProtectionEnabled: false },
  ])
})

// T36
test('an agent that never answers holds up no message', async () => {
  const [{ begin, put, clock, worker }] = await inTask({}, () => undefined)
  await begin()
  put(...scripts(200, { takes: '10ms' }))
  await clock.advance(3_000)
  expect(worker.stats().done).toBe(200)
})

// T35
test('a blocked worker finishes what it has and takes no more until it is protected', async () => {
  const [{ begin, put, clock, worker, told, queue }, agent] = await inTask(
    { concurrency: 2, prefetch: 0, maxPollers: 1, waitTime: '1s' },
    () => golden.blocked,
  )
  const changes = told('protection:changed')
  await begin()
  put(...scripts(2, { takes: '5s' }))
  await clock.advance(500)
  await eventually(() => worker.stats().protection === 'blocked')
  put(...scripts(10))
  await clock.advance(15_000)
  expect(worker.stats()).toMatchObject({ done: 2, received: 2, polling: 0 })
  expect(queue.counts().visible).toBe(10)
  agent.answering = granting
  // In steps, so that no answer over real I/O comes after its deadline in virtual time.
  for (let steps = 0; steps < 40; steps += 1) {
    await clock.advance(500)
    await eventually(() => worker.stats().protection === 'protected' || agent.asked.length === 1)
  }
  await clock.advance(2_000)
  expect(worker.stats().done).toBe(12)
  expect(changes.map(({ state }) => state)).toEqual(['blocked', 'protected'])
})

test.each([
  ['false', false, []],
  [
    'settings',
    { after: '0s', expiresIn: '2h', idleAfter: '1s' },
    [{ ProtectionEnabled: true, ExpiresInMinutes: 120 }],
  ],
] as const)('protection: %s is followed', async (_, protection, bodies) => {
  const [{ begin, put, clock, worker }, agent] = await inTask({ protection })
  await begin()
  put(...scripts(1, { takes: '5s' }))
  await clock.advance(1_000)
  await eventually(() => agent.asked.length === bodies.length)
  expect(agent.asked.map(({ body }) => body)).toEqual(bodies)
  expect(worker.stats().running).toBe(1)
})

test('without an agent there is no protection and no error', async () => {
  const { begin, put, clock, worker, told } = stage({ protection: { idleAfter: '5s' }, doctor: false })
  const failures = told('protection:failed')
  await begin()
  put(...scripts(1))
  await clock.advance(10_000)
  expect(worker.stats().protection).toBe('off')
  expect(failures).toEqual([])
})
