// What arrives: patterns over time, summed.

/** Messages that arrive, as a sum of parts. Times are milliseconds since the beginning. */
export interface Traffic {
  /** In words that {@link parseTraffic} takes, or what was read. */
  readonly description: string
  readonly parts: readonly TrafficPart[]
  /**
   * How uneven it is beyond its shape: `none` spreads arrivals evenly, 0 is a Poisson process, and a number above makes
   * the rate of each minute vary by so much (its coefficient of variation).
   */
  readonly noise: 'none' | number
  /** When the beginning was, epoch milliseconds, and after how long it ends; undefined where it is no record. */
  readonly recorded: { readonly startMs: number; readonly lengthMs: number } | undefined
}

export type TrafficPart =
  | { readonly kind: 'rate'; readonly perSecondAt: (atMs: number) => number }
  /** So many at once, at `firstMs` and every `everyMs` after it. */
  | {
      readonly kind: 'batch'
      readonly size: number
      readonly firstMs: number
      /** Infinity: once. */
      readonly everyMs: number
    }
  /** How many came in each of the buckets that follow each other; a bucket's are anywhere in it. */
  | { readonly kind: 'counts'; readonly bucketMs: number; readonly counts: readonly number[] }

/** The same traffic without its beginning. */
export function withoutBeginning(traffic: Traffic, skippedMs: number): Traffic {
  if (skippedMs === 0) return traffic
  const { recorded } = traffic
  return {
    ...traffic,
    parts: traffic.parts.map((part) => shifted(part, skippedMs)),
    recorded: recorded && {
      startMs: recorded.startMs + skippedMs,
      lengthMs: Math.max(0, recorded.lengthMs - skippedMs),
    },
  }
}

function shifted(part: TrafficPart, skippedMs: number): TrafficPart {
  if (part.kind === 'rate') return { ...part, perSecondAt: (atMs) => part.perSecondAt(atMs + skippedMs) }
  if (part.kind === 'counts') {
    return { ...part, counts: part.counts.slice(Math.floor(skippedMs / part.bucketMs)) }
  }
  const { firstMs, everyMs } = part
  const missed = everyMs === Infinity ? 0 : Math.max(0, Math.ceil((skippedMs - firstMs) / everyMs)) * everyMs
  const nextMs = firstMs + missed - skippedMs
  // A batch that came once, and has passed, does not come again.
  return { ...part, firstMs: nextMs < 0 ? Infinity : nextMs }
}

/** About how many messages arrive in this time; what noise does to it is left out. */
export function expectedMessages({ parts }: Traffic, durationMs: number): number {
  return parts.reduce((sum, part) => sum + expectedOf(part, durationMs), 0)
}

/** A day by the second. */
const SAMPLES = 86_400

function expectedOf(part: TrafficPart, durationMs: number): number {
  if (part.kind === 'counts') {
    const buckets = part.counts.slice(0, Math.ceil(durationMs / part.bucketMs))
    return buckets.reduce((sum, count) => sum + count, 0)
  }
  if (part.kind === 'batch') {
    if (part.firstMs >= durationMs) return 0
    return part.size * (part.everyMs === Infinity ? 1 : Math.ceil((durationMs - part.firstMs) / part.everyMs))
  }
  const stepMs = durationMs / SAMPLES
  let sum = 0
  for (let step = 0; step < SAMPLES; step += 1) sum += part.perSecondAt((step + 0.5) * stepMs)
  return (sum * stepMs) / 1_000
}
