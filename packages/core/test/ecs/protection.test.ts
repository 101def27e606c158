import { expect, onTestFinished, test } from 'vitest'
import type { ProtectionState } from '../../src/ecs-task.js'
import { TaskProtection } from '../../src/ecs/protection.js'
import { manualClock } from '../../src/testing/index.js'
import type { ManualClock } from '../../src/testing/index.js'
import type { Agent, Answering } from './agent.js'
import { eventually, golden, granting, serveAgent } from './agent.js'

interface Stage {
  readonly clock: ManualClock
  readonly agent: Agent
  readonly protection: TaskProtection
  readonly states: ProtectionState[]
  readonly failures: { detail: string; retryInMs: number }[]
  /** What the agent was asked for, in order. */
  readonly wishes: () => boolean[]
  /** Messages come in. */
  readonly take: () => void
  /** The last of them is settled. */
  readonly finish: () => void
  /** Virtual time passes, and each call that it brings is answered in no time. */
  readonly pass: (ms: number) => Promise<void>
  /** Real I/O, until so many calls are answered. */
  readonly answered: (calls: number) => Promise<void>
}

const MINUTE_MS = 60_000

async function stage(answering: Answering = granting, afterMs = 0): Promise<Stage> {
  const clock = manualClock()
  const agent = await serveAgent(answering)
  const states: ProtectionState[] = []
  const failures: { detail: string; retryInMs: number }[] = []
  let sinceMs: number | undefined
  const protection = new TaskProtection({
    agentUri: agent.uri,
    clock,
    random: () => 0.5,
    afterMs,
    expiresInMs: 30 * MINUTE_MS,
    idleAfterMs: 15_000,
    runningSinceMs: () => sinceMs,
    onChanged: (state) => states.push(state),
    onFailed: ({ detail }, retryInMs) => failures.push({ detail, retryInMs }),
  })
  onTestFinished(() => protection.close(clock.now()))
  return {
    clock,
    agent,
    protection,
    states,
    failures,
    wishes: () => agent.asked.map(({ body }) => (body as { ProtectionEnabled: boolean }).ProtectionEnabled),
    take: () => {
      sinceMs ??= clock.now()
      protection.busy()
    },
    finish: () => {
      sinceMs = undefined
    },
    pass: async (ms) => {
      for (let leftMs = ms; leftMs > 0; leftMs -= 500) {
        await clock.advance(Math.min(500, leftMs))
        await eventually(() => !protection.isCalling)
      }
    },
    answered: (calls) => eventually(() => agent.asked.length >= calls && !protection.isCalling),
  }
}

test('one busy period is two calls, however many messages it has', async () => {
  const { clock, agent, protection, states, take, finish, answered } = await stage()
  for (let message = 0; message < 200; message += 1) {
    take()
    await answered(1)
    await clock.advance(1_000)
    finish()
    await clock.advance(2_000)
  }
  expect(protection.state).toBe('protected')
  await clock.advance(20_000)
  await answered(2)
  await clock.advance(10 * MINUTE_MS)
  expect(agent.asked).toEqual([
    {
      method: 'PUT',
      path: '/api/abc/task-protection/v1/state',
      body: { ProtectionEnabled: true, ExpiresInMinutes: 30 },
    },
    { method: 'PUT', path: '/api/abc/task-protection/v1/state', body: { ProtectionEnabled: false } },
  ])
  expect(states).toEqual(['protected', 'unprotected'])
  expect(clock.pending).toBe(0)
})

test('work that comes back within the hysteresis changes nothing', async () => {
  const { clock, wishes, take, finish, answered } = await stage()
  take()
  await answered(1)
  finish()
  await clock.advance(14_000)
  take()
  await clock.advance(60_000)
  expect(wishes()).toEqual([true])
})

test('a handling longer than the protection has it renewed while a third of it is left', async () => {
  const { clock, wishes, take, states, answered } = await stage()
  take()
  await answered(1)
  await clock.advance(20 * MINUTE_MS - 1)
  expect(wishes()).toEqual([true])
  await clock.advance(1)
  await answered(2)
  await clock.advance(20 * MINUTE_MS)
  await answered(3)
  expect(wishes()).toEqual([true, true, true])
  expect(states).toEqual(['protected'])
})

test('a renewal that fails is tried again before the protection ends, and its end is told', async () => {
  const { clock, pass, agent, states, failures, take, answered } = await stage()
  take()
  await answered(1)
  agent.answering = () => golden.throttled
  await clock.advance(20 * MINUTE_MS)
  await pass(11 * MINUTE_MS)
  expect(failures.slice(0, 3).map(({ retryInMs }) => retryInMs)).toEqual([1_500, 3_000, 6_000])
  expect(states).toEqual(['protected', 'unprotected'])
  agent.answering = granting
  await pass(MINUTE_MS)
  expect(states.at(-1)).toBe('protected')
})

test('a trickle of short handlings asks for nothing, and one that lasts protects the task past them', async () => {
  const { clock, wishes, take, finish, answered, pass } = await stage(granting, 2_000)
  const trickle = async (): Promise<void> => {
    for (let message = 0; message < 100; message += 1) {
      take()
      await clock.advance(900)
      finish()
      await clock.advance(100)
    }
  }
  await trickle()
  expect(wishes()).toEqual([])
  take()
  await pass(4_000)
  expect(wishes()).toEqual([true])
  finish()
  await clock.advance(10_000)
  expect(wishes()).toEqual([true])
  for (let message = 0; message < 10; message += 1) {
    take()
    await pass(500)
    finish()
    await pass(500)
  }
  await answered(2)
  expect(wishes()).toEqual([true, false])
  await clock.advance(MINUTE_MS)
  expect(clock.pending).toBe(0)
})

