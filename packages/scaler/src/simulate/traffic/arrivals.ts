import { lognormalFrom, poissonFrom, seededRandom } from '../random.js'
import type { Random } from '../random.js'
import type { Traffic, TrafficPart } from './traffic.js'

/** The instants at which messages arrive, one after the other. Milliseconds since the beginning. */
export interface Arrivals {
  /** Of the next message; Infinity when no more come. */
  readonly nextMs: number
  /** Goes on to the one after. */
  take(): void
}

/** Everything that arrives before `endMs`, in order. */
export function arrivalsOf(
  traffic: Traffic,
  of: { readonly seed: number; readonly endMs: number },
): Arrivals {
  const streams = traffic.parts.map((part, index) => {
    const random = seededRandom(of.seed, `arrivals ${index}`)
    return new BlockStream(blocksOf(part, { noise: traffic.noise, random }), of.endMs)
  })
  const [only] = streams
  return only !== undefined && streams.length === 1 ? only : new Merged(streams)
}

/** The arrivals of one block of time, which begins at `startMs`; sorted. */
interface Blocks {
  readonly blockMs: number
  fill(startMs: number): Float64Array
}

const NOTHING = new Float64Array(0)
const SECOND_MS = 1_000

function blocksOf(part: TrafficPart, of: { noise: Traffic['noise']; random: Random }): Blocks {
  if (part.kind === 'counts') {
    const { bucketMs, counts } = part
    return {
      blockMs: bucketMs,
      fill: (startMs) =>
        scattered(counts[Math.round(startMs / bucketMs)] ?? 0, {
          startMs,
          lengthMs: bucketMs,
          random: of.random,
        }),
    }
  }
  if (part.kind === 'batch') return { blockMs: SECOND_MS, fill: (startMs) => batchIn(part, startMs) }
  return of.noise === 'none'
    ? evenBlocks(part.perSecondAt)
    : poissonBlocks(part.perSecondAt, { ...of, noise: of.noise })
}

function batchIn(part: Extract<TrafficPart, { kind: 'batch' }>, startMs: number): Float64Array {
  const { firstMs, everyMs, size } = part
  const passed = everyMs === Infinity ? 0 : Math.max(0, Math.ceil((startMs - firstMs) / everyMs))
  const atMs = firstMs + (passed === 0 ? 0 : passed * everyMs)
  const isNow = atMs >= startMs && atMs < startMs + SECOND_MS
  return isNow ? new Float64Array(size).fill(atMs) : NOTHING
}

/** One each 1 ÷ rate; what is left of a message in a second goes over into the next. */
function evenBlocks(perSecondAt: (atMs: number) => number): Blocks {
  let carried = 0
  return {
    blockMs: SECOND_MS,
    fill(startMs) {
      const due = carried + Math.max(0, perSecondAt(startMs + SECOND_MS / 2))
      // A thousandth of a thousandth is what adding tenths gets wrong.
      const count = Math.floor(due + 1e-6)
      const instants = Float64Array.from(
        { length: count },
        (_, at) => startMs + ((at + 1 - carried) / (due - carried)) * SECOND_MS,
      )
      carried = due - count
      return instants
    },
  }
}

/** Seconds of which the rate's own noise is one. */
const NOISE_SECONDS = 60

function poissonBlocks(
  perSecondAt: (atMs: number) => number,
  { noise, random }: { readonly noise: number; readonly random: Random },
): Blocks {
  const poisson = poissonFrom(random)
  const vary = lognormalFrom(random, noise ** 2)
  let factor = 1
  return {
    blockMs: SECOND_MS,
    fill(startMs) {
      if (noise > 0 && (startMs / SECOND_MS) % NOISE_SECONDS === 0) factor = vary(1)
      const count = poisson(Math.max(0, perSecondAt(startMs + SECOND_MS / 2)) * factor)
      return scattered(count, { startMs, lengthMs: SECOND_MS, random })
    },
  }
}

function scattered(
  count: number,
  {
    startMs,
    lengthMs,
    random,
  }: { readonly startMs: number; readonly lengthMs: number; readonly random: Random },
): Float64Array {
  if (count === 0) return NOTHING
  const instants = new Float64Array(count)
  for (let at = 0; at < count; at += 1) instants[at] = startMs + random() * lengthMs
  return instants.sort()
}

/** Blocks, one after the other, until one begins at the end. */
class BlockStream implements Arrivals {
  readonly #blocks: Blocks
  readonly #endMs: number
  #startMs = 0
  #instants: Float64Array = NOTHING
  #at = 0
  #nextMs = 0

  constructor(blocks: Blocks, endMs: number) {
    this.#blocks = blocks
    this.#endMs = endMs
    this.#settle()
  }

  get nextMs(): number {
    return this.#nextMs
  }

  take(): void {
    this.#at += 1
    this.#settle()
  }

  #settle(): void {
    while (this.#at >= this.#instants.length) {
      if (this.#startMs >= this.#endMs) {
        this.#nextMs = Infinity
        return
      }
      this.#instants = this.#blocks.fill(this.#startMs)
      this.#startMs += this.#blocks.blockMs
      this.#at = 0
    }
    const nextMs = this.#instants[this.#at] ?? Infinity
    this.#nextMs = nextMs < this.#endMs ? nextMs : Infinity
  }
}

class Merged implements Arrivals {
  readonly #streams: readonly Arrivals[]
  #first: Arrivals | undefined

  constructor(streams: readonly Arrivals[]) {
    this.#streams = streams
    this.#settle()
  }

  get nextMs(): number {
    return this.#first?.nextMs ?? Infinity
  }

  take(): void {
    this.#first?.take()
    this.#settle()
  }

  #settle(): void {
    let first: Arrivals | undefined
    for (const stream of this.#streams) {
      if (stream.nextMs < (first?.nextMs ?? Infinity)) first = stream
    }
    this.#first = first
  }
}
