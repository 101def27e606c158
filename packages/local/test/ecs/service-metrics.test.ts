// The metrics of services over real processes: control time is moved by hand.
import { existsSync } from 'node:fs'
import { statisticOf } from '@longshore/model'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { EcsDatum } from '../../src/ecs/ecs-datum.js'
import type { LocalEcs } from './local-ecs.js'
import { localEcs, PATIENT } from './local-ecs.js'

const BURN = 'while :; do :; done'

const NOTHING = { sampleCount: 1, sum: 0, minimum: 0, maximum: 0 }

interface Seen extends EcsDatum {
  readonly seenAtMs: number
}

let local: LocalEcs
let seen: Seen[]
beforeEach(async () => {
  seen = []
  local = localEcs({ onDatum: (datum) => seen.push({ ...datum, seenAtMs: local.control.now() }) })
  await local.call('CreateCluster', { clusterName: 'media' })
  await local.registerShell('busy', BURN, { cpu: 256, memory: 128 })
  await local.registerShell('idle', PATIENT, { memory: 128, memoryReservation: 64 })
})
afterEach(() => local[Symbol.asyncDispose]())

const create = (taskDefinition: string, desiredCount: number, input: object = {}): Promise<unknown> =>
  local.call('CreateService', { cluster: 'media', serviceName: 's', taskDefinition, desiredCount, ...input })

const of = (metricName: string): Seen[] => seen.filter((datum) => datum.metricName === metricName)

/** In steps small enough for a reading of processes, which takes real time, to be there before it is published. */
const until = (what: string, check: () => boolean, stepMs = 2_000): Promise<void> =>
  local.until(what, check, stepMs)

const lags = (data: readonly Seen[]): number[] => data.map((datum) => datum.seenAtMs - datum.timestampMs)

describe.runIf(existsSync('/proc/self/stat'))('the metrics of a service', () => {
  test('come once a minute, two minutes late, with one sample for each running task', async () => {
    await create('busy', 2)
    await until(
      'three of each',
      () => of('CPUUtilization').length >= 3 && of('MemoryUtilization').length >= 3,
    )
    for (const datum of seen) {
      expect(datum).toMatchObject({
        namespace: 'AWS/ECS',
        unit: 'Percent',
        resolutionSeconds: 60,
        dimensions: [
          { name: 'ClusterName', value: 'media' },
          { name: 'ServiceName', value: 's' },
        ],
      })
      expect(datum.timestampMs % 60_000).toBe(0)
    }
    // A task that has just started is not measured yet.
    expect(statisticOf(of('CPUUtilization').at(-1)?.set ?? NOTHING, 'SampleCount')).toBe(2)
    expect(Math.min(...lags(seen))).toBe(180_000)
    // Two tasks of a quarter CPU each take all of this machine's that they can get.
    expect(statisticOf(of('CPUUtilization').at(-1)?.set ?? NOTHING, 'Average')).toBeGreaterThan(40)
    const memory = statisticOf(of('MemoryUtilization')[0]?.set ?? NOTHING, 'Average')
    expect(memory).toBeGreaterThan(0.1)
    expect(memory).toBeLessThan(50)
  })

  test('come every twenty seconds, ten late, for the metric that asks for it', async () => {
    await create('idle', 1, {
      monitoring: { metricConfigurations: [{ metricNames: ['CPUUtilization'], resolutionSeconds: 20 }] },
    })
    await until(
      'some of each',
      () => of('CPUUtilization').length >= 4 && of('MemoryUtilization').length >= 1,
      1_000,
    )
    for (const datum of of('CPUUtilization')) {
      expect(datum).toMatchObject({ resolutionSeconds: 1 })
      expect(datum.timestampMs % 20_000).toBe(0)
    }
    expect(Math.min(...lags(of('CPUUtilization')))).toBeGreaterThanOrEqual(30_000)
    expect(Math.min(...lags(of('CPUUtilization')))).toBeLessThan(50_000)
    expect(of('MemoryUtilization')[0]).toMatchObject({ resolutionSeconds: 60 })
  })

  test('stay away while nothing runs', async () => {
    await create('idle', 0)
    await local.control.advance(600_000)
    expect(seen).toEqual([])
  })

  test('end with their service, and closing leaves no timer', async () => {
    await create('idle', 1)
    await until('one', () => seen.length > 0)
    await local.ecs.close()
    const count = seen.length
    await local.control.advance(600_000)
    expect(seen).toHaveLength(count)
    expect(local.control.pending).toBe(0)
  })
})

test.each([
  [
    { metricConfigurations: [{ metricNames: ['CPUUtilization'], resolutionSeconds: 30 }] },
    'resolutionSeconds must be 20 or 60; got 30.',
  ],
  [
    { metricConfigurations: [{ metricNames: ['CPUUtilization'] }] },
    'resolutionSeconds must be 20 or 60; got none.',
  ],
  [
    { metricConfigurations: [{ metricNames: ['CPU'], resolutionSeconds: 20 }] },
    "Invalid metric name 'CPU': one of CPUUtilization, MemoryUtilization.",
  ],
])('a monitoring configuration that ECS does not have is refused: %o', async (monitoring, message) => {
  const input = { cluster: 'media', serviceName: 's', taskDefinition: 'idle', monitoring }
  expect(await local.refusal('CreateService', input)).toEqual({ code: 'InvalidParameterException', message })
})

test('changing the resolution starts a deployment', async () => {
  await create('idle', 0)
  const monitoring = {
    metricConfigurations: [{ metricNames: ['MemoryUtilization'], resolutionSeconds: 20 }],
  }
  const { service } = await local.call('UpdateService', { cluster: 'media', service: 's', monitoring })
  expect(service).toMatchObject({ monitoring, deployments: [{ status: 'PRIMARY' }, {}] })
})