// T36
test('one call is under way at a time, and the latest wish wins', async () => {
  const { clock, agent, wishes, take, finish, answered } = await stage()
  const letGo = agent.holdBack()
  take()
  await eventually(() => agent.asked.length === 1)
  // Idle, busy and idle again while the first call waits for its answer.
  finish()
  await clock.advance(3_000)
  take()
  finish()
  await clock.advance(3_500)
  letGo()
  await answered(1)
  await clock.advance(20_000)
  await answered(2)
  expect(wishes()).toEqual([true, false])
  expect(agent.peak).toBe(1)
})

// T36
test('an agent that never answers is given up after seven seconds, and what it may have done is undone', async () => {
  const { clock, agent, wishes, failures, take, finish, answered } = await stage(() => undefined)
  take()
  await eventually(() => agent.asked.length === 1)
  finish()
  await clock.advance(6_900)
  expect(failures).toEqual([])
  agent.answering = granting
  await clock.advance(200)
  await eventually(() => failures.length === 1)
  expect(failures[0]?.detail).toBe('No answer in 7000 ms.')
  await clock.advance(1_500)
  await answered(2)
  await clock.advance(15_000)
  await answered(3)
  expect(wishes()).toEqual([true, true, false])
})

test('a protection left in doubt is taken back when the work is over', async () => {
  const { clock, agent, pass, wishes, take, finish, answered, failures } = await stage(() => golden.timedOut)
  take()
  await answered(1)
  finish()
  await pass(MINUTE_MS)
  expect(failures.length).toBeGreaterThan(3)
  agent.answering = granting
  await pass(MINUTE_MS)
  expect(wishes().at(-1)).toBe(false)
  expect(clock.pending).toBe(0)
})

test.each(['throttled', 'denied', 'tooMany'] as const)(
  'after %s nothing is in doubt: idle before the next try, the worker asks no more',
  async (name) => {
    const { clock, pass, wishes, take, finish, answered, states } = await stage(() => golden[name])
    take()
    await answered(1)
    finish()
    await clock.advance(1_400)
    expect(wishes()).toEqual([true])
    await pass(MINUTE_MS)
    const calls = wishes().length
    await clock.advance(10 * MINUTE_MS)
    expect(wishes()).toHaveLength(calls)
    expect(wishes()).not.toContain(false)
    expect(states).toEqual([])
  },
)

// T35
test('blocked by a deployment it asks every half minute, idle or not, until it is protected', async () => {
  const { clock, agent, protection, states, wishes, take, finish, answered } = await stage(
    () => golden.blocked,
  )
  take()
  await answered(1)
  expect(protection.state).toBe('blocked')
  finish()
  await clock.advance(22_000)
  expect(wishes()).toEqual([true])
  await clock.advance(500)
  await answered(2)
  agent.answering = granting
  await clock.advance(22_500)
  await answered(3)
  expect(states).toEqual(['blocked', 'protected'])
  // Nothing came in after all.
  await clock.advance(20_000)
  await answered(4)
  expect(wishes()).toEqual([true, true, true, false])
  expect(states.at(-1)).toBe('unprotected')
})

test('blocked at a renewal it gives the protection back once it is idle, which is what the deployment waits for', async () => {
  const { clock, pass, agent, protection, wishes, take, finish, answered } = await stage()
  take()
  await answered(1)
  agent.answering = (asked, call) =>
    (asked.body as { ProtectionEnabled: boolean }).ProtectionEnabled ? golden.blocked : granting(asked, call)
  await clock.advance(20 * MINUTE_MS)
  await answered(2)
  expect(protection.state).toBe('blocked')
  finish()
  await pass(20_000)
  expect(wishes()).toEqual([true, true, false])
  expect(protection.state).toBe('blocked')
})

test('a task that no service runs is asked for once, and never again', async () => {
  const { clock, protection, states, wishes, take, finish, answered } = await stage(() => golden.notValid)
  take()
  await answered(1)
  finish()
  await clock.advance(MINUTE_MS)
  take()
  await clock.advance(MINUTE_MS)
  expect(wishes()).toEqual([true])
  expect(states).toEqual(['off'])
  expect(protection.state).toBe('off')
  expect(clock.pending).toBe(0)
})

test('a drain gives the protection back at once, and nothing brings it back', async () => {
  const { clock, protection, wishes, take, answered } = await stage()
  take()
  await answered(1)
  protection.drain()
  await answered(2)
  take()
  await clock.advance(60 * MINUTE_MS)
  expect(wishes()).toEqual([true, false])
  expect(clock.pending).toBe(0)
})

test('a drain while the protection is asked for takes it back after the answer', async () => {
  const { agent, protection, wishes, take, answered } = await stage()
  const letGo = agent.holdBack()
  take()
  await eventually(() => agent.asked.length === 1)
  protection.drain()
  letGo()
  await answered(2)
  expect(wishes()).toEqual([true, false])
})

test('closing waits for the last call only so long', async () => {
  const { clock, agent, protection, take, wishes, answered } = await stage()
  take()
  await answered(1)
  agent.answering = () => undefined
  protection.drain()
  await eventually(() => agent.asked.length === 2)
  let isClosed = false
  const closed = protection.close(clock.now() + 1_000).then(() => {
    isClosed = true
  })
  await clock.advance(900)
  expect(isClosed).toBe(false)
  await clock.advance(100)
  await closed
  expect(wishes()).toEqual([true, false])
  expect(clock.pending).toBe(0)
})
