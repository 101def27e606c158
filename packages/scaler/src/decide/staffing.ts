/**
 * Square-root staffing: how many slots an offered load needs so that few messages wait longer than they may.
 *
 *     slots = R + β √(R (1 + c²) ÷ 2)      R offered load in slots, c² squared variation of handling times
 *
 * β is the least one for which P(wait > T) ≤ 1 − p in the Halfin–Whitt regime:
 *
 *     P(wait > T) = α(β) e^(−2 (slots − R) T ÷ (S (1 + c²)))     α(β) = 1 ÷ (1 + β Φ(β) ÷ φ(β))
 *
 * with S the mean handling time, Φ and φ the standard normal distribution and density. The exponent is Kingman's for
 * times that are not exponential. The longer T against S, the closer slots come to R.
 * Source: Halfin and Whitt, Operations Research 29 (1981); good from some five slots on (van Leeuwaarden, Mathijsen and
 * Zwart, SIAM Review 61 (2019)).
 */
export interface StaffingInput {
  /** R: slots that are busy on average. */
  readonly offeredSlots: number
  readonly meanHandlingMs: number
  /** c². */
  readonly variation: number
  /** T. */
  readonly waitMs: number
  /** p, below 1. */
  readonly percentile: number
}

/** No load needs more: P(wait > 0) is below 1e-6 there. */
const MOST_BETA = 5
const BISECTIONS = 30

/** Slots that the load needs; 0 for none. */
export function staffedSlots(input: StaffingInput): number {
  const { offeredSlots } = input
  if (offeredSlots <= 0) return 0
  let low = 0
  let high = MOST_BETA
  if (probabilityOfWait(high, input) > 1 - input.percentile) return slotsFor(high, input)
  for (let step = 0; step < BISECTIONS; step += 1) {
    const middle = (low + high) / 2
    if (probabilityOfWait(middle, input) <= 1 - input.percentile) high = middle
    else low = middle
  }
  return slotsFor(high, input)
}

function slotsFor(beta: number, { offeredSlots, variation }: StaffingInput): number {
  return offeredSlots + beta * Math.sqrt((offeredSlots * (1 + variation)) / 2)
}

function probabilityOfWait(beta: number, input: StaffingInput): number {
  const { meanHandlingMs, variation, waitMs, offeredSlots } = input
  const spare = slotsFor(beta, input) - offeredSlots
  const decay = (2 * spare * waitMs) / (meanHandlingMs * (1 + variation))
  return probabilityOfDelay(beta) * Math.exp(-decay)
}

/** α(β): the share of messages that find no free slot. */
function probabilityOfDelay(beta: number): number {
  const density = Math.exp((-beta * beta) / 2) / Math.sqrt(2 * Math.PI)
  return 1 / (1 + (beta * normalDistribution(beta)) / density)
}

/** Φ for x ≥ 0, within 1e-7. Source: Abramowitz and Stegun, 26.2.17. */
function normalDistribution(x: number): number {
  const t = 1 / (1 + 0.231_641_9 * x)
  const tail =
    t * (0.319_381_53 + t * (-0.356_563_782 + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))))
  return 1 - (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * tail
}
