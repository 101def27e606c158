// Handlers of every kind in virtual time, and a worker with a backlog before them: what an adaptive limit is tried on.
import type { Load } from '../../src/adapt/load.js'
import { Heap } from './heap.js'

/** What handlings meet: they begin, and end when it says so. */
export interface Station {
  /** A handling begins at `nowMs`. */
  readonly begin: (nowMs: number) => void
  /** When something happens next; Infinity when nothing will. */
  readonly nextMs: () => number
  /** Lets it happen: a handling ends, or something inside that nobody sees. */
  readonly step: () => Ended | undefined
  /** The share of the CPU quota that is in use at this moment. */
  readonly cpu?: () => number
}

export interface Ended {
  readonly handlingMs: number
  readonly isThrottled: boolean
}

/** How long a handling takes by itself. */
export type Demand = () => number

export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Demands around a mean: always the same, exponential, or lognormal with a coefficient of variation. */
export const demand = {
  constant:
    (meanMs: number): Demand =>
    () =>
      meanMs,
  exponential:
    (meanMs: number, random: () => number): Demand =>
    () =>
      -meanMs * Math.log(1 - random()),
  lognormal(meanMs: number, cv: number, random: () => number): Demand {
    const sigma = Math.sqrt(Math.log(1 + cv * cv))
    const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
    return () => meanMs * Math.exp(sigma * normal() - (sigma * sigma) / 2)
  },
}

/**
 * Handlings that share something: `n` of them together progress at `rate(n)` (1 is one handling alone at full speed).
 * CPU on c cores is min(n, c); waiting for something with room for all is n; contention is whatever falls again.
 */
export function shared(options: {
  rate: (running: number) => number
  demand: Demand
  cpu?: (running: number) => number
}): Station {
  const { rate, demand: draw, cpu } = options
  const running = new Heap<{ startedMs: number }>()
  // How much each handling that ran from the beginning would have progressed.
  let progressMs = 0
  let atMs = 0
  const speed = (): number => rate(running.size) / running.size
  const pass = (toMs: number): void => {
    if (running.size > 0) progressMs += (toMs - atMs) * speed()
    atMs = toMs
  }
  const nextMs = (): number => {
    if (running.size === 0) return Infinity
    return atMs + Math.max(0, running.firstKey - progressMs) / speed()
  }
  return {
    begin(nowMs) {
      pass(nowMs)
      running.push(progressMs + draw(), { startedMs: nowMs })
    },
    nextMs,
    step() {
      pass(nextMs())
      return { handlingMs: atMs - running.pop().startedMs, isThrottled: false }
    },
    ...(cpu && { cpu: () => cpu(running.size) }),
  }
}

/** Handlings that wait `travelMs` and then queue for one of so many servers elsewhere. */
export function queueing(options: { servers: number; demand: Demand; travelMs: Demand }): Station {
  const { servers, demand: draw, travelMs } = options
  const events = new Heap<{ startedMs: number; isServed: boolean }>()
  const waiting: { startedMs: number }[] = []
  let busy = 0
  const serve = (nowMs: number, startedMs: number): void => {
    busy += 1
    events.push(nowMs + draw(), { startedMs, isServed: true })
  }
  return {
    begin: (nowMs) => events.push(nowMs + travelMs(), { startedMs: nowMs, isServed: false }),
    nextMs: () => events.firstKey,
    step() {
      const nowMs = events.firstKey
      const { startedMs, isServed } = events.pop()
      if (!isServed) {
        if (busy < servers) serve(nowMs, startedMs)
        else waiting.push({ startedMs })
        return undefined
      }
      busy -= 1
      const next = waiting.shift()
      if (next !== undefined) serve(nowMs, next.startedMs)
      return { handlingMs: nowMs - startedMs, isThrottled: false }
    },
  }
}

/** A service that refuses whatever comes while `capacity()` of them run, after `refusalMs`. */
export function refusing(options: { capacity: () => number; demand: Demand; refusalMs: number }): Station {
  const { capacity, demand: draw, refusalMs } = options
  const running = new Heap<{ startedMs: number; isThrottled: boolean }>()
  let taken = 0
  return {
    begin(nowMs) {
      const isThrottled = taken >= capacity()
      if (!isThrottled) taken += 1
      running.push(nowMs + (isThrottled ? refusalMs : draw()), { startedMs: nowMs, isThrottled })
    },
    nextMs: () => running.firstKey,
    step() {
      const nowMs = running.firstKey
      const { startedMs, isThrottled } = running.pop()
      if (!isThrottled) taken -= 1
      return { handlingMs: nowMs - startedMs, isThrottled }
    },
  }
}

