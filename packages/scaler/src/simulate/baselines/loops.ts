/** Loops that set the count themselves: KEDA with the Horizontal Pod Autoscaler, and what they are measured against. */
import type { Service } from '../../config/service.js'
import { usefulTasks } from '../../config/useful-tasks.js'
import type { BeatView, Setup } from '../control/setup.js'
import { arrivalsOf } from '../traffic/arrivals.js'
import type { Traffic } from '../traffic/traffic.js'
import { emptySetup } from './parts.js'

const HPA_SYNC_MS = 15_000
const HPA_TOLERANCE = 0.1
const HPA_STABILIZATION_MS = 300_000
const KEDA_COOLDOWN_MS = 300_000
/** KEDA's default for aws-sqs-queue: messages, in flight ones too, for each replica. */
const KEDA_QUEUE_LENGTH = 5

/**
 * KEDA 2 on EKS with its defaults: queueLength 5 of visible and in flight, activation at the first message, a cooldown of
 * 300 s to zero; HPA: every 15 s, tolerance 0.1, up by 4 or double at most, down to the most of the last 300 s.
 */
export function keda(service: Service): Setup {
  return {
    ...emptySetup(service, {
      name: 'KEDA',
      description:
        'KEDA and the HPA with their defaults: five messages, in flight too, a replica; every 15 s',
    }),
    loop: { everyMs: HPA_SYNC_MS, phaseMs: HPA_SYNC_MS / 3, start: startHpa },
  }
}

function startHpa(): (view: BeatView) => ReturnType<ReturnType<NonNullable<Setup['loop']>['start']>> {
  let lastActiveMs = -Infinity
  let wished: { readonly atMs: number; readonly replicas: number }[] = []
  return ({ nowMs, observation, target }) => {
    const { visible = 0, inFlight = 0 } = observation.queue.value ?? {}
    const current = observation.service.value?.desired ?? 0
    const messages = visible + inFlight
    if (messages > 0) lastActiveMs = nowMs
    const set = (to: number) => ({
      samples: [],
      set: to === current ? undefined : ({ what: 'desired', to } as const),
    })
    if (current === 0) return set(messages > 0 ? Math.max(1, target.minCapacity) : 0)
    const isIdle = nowMs - lastActiveMs >= KEDA_COOLDOWN_MS
    if (isIdle && target.minCapacity === 0) return set(0)
    const ratio = messages / KEDA_QUEUE_LENGTH / current
    const exact = Math.abs(ratio - 1) <= HPA_TOLERANCE ? current : Math.ceil(messages / KEDA_QUEUE_LENGTH)
    const replicas = Math.min(
      Math.max(exact, 1, target.minCapacity),
      target.maxCapacity,
      Math.max(current + 4, current * 2),
    )
    wished = [...wished.filter(({ atMs }) => nowMs - atMs < HPA_STABILIZATION_MS), { atMs: nowMs, replicas }]
    return set(
      replicas >= current ? replicas : Math.min(current, Math.max(...wished.map((each) => each.replicas))),
    )
  }
}

/** All tasks, always. */
export function fixedPeak(service: Service): Setup {
  const max = usefulTasks(service, service.tasks.max)
  return {
    ...emptySetup(service, {
      name: 'all tasks, always',
      description: 'What most cost and least wait come to',
    }),
    min: max,
    max,
  }
}

/** The finest at which it knows what comes. */
const SLICE_MS = 5_000
/** A task that is needed again within the minute that it bills at least stays. */
const KEEP_MS = 60_000

/**
 * Knows every message before it comes, and launches in time: each message's work is spread over the wait that it may have.
 * Nobody can be that; it is what a policy's cost is measured by.
 */
export function clairvoyant(
  service: Service,
  of: {
    readonly traffic: Traffic
    readonly durationMs: number
    readonly seed: number
    readonly launchMs: number
    readonly startMs: number
  },
): Setup {
  const max = usefulTasks(service, service.tasks.max)
  const needed = neededTasks(service, of)
  const tasksAt = (fromMs: number, toMs: number): number => {
    let most = service.tasks.min
    for (let slice = Math.floor(fromMs / SLICE_MS); slice <= toMs / SLICE_MS; slice += 1)
      most = Math.max(most, needed[slice] ?? 0)
    return Math.min(most, max)
  }
  return {
    ...emptySetup(service, {
      name: 'clairvoyant',
      description: 'Knows every message before it comes: what a policy could save at most',
    }),
    max,
    loop: {
      everyMs: SLICE_MS,
      phaseMs: 0,
      start:
        () =>
        ({ nowMs }) => {
          const atMs = nowMs - of.startMs
          // Launches differ; one that takes half as long again is in time too.
          return {
            samples: [],
            set: { what: 'desired', to: tasksAt(atMs, atMs + of.launchMs * 1.5 + KEEP_MS) },
          }
        },
    },
  }
}

/** Of the wait that a message may have: what launches and chance leave. */
const USED_WAIT = 0.8

/** Tasks that the work needs in each slice. */
function neededTasks(
  { handling, objective, tasks }: Service,
  of: { readonly traffic: Traffic; readonly durationMs: number; readonly seed: number },
): Float64Array {
  const slices = Math.ceil(of.durationMs / SLICE_MS)
  const spread = Math.max(1, Math.round((objective.wait.p99Ms * USED_WAIT) / SLICE_MS))
  // Differences: the work begins to be spread here, and ends to be there.
  const changes = new Float64Array(slices + spread + 1)
  const arrivals = arrivalsOf(of.traffic, { seed: of.seed, endMs: of.durationMs })
  for (; arrivals.nextMs < Infinity; arrivals.take()) {
    const slice = Math.floor(arrivals.nextMs / SLICE_MS)
    changes[slice] = (changes[slice] ?? 0) + 1
    changes[slice + spread] = (changes[slice + spread] ?? 0) - 1
  }
  const slotsPerMessage = handling.meanMs / (spread * SLICE_MS)
  const needed = new Float64Array(slices)
  let messages = 0
  for (let slice = 0; slice < slices; slice += 1) {
    messages += changes[slice] ?? 0
    needed[slice] = Math.ceil((messages * slotsPerMessage) / tasks.concurrency)
  }
  return needed
}
