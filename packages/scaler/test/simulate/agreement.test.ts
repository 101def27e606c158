// The simulator against the local AWS, the other tenant of the model's rules: over the real protocol, by a clock that the
// test turns, with the shipped publisher. Both see the same messages; both must come to the same counts.
import {
  CreateClusterCommand,
  CreateServiceCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs'
import { manualClock } from '@longshore/core/testing'
import { startLocalAws } from '@longshore/local'
import { describe, expect, it, onTestFinished } from 'vitest'
import { applyChanges, connectAws, createScaler, proposeChanges } from '../../src/index.js'
import type { Aws, Service, ServiceConfig } from '../../src/index.js'
import { createSimulation, parseTraffic } from '../../src/simulate/index.js'
import { seededRandom } from '../../src/simulate/random.js'
import { arrivalsOf } from '../../src/simulate/traffic/arrivals.js'
import { Fleet } from '../../src/simulate/work/fleet.js'
import { handlingTimes } from '../../src/simulate/work/handling-times.js'
import { serviceWith } from '../services.js'

const START_MS = Date.UTC(2026, 0, 5)
const STEP_MS = 5_000
/** Five low minutes in place of fifteen spare a test what it waits for them. */
const PARAMETERS = { trackingLowDatapoints: 5 }
const CERTAIN = { countsDelaySeconds: 0, launchVariation: 0 }
const SHAPE = { variation: 0, distribution: 'lognormal' } as const

interface Scenario {
  readonly config: Partial<ServiceConfig>
  readonly traffic: string
  readonly minutes: number
}

/** Desired and running tasks, whenever either has changed; by seconds since the beginning. */
type Course = [number, number, number][]

function note(course: Course, atMs: number, counts: { desired: number; running: number }): void {
  const last = course.at(-1)
  if (last?.[1] === counts.desired && last[2] === counts.running) return
  course.push([atMs / 1_000, counts.desired, counts.running])
}

function simulated(service: Service, { traffic, minutes }: Scenario): Course {
  const simulation = createSimulation(service, {
    traffic: parseTraffic(traffic),
    duration: `${minutes}m`,
    handling: { variation: 0 },
    assumptions: CERTAIN,
    parameters: PARAMETERS,
  })
  const course: Course = []
  for (let atMs = 0; atMs <= minutes * 60_000; atMs += STEP_MS) {
    // A tick at the instant belongs to it.
    simulation.advance(atMs + 1_000)
    note(course, atMs, simulation.tasks)
  }
  return course
}

async function lived(service: Service, { traffic, minutes }: Scenario): Promise<Course> {
  const clock = manualClock(START_MS)
  const local = await startLocalAws({ clock, launchDelay: '60s', seed: 1, parameters: PARAMETERS })
  onTestFinished(() => local.close())
  const client = { endpoint: local.endpoint, region: 'us-east-1' }
  const ecs = new ECSClient({
    ...client,
    credentials: { accessKeyId: '000000000000', secretAccessKey: 'local' },
  })
  const connection = connectAws({ endpoint: local.endpoint })
  onTestFinished(() => {
    ecs.destroy()
    connection.close()
  })
  await createService(ecs, service)
  const fleet = fleetOf(service, traffic, minutes)
  let seen = await connection.serviceCounts(service)
  const aws: Aws = {
    ...connection,
    serviceCounts: () => Promise.resolve(seen),
    queueCounts: () => Promise.resolve({ visible: fleet.visible, inFlight: fleet.busySlots, delayed: 0 }),
  }
  const { changes } = await proposeChanges(service, aws)
  await applyChanges(changes, { aws })
  const scaler = createScaler(service, { aws, clock })
  const tasks: number[] = []
  const course: Course = []
  for (let atMs = 0; atMs <= minutes * 60_000; atMs += STEP_MS) {
    if (atMs > 0) await clock.advance(STEP_MS)
    fleet.advance(atMs)
    const counts = await connection.serviceCounts(service)
    seen = counts
    while (tasks.length < counts.running) {
      tasks.push(atMs + tasks.length)
      fleet.add(atMs + tasks.length - 1)
    }
    while (tasks.length > counts.running) fleet.end(tasks.pop() ?? -1)
    if (atMs % 10_000 === 5_000) await scaler.beat()
    // ECS looks at what it is told once its clock goes on.
    await clock.advance(0)
    note(
      course,
      atMs,
      service.strategy.kind === 'controller' ? await connection.serviceCounts(service) : counts,
    )
  }
  await scaler.stop()
  return course
}

/** The same queue and the same slots on both sides; what differs is who says how many tasks there are. */
function fleetOf(service: Service, traffic: string, minutes: number): Fleet {
  return new Fleet({
    concurrency: service.tasks.concurrency,
    queueMeansMs: [service.handling.meanMs],
    arrivals: arrivalsOf(parseTraffic(traffic), { seed: 1, endMs: minutes * 60_000 }),
    times: handlingTimes(SHAPE, 1),
    random: seededRandom(1, 'slots'),
    onTaken: () => {},
    onArrived: () => {},
    onEnded: () => {},
  })
}

async function createService(ecs: ECSClient, { cluster, service, tasks }: Service): Promise<void> {
  await ecs.send(new CreateClusterCommand({ clusterName: cluster }))
  const container = { name: 'worker', image: 'none', memory: 64, command: ['sleep', '600'] }
  await ecs.send(new RegisterTaskDefinitionCommand({ family: 'worker', containerDefinitions: [container] }))
  await ecs.send(
    new CreateServiceCommand({
      cluster,
      serviceName: service,
      taskDefinition: 'worker',
      desiredCount: tasks.min,
    }),
  )
}

const small: Partial<ServiceConfig> = {
  tasks: { min: 0, max: 4, concurrency: 2 },
  handling: { mean: '1s', variation: 0 },
  objective: { wait: { p99: '90s' } },
  fallback: false,
}

const scenarios: readonly (readonly [string, Scenario])[] = [
  [
    'target tracking, from zero to its maximum and back to zero',
    { config: small, traffic: 'batch:size=1500,at=2m + noise:none', minutes: 24 },
  ],
  [
    'a ladder, with a load that stays',
    {
      config: { ...small, strategy: 'ladder' },
      traffic: 'constant:rate=1/s + batch:size=600,at=3m + noise:none',
      minutes: 9,
    },
  ],
  [
    'a controller, with a load that stays',
    {
      config: { ...small, strategy: 'controller' },
      traffic: 'constant:rate=1/s + batch:size=600,at=3m + noise:none',
      minutes: 9,
    },
  ],
]

describe('simulator and local AWS', () => {
  it.for(scenarios)('come to the same counts at the same time: %s', async ([, scenario]) => {
    const service = serviceWith(scenario.config)
    const expected = simulated(service, scenario)
    expect(expected.length).toBeGreaterThan(4)
    expect(await lived(service, scenario)).toEqual(expected)
  })
})
