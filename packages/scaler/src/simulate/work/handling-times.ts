import { lognormalFrom, seededRandom } from '../random.js'

/** How long handling takes, in milliseconds. Drawn in the order in which messages are taken. */
export interface HandlingTimes {
  /** For a message of the queue with this mean. */
  next(meanMs: number): number
}

/** What {@link handlingTimes} follows. */
export interface HandlingShape {
  /** Squared coefficient of variation. */
  readonly variation: number
  /** `exponential` has a variation of 1, whatever is said. */
  readonly distribution: 'lognormal' | 'exponential'
}

export function handlingTimes({ variation, distribution }: HandlingShape, seed: number): HandlingTimes {
  const random = seededRandom(seed, 'handling')
  if (distribution === 'exponential') return { next: (meanMs) => -meanMs * Math.log(1 - random()) }
  return { next: lognormalFrom(random, variation) }
}
