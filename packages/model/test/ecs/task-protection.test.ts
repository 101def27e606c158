import { describe, expect, test } from 'vitest'
import { isProtectionBlocked, reconcileService, withParameters } from '../../src/index.js'
import { HEALTHY_AFTER_MS } from '../../src/index.js'
import type { ServiceState, ServiceTask } from '../../src/index.js'

const NOW = 1_000_000

const running = (id: string, deploymentId: string, isProtected = false): ServiceTask => ({
  id,
  deploymentId,
  runningSinceMs: NOW - HEALTHY_AFTER_MS,
  isProtected,
})

const look = (change: Partial<ServiceState>): ReturnType<typeof reconcileService> =>
  reconcileService(
    {
      nowMs: NOW,
      desired: 2,
      minimumHealthyPercent: 100,
      maximumPercent: 200,
      primaryDeploymentId: 'new',
      tasks: [],
      launchNotBeforeMs: -Infinity,
      ...change,
    },
    () => 0.5,
  )

describe('protected tasks', () => {
  test('are spared by scale-in, which takes the others', () => {
    const tasks = [running('a', 'new', true), running('b', 'new'), running('c', 'new', true)]
    expect(look({ desired: 2, tasks })).toMatchObject({ stop: ['b'], keptByProtection: 0 })
    expect(look({ desired: 1, tasks })).toMatchObject({ stop: ['b'], keptByProtection: 1 })
  })

  test('keep a service above its desired count, and from its steady state, until their protection ends', () => {
    const tasks = [running('a', 'new', true), running('b', 'new', true)]
    expect(look({ desired: 1, tasks })).toMatchObject({
      launch: 0,
      stop: [],
      isSteady: false,
      isBlocked: false,
      keptByProtection: 1,
    })
    expect(look({ desired: 1, tasks: [running('a', 'new', true), running('b', 'new')] }).stop).toEqual(['b'])
  })

  test('of an older deployment stay while new tasks start beside them, up to the maximum', () => {
    const old = [running('a', 'old', true), running('b', 'old')]
    expect(look({ tasks: old })).toMatchObject({ launch: 2, stop: [], keptByProtection: 0 })
    const replaced = [...old, running('c', 'new'), running('d', 'new')]
    expect(look({ tasks: replaced })).toMatchObject({ stop: ['b'], keptByProtection: 1 })
    const held = [running('a', 'old', true), running('c', 'new'), running('d', 'new')]
    expect(look({ tasks: held })).toMatchObject({ stop: [], isSteady: false, isBlocked: false })
  })

  test('block a deployment for good when they leave no room to launch', () => {
    const old = [running('a', 'old', true), running('b', 'old', true)]
    const full = { maximumPercent: 100, minimumHealthyPercent: 0, tasks: old }
    expect(look(full)).toMatchObject({ launch: 0, stop: [], isBlocked: true, keptByProtection: 2 })
  })

  test('that do not run yet are spared too', () => {
    const pending = { id: 'p', deploymentId: 'old', runningSinceMs: undefined, isProtected: true }
    expect(look({ tasks: [pending] }).stop).toEqual([])
  })
})

describe('asking for protection', () => {
  test('is blocked once it would protect more tasks than desired', () => {
    expect(isProtectionBlocked({ desired: 2, protectedOthers: 1, isRenewal: false })).toBe(false)
    expect(isProtectionBlocked({ desired: 2, protectedOthers: 2, isRenewal: false })).toBe(true)
    expect(isProtectionBlocked({ desired: 0, protectedOthers: 0, isRenewal: false })).toBe(true)
  })

  test('again for a protected task is not, unless the parameters say so', () => {
    const renewal = { desired: 1, protectedOthers: 2, isRenewal: true }
    expect(isProtectionBlocked(renewal)).toBe(false)
    expect(isProtectionBlocked(renewal, withParameters({ isProtectionRenewalBlocked: true }))).toBe(true)
  })
})
