// What a capacity provider with managed scaling reports; its tasks never start a process.
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { EcsDatum } from '../../../src/ecs/ecs-datum.js'
import type { Described, LocalEcs } from '../local-ecs.js'
import { localEcs, PATIENT } from '../local-ecs.js'

let local: LocalEcs
let seen: EcsDatum[]
beforeEach(async () => {
  seen = []
  local = localEcs({ launchDelayMs: 1e9, onDatum: (datum) => seen.push(datum) })
  for (const [name, status] of [
    ['fleet', 'ENABLED'],
    ['manual', 'DISABLED'],
  ]) {
    const autoScalingGroupArn = `arn:aws:autoscaling:::${name ?? ''}`
    const autoScalingGroupProvider = { autoScalingGroupArn, managedScaling: { status } }
    await local.call('CreateCapacityProvider', { name, autoScalingGroupProvider })
  }
  await local.call('CreateCluster', { capacityProviders: ['fleet', 'manual', 'FARGATE'] })
  await local.registerShell('app', PATIENT, { cpu: 512, memory: 512 })
})
afterEach(() => local[Symbol.asyncDispose]())

async function register(capacityProvider = 'fleet'): Promise<string> {
  const command = local.ecs.commands['register-container-instance']
  const answer = command?.({ cpu: 1_024, memory: 1_024, capacityProvider }) as {
    containerInstance: Described
  }
  return answer.containerInstance.containerInstanceArn as string
}

/** What is reported for the minute that ends now. */
async function nextReservation(): Promise<number | undefined> {
  await local.control.advance(60_000)
  return seen.findLast(({ namespace }) => namespace === 'AWS/ECS/ManagedScaling')?.set.sum
}

test('CapacityProviderReservation is reported each minute: what tasks need in percent of what there is', async () => {
  expect(await nextReservation()).toBe(100)
  await local.call('CreateService', {
    serviceName: 's',
    taskDefinition: 'app',
    desiredCount: 5,
    capacityProviderStrategy: [{ capacityProvider: 'fleet', weight: 1 }],
  })
  expect(await nextReservation()).toBe(200)
  await register()
  // One is full; three tasks wait, two of which fill another one.
  expect(await nextReservation()).toBe(300)
  await register()
  await register()
  expect(await nextReservation()).toBe(100)
  local.ecs.setDesiredCount('default', 's', 2)
  await register('manual')
  expect(await nextReservation()).toBeLessThan(100)
  expect(seen.at(-1)).toMatchObject({
    metricName: 'CapacityProviderReservation',
    dimensions: [
      { name: 'CapacityProviderName', value: 'fleet' },
      { name: 'ClusterName', value: 'default' },
    ],
    timestampMs: local.control.now() - 60_000,
    unit: 'Percent',
    resolutionSeconds: 60,
  })
})
