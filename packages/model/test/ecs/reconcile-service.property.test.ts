// A service in virtual time with random launch times, crashes, scalings and deployments: what must hold at every look.
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  HEALTHY_AFTER_MS,
  launchBackoffAfterFailure,
  NO_LAUNCH_BACKOFF,
  reconcileService,
} from '../../src/index.js'
import type { LaunchBackoff, ServiceState, ServiceStep, ServiceTask } from '../../src/index.js'

type Event =
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'scale'; readonly desired: number }
  | { readonly kind: 'deploy' }
  | { readonly kind: 'start' | 'crash' | 'protect' | 'unprotect'; readonly pick: number }

const eventOf: fc.Arbitrary<Event> = fc.oneof(
  fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 60_000 }) }),
  fc.record({ kind: fc.constant('scale' as const), desired: fc.integer({ min: 0, max: 12 }) }),
  fc.record({ kind: fc.constant('deploy' as const) }),
  fc.record({ kind: fc.constantFrom('start' as const, 'crash' as const), pick: fc.nat() }),
  fc.record({ kind: fc.constantFrom('protect' as const, 'unprotect' as const), pick: fc.nat() }),
)

const percentsOf = fc.oneof(
  fc.record({
    minimumHealthyPercent: fc.constantFrom(0, 50, 75, 100),
    maximumPercent: fc.constantFrom(150, 200),
  }),
  fc.record({ minimumHealthyPercent: fc.constantFrom(0, 50), maximumPercent: fc.constant(100) }),
)

class Fleet {
  desired = 3
  nowMs = 0
  deployment = 0
  tasks: ServiceTask[] = []
  backoff: LaunchBackoff = NO_LAUNCH_BACKOFF
  #launched = 0
  readonly #launchedAt = new Map<string, number>()
  readonly #percents: { minimumHealthyPercent: number; maximumPercent: number }
  readonly #random: () => number

  constructor(percents: { minimumHealthyPercent: number; maximumPercent: number }, seed: number) {
    this.#percents = percents
    let word = seed
    this.#random = () => {
      word = (Math.imul(word, 1_664_525) + 1_013_904_223) >>> 0
      return word / 2 ** 32
    }
  }

  look(): { before: ServiceState; step: ServiceStep } {
    const before: ServiceState = {
      ...this.#percents,
      nowMs: this.nowMs,
      desired: this.desired,
      primaryDeploymentId: `d${this.deployment}`,
      tasks: this.tasks,
      launchNotBeforeMs: this.backoff.launchNotBeforeMs,
    }
    const step = reconcileService(before, this.#random)
    this.tasks = this.tasks.filter((task) => !step.stop.includes(task.id))
    for (let at = 0; at < step.launch; at += 1) {
      const id = `t${(this.#launched += 1)}`
      this.#launchedAt.set(id, this.nowMs)
      this.tasks.push({ id, deploymentId: before.primaryDeploymentId, runningSinceMs: undefined })
    }
    return { before, step }
  }

  happens(event: Event): void {
    if (event.kind === 'pass') this.nowMs += event.ms
    else if (event.kind === 'scale') this.desired = event.desired
    else if (event.kind === 'deploy') this.deployment += 1
    else if (event.kind === 'start') this.#start(event.pick)
    else if (event.kind === 'crash') this.#crash(event.pick)
    else this.#protect(event.pick, event.kind === 'protect')
  }

  unprotectAll(): void {
    this.tasks = this.tasks.map((task) => ({ ...task, isProtected: false }))
  }

  startAll(): void {
    this.tasks = this.tasks.map((task) => ({ ...task, runningSinceMs: task.runningSinceMs ?? this.nowMs }))
  }

  #start(pick: number): void {
    const pending = this.tasks.filter((task) => task.runningSinceMs === undefined)
    const chosen = pending[pick % pending.length]
    if (chosen === undefined) return
    this.tasks = this.tasks.map((task) => (task === chosen ? { ...task, runningSinceMs: this.nowMs } : task))
  }

  /** Running tasks alone, as through the agent: a protected one that never runs would break the floor. */
  #protect(pick: number, isProtected: boolean): void {
    const candidates = this.tasks.filter((task) => task.runningSinceMs !== undefined)
    const chosen = candidates[pick % candidates.length]
    this.tasks = this.tasks.map((task) => (task === chosen ? { ...task, isProtected } : task))
  }

  #crash(pick: number): void {
    const chosen = this.tasks[pick % this.tasks.length]
    if (chosen === undefined) return
    this.tasks = this.tasks.filter((task) => task !== chosen)
    const launchedAtMs = this.#launchedAt.get(chosen.id) ?? 0
    this.backoff = launchBackoffAfterFailure(this.backoff, { launchedAtMs, nowMs: this.nowMs })
  }
}

const running = (tasks: readonly ServiceTask[]): number =>
  tasks.filter((task) => task.runningSinceMs !== undefined).length

function checkStep({ before, step }: { before: ServiceState; step: ServiceStep }): void {
  const kept = before.tasks.filter((task) => !step.stop.includes(task.id))
  const isRolling = before.tasks.some((task) => task.deploymentId !== before.primaryDeploymentId)
  const ceiling = Math.floor((before.desired * before.maximumPercent) / 100)

  expect(kept.length + step.launch, 'maximumPercent').toBeLessThanOrEqual(Math.max(ceiling, kept.length))
  expect(new Set(step.stop).size, 'each task stopped once').toBe(step.stop.length)
  const stopped = before.tasks.filter((task) => step.stop.includes(task.id))
  expect(
    stopped.filter((task) => task.isProtected === true),
    'protection',
  ).toEqual([])
  expect(step.launch === 0 || before.nowMs >= before.launchNotBeforeMs, 'back-off').toBe(true)

  const stoppedRunning = running(before.tasks) - running(kept)
  if (!isRolling && running(before.tasks) <= before.desired) expect(stoppedRunning, 'steady').toBe(0)
  const floor = Math.ceil((before.desired * before.minimumHealthyPercent) / 100)
  if (stoppedRunning > 0) expect(running(kept), 'minimumHealthyPercent').toBeGreaterThanOrEqual(floor)
}

test('whatever happens, the floor, the ceiling, the back-off and protection hold, and quiet brings the desired count', () => {
  fc.assert(
    fc.property(percentsOf, fc.array(eventOf, { maxLength: 60 }), fc.nat(), (percents, events, seed) => {
      const fleet = new Fleet(percents, seed)
      for (const event of events) {
        fleet.happens(event)
        checkStep(fleet.look())
      }

      // From here on nothing goes wrong: every launch succeeds, protections end, and time passes to the next look.
      fleet.unprotectAll()
      let last = fleet.look()
      for (let round = 0; round < 60 && !last.step.isSteady && !last.step.isBlocked; round += 1) {
        fleet.startAll()
        last = fleet.look()
        checkStep(last)
        fleet.nowMs = Math.max(last.step.nextLookAtMs ?? 0, fleet.nowMs + HEALTHY_AFTER_MS)
      }
      if (last.step.isBlocked) {
        // One task at 150 % leaves no room for a second (rounded down), and 75 % of it is one (rounded up).
        expect(fleet.desired * (percents.maximumPercent - 100)).toBeLessThan(100)
        return
      }
      expect(last.step.isSteady).toBe(true)
      expect(fleet.tasks.map((task) => task.deploymentId)).toEqual(
        Array.from({ length: fleet.desired }, () => `d${fleet.deployment}`),
      )
    }),
    { numRuns: 500, verbose: true },
  )
})
