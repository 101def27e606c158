import { describe, expect, test } from 'vitest'
import { HEALTHY_AFTER_MS, reconcileService } from '../../src/index.js'
import type { ServiceState, ServiceTask } from '../../src/index.js'

const NOW = 1_000_000
const LONG_AGO = NOW - HEALTHY_AFTER_MS

const tasks = (deploymentId: string, count: number, runningSinceMs: number | undefined): ServiceTask[] =>
  Array.from({ length: count }, (_, at) => ({
    id: `${deploymentId}-${runningSinceMs ?? 'pending'}-${at}`,
    deploymentId,
    runningSinceMs,
  }))

const state = (change: Partial<ServiceState>): ServiceState => ({
  nowMs: NOW,
  desired: 4,
  minimumHealthyPercent: 100,
  maximumPercent: 200,
  primaryDeploymentId: 'new',
  tasks: [],
  launchNotBeforeMs: -Infinity,
  ...change,
})

const first = (): number => 0

describe('a service with one deployment', () => {
  test('launches what is missing, counting tasks on their way', () => {
    const step = reconcileService(
      state({ tasks: [...tasks('new', 1, LONG_AGO), ...tasks('new', 1, undefined)] }),
      first,
    )
    expect(step).toMatchObject({ launch: 2, stop: [], isSteady: false, isBlocked: false })
  })

  test('stops pending tasks before running ones when there are too many', () => {
    const step = reconcileService(
      state({ desired: 2, tasks: [...tasks('new', 3, LONG_AGO), ...tasks('new', 1, undefined)] }),
      first,
    )
    expect(step.stop).toHaveLength(2)
    expect(step.stop).toContain('new-pending-0')
  })

  test('stops running tasks at random', () => {
    const running = tasks('new', 3, LONG_AGO)
    const stopped = new Set<string | undefined>()
    for (const value of [0, 0.1, 0.4, 0.5, 0.7, 0.99]) {
      stopped.add(reconcileService(state({ desired: 2, tasks: running }), () => value).stop[0])
    }
    expect(stopped.size).toBeGreaterThan(1)
  })

  test('is steady once every task has been running for forty seconds', () => {
    const young = state({ tasks: tasks('new', 4, NOW - 1_000) })
    expect(reconcileService(young, first)).toMatchObject({
      isSteady: false,
      nextLookAtMs: NOW - 1_000 + HEALTHY_AFTER_MS,
    })
    expect(reconcileService({ ...young, nowMs: NOW + HEALTHY_AFTER_MS }, first)).toMatchObject({
      isSteady: true,
      nextLookAtMs: undefined,
    })
    expect(reconcileService(state({ desired: 0 }), first).isSteady).toBe(true)
  })

  test('waits for the launch back-off, and says until when', () => {
    const held = state({ launchNotBeforeMs: NOW + 500 })
    expect(reconcileService(held, first)).toMatchObject({ launch: 0, nextLookAtMs: NOW + 500 })
    expect(reconcileService({ ...held, nowMs: NOW + 500 }, first).launch).toBe(4)
  })
})

describe('a rolling deployment', () => {
  const old = tasks('old', 4, LONG_AGO)

  test('at 100/200 starts all new tasks first and stops old ones only as new ones become healthy', () => {
    expect(reconcileService(state({ tasks: old }), first)).toMatchObject({ launch: 4, stop: [] })
    const starting = reconcileService(state({ tasks: [...old, ...tasks('new', 4, NOW - 5)] }), first)
    expect(starting).toMatchObject({ launch: 0, stop: [] })
    const half = [...tasks('new', 2, LONG_AGO), ...tasks('new', 2, NOW - 5)]
    expect(reconcileService(state({ tasks: [...old, ...half] }), first).stop).toHaveLength(2)
  })

  test('at 50/100 stops half first and launches into the room', () => {
    const step = reconcileService(
      state({ tasks: old, minimumHealthyPercent: 50, maximumPercent: 100 }),
      first,
    )
    expect(step.stop).toHaveLength(2)
    expect(step.launch).toBe(2)
  })

  test('rounds the floor up and the ceiling down', () => {
    const three = state({ desired: 3, tasks: tasks('old', 3, LONG_AGO), minimumHealthyPercent: 50 })
    expect(reconcileService({ ...three, maximumPercent: 150 }, first)).toMatchObject({ launch: 2 })
    expect(reconcileService({ ...three, maximumPercent: 150 }, first).stop).toHaveLength(1)
  })

  test('stops old tasks that do not run yet at once', () => {
    const step = reconcileService(
      state({ tasks: [...tasks('old', 2, LONG_AGO), ...tasks('old', 2, undefined)] }),
      first,
    )
    expect(step.stop).toEqual(['old-pending-0', 'old-pending-1'])
    expect(step.launch).toBe(4)
  })

  test('is blocked when the percentages leave no room either way', () => {
    const one = { desired: 1, tasks: tasks('old', 1, LONG_AGO) }
    expect(reconcileService(state({ ...one, maximumPercent: 150 }), first)).toMatchObject({
      launch: 0,
      stop: [],
      isBlocked: true,
    })
    expect(reconcileService(state(one), first).isBlocked).toBe(false)
  })

  test('gives way at once when desired falls to zero', () => {
    const step = reconcileService(state({ desired: 0, tasks: [...old, ...tasks('new', 2, NOW - 5)] }), first)
    expect(step.stop).toHaveLength(6)
  })
})
