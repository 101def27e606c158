import type { Service } from '../config/service.js'
import type { ScalerStatus } from '../scaler.js'

/** A service, and what its scaler has done. */
export interface Beating {
  readonly service: Pick<Service, 'cluster' | 'service'>
  readonly status: ScalerStatus
}

/** As long as the fallback alarm waits before it counts a publisher as dead; at least three beats, whatever their interval. */
const DEAD_AFTER_MS = 180_000

/**
 * What a restart may mend: a loop that stands still, or three minutes in which no beat of any service could publish. While
 * one of several services gets on, the process is well: it must not be restarted for a queue that somebody has deleted.
 */
export function liveProblem(all: readonly Beating[], nowMs: number): string | undefined {
  const stopped = all.find(({ status }) => status.state === 'stopped')
  if (stopped !== undefined) return 'The publisher has stopped.'
  const begun = all.flatMap(({ service, status }) => {
    const { startedAtMs, lastBeatAtMs, lastSuccessAtMs } = status
    if (startedAtMs === undefined) return []
    const beatAgoMs = nowMs - (lastBeatAtMs ?? startedAtMs)
    return [{ service, status, beatAgoMs, successAgoMs: nowMs - (lastSuccessAtMs ?? startedAtMs) }]
  })
  const stalled = begun.find(({ beatAgoMs }) => beatAgoMs >= DEAD_AFTER_MS)
  if (stalled !== undefined)
    return `No beat of ${nameOf(stalled)} has ended for ${seconds(stalled.beatAgoMs)}.`
  if (begun.length === 0 || begun.some(({ successAgoMs }) => successAgoMs < DEAD_AFTER_MS)) return undefined
  const agoMs = Math.min(...begun.map(({ successAgoMs }) => successAgoMs))
  const reasons = begun.flatMap(({ service, status }) => beatProblem({ service, status }) ?? [])
  return [`No beat has succeeded for ${seconds(agoMs)}.`, ...reasons].join(' ')
}

/** Why a service is not published for at this moment; undefined when all are. */
export function readyProblem(all: readonly Beating[]): string | undefined {
  const problems = all.flatMap((each) => beatProblem(each) ?? [])
  return problems.length === 0 ? undefined : problems.join('\n')
}

function beatProblem({ service, status }: Beating): string | undefined {
  const { state, lastResult } = status
  const name = nameOf({ service })
  if (state !== 'running')
    return `${name}: the publisher ${state === 'idle' ? 'has not started' : 'has stopped'}.`
  if (lastResult === undefined) return `${name}: no beat has ended yet.`
  if (lastResult.outcome === 'held') return `${name} holds: ${lastResult.decision.reason}`
  return lastResult.outcome === 'failed' ? `${name}: ${lastResult.error.message}` : undefined
}

function nameOf({ service: { cluster, service } }: Pick<Beating, 'service'>): string {
  return `${cluster}/${service}`
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1_000)} s`
}
