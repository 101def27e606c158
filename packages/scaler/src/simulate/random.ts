/**
 * Chance, from a seed. Each part of a simulation draws from a stream of its own, so that two policies that are compared
 * see the same arrivals and the same handling times, whatever else they do.
 */

/** Uniform in [0, 1). */
export type Random = () => number

/** mulberry32: 32 bits of state, the same numbers everywhere. `stream` tells the streams of one seed apart. */
export function seededRandom(seed: number, stream: string): Random {
  let state = hashed(seed, stream)
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** FNV-1a over the name, from the seed. */
function hashed(seed: number, stream: string): number {
  let hash = (seed ^ 0x811c9dc5) >>> 0
  for (let at = 0; at < stream.length; at += 1)
    hash = Math.imul(hash ^ stream.charCodeAt(at), 0x01000193) >>> 0
  return hash
}

/** Standard normal, two at a time (Box and Muller). */
export function normalFrom(random: Random): () => number {
  let spare: number | undefined
  return () => {
    if (spare !== undefined) {
      const value = spare
      spare = undefined
      return value
    }
    // 1 − u lies in (0, 1], whose logarithm is finite.
    const radius = Math.sqrt(-2 * Math.log(1 - random()))
    const angle = 2 * Math.PI * random()
    spare = radius * Math.sin(angle)
    return radius * Math.cos(angle)
  }
}

/**
 * Positive numbers of this mean and squared coefficient of variation (variance ÷ mean²), lognormally distributed; with a
 * variation of 0 the mean itself.
 */
export function lognormalFrom(random: Random, variation: number): (mean: number) => number {
  if (variation === 0) return (mean) => mean
  const normal = normalFrom(random)
  const variance = Math.log(1 + variation)
  const sigma = Math.sqrt(variance)
  return (mean) => mean * Math.exp(sigma * normal() - variance / 2)
}

/** Above this mean a Poisson count is as good as normal. */
const MANY = 60

/** How many events of a Poisson process with this mean happen. */
export function poissonFrom(random: Random): (mean: number) => number {
  const normal = normalFrom(random)
  return (mean) => {
    if (mean <= 0) return 0
    if (mean > MANY) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()))
    const limit = Math.exp(-mean)
    let count = 0
    for (let product = random(); product > limit; product *= random()) count += 1
    return count
  }
}