/** A service that takes so many a second, with as many saved up at most, and refuses the rest after `refusalMs`. */
export function metered(options: { perSecond: number; demand: Demand; refusalMs: number }): Station {
  const { perSecond, demand: draw, refusalMs } = options
  const running = new Heap<{ startedMs: number; isThrottled: boolean }>()
  let tokens = perSecond
  let atMs = 0
  return {
    begin(nowMs) {
      tokens = Math.min(perSecond, tokens + ((nowMs - atMs) * perSecond) / 1_000)
      atMs = nowMs
      const isThrottled = tokens < 1
      if (!isThrottled) tokens -= 1
      running.push(nowMs + (isThrottled ? refusalMs : draw()), { startedMs: nowMs, isThrottled })
    },
    nextMs: () => running.firstKey,
    step() {
      const nowMs = running.firstKey
      const { startedMs, isThrottled } = running.pop()
      return { handlingMs: nowMs - startedMs, isThrottled }
    },
  }
}

export interface RunOptions {
  readonly station: Station
  readonly forMs: number
  /** The limit from now on: asked once, and after every beat. A number for a fixed one. */
  readonly limit: number | ((load: Load | undefined) => number)
  /** Gaps between messages; none: the backlog never ends. */
  readonly gapMs?: () => number
  /** False while there is no backlog either; asked at every beat. */
  readonly hasWork?: (nowMs: number) => boolean
  readonly beatMs?: number
  readonly memory?: (running: number) => number
  readonly lagMs?: (running: number) => number
}

export interface Beat {
  readonly atMs: number
  readonly limit: number
  readonly running: number
  /** Handled in this beat, throttled ones left out. */
  readonly done: number
  readonly throttled: number
}

/** Works off messages for so long. */
export function run(options: RunOptions): Beat[] {
  const { station, forMs, limit: policy, gapMs, hasWork, beatMs = 500, memory, lagMs } = options
  const limitAfter = typeof policy === 'number' ? () => policy : policy
  const beats: Beat[] = []
  let limit = limitAfter(undefined)
  let running = 0
  let waiting = gapMs === undefined ? Infinity : 0
  let nextArrivalMs = gapMs?.() ?? Infinity
  let atMs = 0
  let beat = newBeat()

  const pass = (toMs: number): void => {
    beat.busyMs += running * (toMs - atMs)
    if (running >= limit) beat.fullMs += toMs - atMs
    atMs = toMs
  }
  const fill = (): void => {
    while (running < limit && waiting > 0) {
      waiting -= 1
      running += 1
      station.begin(atMs)
    }
    beat.peak = Math.max(beat.peak, running)
  }
  fill()
  for (let nextBeatMs = beatMs; nextBeatMs <= forMs;) {
    const nextMs = Math.min(station.nextMs(), nextArrivalMs, nextBeatMs)
    pass(nextMs)
    if (nextMs === nextBeatMs) {
      const load: Load = {
        ...beat,
        elapsedMs: beatMs,
        lagMs: lagMs?.(running) ?? 0,
        memory: memory?.(running),
        cpu: station.cpu?.(),
      }
      beats.push({ atMs, limit, running, done: beat.handled - beat.throttled, throttled: beat.throttled })
      limit = limitAfter(load)
      beat = newBeat()
      if (gapMs === undefined) waiting = (hasWork?.(atMs) ?? true) ? Infinity : 0
      nextBeatMs += beatMs
    } else if (nextMs === nextArrivalMs) {
      waiting += 1
      nextArrivalMs += gapMs?.() ?? Infinity
    } else {
      const ended = station.step()
      if (ended !== undefined) {
        running -= 1
        beat.handled += 1
        beat.handlingMs += ended.handlingMs
        beat.squaredMs += ended.handlingMs ** 2
        if (ended.isThrottled) {
          beat.throttled += 1
          beat.throttledMs += ended.handlingMs
        }
      }
    }
    fill()
  }
  return beats
}

function newBeat(): Record<
  'handled' | 'throttled' | 'handlingMs' | 'throttledMs' | 'squaredMs' | 'busyMs' | 'fullMs' | 'peak',
  number
> {
  return {
    handled: 0,
    throttled: 0,
    handlingMs: 0,
    throttledMs: 0,
    squaredMs: 0,
    busyMs: 0,
    fullMs: 0,
    peak: 0,
  }
}
