/**
 * When a fair queue (a standard queue whose messages have MessageGroupIds) takes a group for noisy, and until when. A
 * noisy group's messages are received only while no quiet group has any; of several noisy groups, the one with the
 * fewest messages in flight comes first. A message without a group id is a group of its own.
 * Source: SQS developer guide, "How Amazon SQS fair queues work"; "these thresholds are approximate".
 */

/** More of the queue's messages in flight than this share, or more of its recent processing time, is noisy. */
const NOISY_SHARE = 0.1
/** A group with fewer messages in flight is not noisy for their share. */
const NOISY_IN_FLIGHT = 30
/** A noisy group is quiet again when nothing was sent to it for so long. */
const QUIET_AFTER_MS = 300_000

/** What a group takes of a queue's receivers now. */
export interface GroupLoad {
  readonly inFlight: number
  /** In flight of the whole queue. */
  readonly queueInFlight: number
  /** From 0 to 1, of the queue's recent {@link ProcessingTime}. */
  readonly processingShare: number
}

/** Whether this load makes a group noisy. */
export function becomesNoisy({ inFlight, queueInFlight, processingShare }: GroupLoad): boolean {
  const isConcurrent = inFlight >= NOISY_IN_FLIGHT && inFlight > NOISY_SHARE * queueInFlight
  return isConcurrent || processingShare > NOISY_SHARE
}

/** Whether a group that has become noisy still is: until its backlog is drained, or its sender has been silent. */
export function staysNoisy(group: { readonly visible: number; readonly silentMs: number }): boolean {
  return group.visible > 0 && group.silentMs < QUIET_AFTER_MS
}

/** Time that messages spent in flight of late, milliseconds: a moment counts for less the longer it is ago, e^(−age ÷ window). */
export interface ProcessingTime {
  readonly valueMs: number
  /** The instant it holds for, epoch milliseconds. */
  readonly atMs: number
}

/** A processing time at a later instant, `inFlight` messages having been in flight since. */
export function processingTimeAt(
  time: ProcessingTime,
  {
    inFlight,
    nowMs,
    windowMs,
  }: { readonly inFlight: number; readonly nowMs: number; readonly windowMs: number },
): ProcessingTime {
  const elapsedMs = nowMs - time.atMs
  if (elapsedMs <= 0) return time
  const kept = Math.exp(-elapsedMs / windowMs)
  return { valueMs: time.valueMs * kept + inFlight * windowMs * (1 - kept), atMs: nowMs }
}
