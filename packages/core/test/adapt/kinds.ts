// Handlers of every kind that an adaptive limit is tried on, and how well it did.
import { adapt, MINUTE_MS, perSecond } from './adapted.js'
import type { Station } from './simulation.js'
import { demand, metered, queueing, refusing, run, seeded, shared } from './simulation.js'

type Random = () => number

/** The most that any fixed limit does, found by trying them, some per cent apart. */
const best = memoized(({ max, station }: Kind): number => {
  const limits = [max]
  for (let limit = 1; limit < max; limit = Math.max(limit + 1, Math.round(limit * 1.25))) limits.push(limit)
  const forMs = MINUTE_MS / 2
  return Math.max(
    ...limits.map((limit) => perSecond(run({ station: station(seeded(99)), limit, forMs }), 5_000)),
  )
})

function memoized<Key extends object, Value>(make: (key: Key) => Value): (key: Key) => Value {
  const known = new Map<Key, Value>()
  return (key) => {
    const value = known.get(key) ?? make(key)
    known.set(key, value)
    return value
  }
}

export interface Kind {
  readonly name: string
  readonly max: number
  readonly station: (random: Random) => Station
}

const contention = (n: number): number => n / (1 + 0.03 * (n - 1) + 0.0008 * n * (n - 1))

export const KINDS: readonly Kind[] = [
  {
    name: 'CPU-bound, one core, exponential',
    max: 100,
    station: (random) =>
      shared({
        rate: (n) => Math.min(n, 1),
        demand: demand.exponential(20, random),
        cpu: (n) => Math.min(1, n),
      }),
  },
  {
    name: 'CPU-bound, two cores, all alike',
    max: 100,
    station: () =>
      shared({ rate: (n) => Math.min(n, 2), demand: demand.constant(40), cpu: (n) => Math.min(1, n / 2) }),
  },
  {
    name: 'CPU-bound, four cores without a gauge, and switching costs',
    max: 200,
    station: (random) =>
      shared({ rate: (n) => Math.min(n, 4) / (1 + 0.004 * n), demand: demand.exponential(60, random) }),
  },
  {
    name: 'I/O-bound, all alike',
    max: 50,
    station: () => shared({ rate: (n) => n, demand: demand.constant(200) }),
  },
  {
    name: 'I/O-bound, lognormal',
    max: 60,
    station: (random) => shared({ rate: (n) => n, demand: demand.lognormal(300, 0.5, random) }),
  },
  {
    name: 'I/O-bound, heavy-tailed',
    max: 100,
    station: (random) => shared({ rate: (n) => n, demand: demand.lognormal(500, 2, random) }),
  },
  {
    name: 'an event loop: 90 ms of waiting for 10 ms on it',
    max: 100,
    station: (random) =>
      queueing({
        servers: 1,
        demand: demand.exponential(10, random),
        travelMs: demand.exponential(90, random),
      }),
  },
  {
    name: 'downstream with twelve servers and a queue',
    max: 200,
    station: (random) =>
      queueing({
        servers: 12,
        demand: demand.exponential(100, random),
        travelMs: demand.constant(20),
      }),
  },
  {
    name: 'downstream with forty servers and a queue, all alike',
    max: 200,
    station: () => queueing({ servers: 40, demand: demand.constant(250), travelMs: demand.constant(20) }),
  },
  {
    name: 'downstream that slows down the more it has to do',
    max: 200,
    station: (random) => shared({ rate: contention, demand: demand.exponential(100, random) }),
  },
  {
    name: 'downstream that refuses more than thirty at a time',
    max: 60,
    station: (random) =>
      refusing({ capacity: () => 30, demand: demand.lognormal(200, 0.5, random), refusalMs: 10 }),
  },
  {
    name: 'downstream that refuses more than five at a time',
    max: 60,
    station: (random) =>
      refusing({ capacity: () => 5, demand: demand.lognormal(100, 0.5, random), refusalMs: 10 }),
  },
  {
    name: 'downstream that takes a hundred a second',
    max: 60,
    station: (random) =>
      metered({ perSecond: 100, demand: demand.lognormal(250, 0.5, random), refusalMs: 20 }),
  },
]

const FOR_MS = 14 * MINUTE_MS
const STEADY_MS = 8 * MINUTE_MS

/** How an adaptive limit did. Shares are 0–1. */
export interface Finding {
  /** Of the best fixed limit's throughput: from two minutes on, and once it is steady. */
  readonly early: number
  readonly steady: number
  /** In steady state: the time that the limit was within a tenth of its median, and how far it ever was from that. */
  readonly still: number
  readonly furthest: number
  readonly changes: number
  readonly refused: number
}

/** Lets an adaptive limit work off a backlog of this kind. */
export function findingOf(kind: Kind, seed: number): Finding {
  const { beats, changes } = adapt(
    { min: 1, max: kind.max },
    { station: kind.station(seeded(seed)), forMs: FOR_MS },
  )
  const most = best(kind)
  const steady = beats.filter(({ atMs }) => atMs > STEADY_MS)
  const limits = steady.map(({ limit }) => limit).toSorted((a, b) => a - b)
  const median = limits[limits.length >> 1] ?? 0
  // One slot is no distance, however few there are.
  const distance = (limit: number): number =>
    Math.abs(limit - median) <= 1 ? 0 : Math.abs(limit - median) / median
  const refused = steady.reduce((sum, { throttled }) => sum + throttled, 0)
  const done = steady.reduce((sum, beat) => sum + beat.done, 0)
  return {
    early: perSecond(beats, 2 * MINUTE_MS) / most,
    steady: perSecond(beats, STEADY_MS) / most,
    still: limits.filter((limit) => distance(limit) <= 0.1).length / limits.length,
    furthest: Math.max(...limits.map(distance)),
    changes: changes.filter(({ atMs }) => atMs > STEADY_MS).length,
    refused: refused / done,
  }
}
