import type { TaskIdentity, WorkerEventName } from '@longshore/core'
import { manualClock } from '@longshore/core/testing'
import { describe, expect, it } from 'vitest'
import { ConfigError, publishFrom, taskLease } from '../src/index.js'
import type { PublishFromOptions, PublishingWorker } from '../src/index.js'
import { fakeAws } from './fake-aws.js'
import type { FakeAws } from './fake-aws.js'
import { serviceWith } from './services.js'

const arnOf = (id: string): string => `arn:aws:ecs:us-east-1:000000000000:task/media/${id}`

/** What a worker shows to whom publishes from it, told by hand. */
function toldWorker(task: Partial<TaskIdentity> | undefined): {
  worker: PublishingWorker
  tell: (name: WorkerEventName) => void
} {
  const listeners = new Map<string, () => void>()
  const worker = {
    on: (name: string, listener: () => void) => {
      listeners.set(name, listener)
      return () => void listeners.delete(name)
    },
    stats: () => ({ state: 'idle', task }),
  } as unknown as PublishingWorker
  return { worker, tell: (name) => listeners.get(name)?.() }
}

/** Publishers in several tasks of one service, on one clock. */
function setup(ids: readonly (string | undefined)[], options: PublishFromOptions = {}) {
  const clock = manualClock()
  const tasks = ids.map((id) => {
    const aws = fakeAws()
    const { worker, tell } = toldWorker(id === undefined ? undefined : { taskArn: arnOf(id) })
    const stop = publishFrom(worker, serviceWith(), { aws, clock, log: false, ...options })
    return { aws, tell, stop }
  })
  return { clock, tasks }
}

const beatsOf = (aws: FakeAws): number => aws.calls.filter((call) => call === 'publishMetrics').length

describe('publishing from workers', () => {
  it('leaves it to the task that has run longest, whatever its ARN, until that drains', async () => {
    const { clock, tasks } = setup(['b', 'a', 'c'])
    const [b, a, c] = tasks
    const running = [
      { arn: arnOf('b'), startedAtMs: 1_000 },
      { arn: arnOf('a'), startedAtMs: 2_000 },
      { arn: arnOf('c'), startedAtMs: 3_000 },
    ]
    for (const { aws } of tasks) aws.tasks.push(...running)
    for (const { tell } of tasks) tell('worker:started')
    await clock.advance(60_000)
    expect(tasks.map(({ aws }) => beatsOf(aws))).toEqual([7, 0, 0])
    // Who follows reads nothing, and asks every half minute for the leader alone.
    expect(a?.aws.calls).toEqual([
      'runningTasks',
      'serviceTasks',
      'runningTasks',
      'runningTasks',
      'runningTasks',
    ])

    b?.tell('worker:draining')
    for (const { aws } of tasks) aws.tasks.shift()
    await clock.advance(60_000)
    expect(beatsOf(b?.aws ?? fakeAws())).toBe(7)
    expect(beatsOf(a?.aws ?? fakeAws())).toBeGreaterThanOrEqual(4)
    expect(beatsOf(c?.aws ?? fakeAws())).toBe(0)
    for (const { stop } of tasks) await stop()
    expect(clock.pending).toBe(0)
  })

  it('keeps to what it knew while ECS does not answer', async () => {
    const aws = fakeAws()
    const clock = manualClock()
    const lease = taskLease({ aws, service: serviceWith(), taskArn: arnOf('a'), clock })
    expect(await lease.hold()).toBe(false)
    aws.tasks.push({ arn: arnOf('a'), startedAtMs: 1 })
    expect(await lease.hold()).toBe(true)
    aws.fail('serviceTasks', 'THROTTLED')
    await clock.advance(60_000)
    expect(await lease.hold()).toBe(true)
  })

  it('publishes alone outside of ECS, and follows a lease that is given', async () => {
    const alone = setup([undefined])
    alone.tasks[0]?.tell('worker:started')
    await alone.clock.advance(20_000)
    expect(alone.tasks.map(({ aws }) => beatsOf(aws))).toEqual([3])
    await alone.tasks[0]?.stop()

    let isHeld = false
    let released = 0
    const lease = { hold: async () => isHeld, release: async () => void (released += 1) }
    const lines: string[] = []
    const led = setup(['a'], { lease, log: (line) => lines.push(line) })
    led.tasks[0]?.tell('worker:started')
    await led.clock.advance(20_000)
    expect(lines).toEqual([])
    isHeld = true
    await led.clock.advance(15_000)
    expect(lines.length).toBeGreaterThanOrEqual(1)
    isHeld = false
    await led.clock.advance(10_000)
    const until = lines.length
    await led.clock.advance(30_000)
    expect(lines).toHaveLength(until)
    led.tasks[0]?.tell('worker:stopped')
    await led.tasks[0]?.stop()
    expect([released, led.clock.pending]).toEqual([1, 0])
  })

  it('refuses a service that nothing would wake', () => {
    const { worker } = toldWorker(undefined)
    expect(() => publishFrom(worker, serviceWith({ fallback: false }), { aws: fakeAws() })).toThrow(
      ConfigError,
    )
  })
})
