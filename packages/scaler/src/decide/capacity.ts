import type { ServiceCounts } from '../aws/port.js'
import type { Service, Strategy } from '../config/service.js'
import type { LiveTarget } from '../plan/live.js'
import { surplusWindowMs } from './decide.js'
import type { PublishDecision } from './decide.js'
import { emptyForMs, mostRequired } from './memory.js'
import type { Memory } from './memory.js'

/** What a controller does about a decision. */
export type CapacityDecision =
  | { readonly kind: 'set'; readonly what: 'desired' | 'min'; readonly from: number; readonly to: number }
  | { readonly kind: 'keep'; readonly reason: string }

/** What {@link decideCapacity} looks at. */
export interface CapacityInput {
  readonly service: Service
  readonly decision: PublishDecision
  /** With the decision in it. */
  readonly memory: Memory
  /** The scalable target; null where none is registered. */
  readonly target: LiveTarget | null
  /** When this controller took tasks away last; undefined: never. */
  readonly lastScaleInAtMs: number | undefined
  /** Of the observation, and now. */
  readonly observedAtMs: number
  readonly nowMs: number
}

/** Readings older than this take no tasks away. */
const STALE_MS = 30_000
/** A change this small is not worth stopping tasks for: a twentieth of them, which is one up to twenty. */
const HYSTERESIS = 0.05

/**
 * What to set the service to. Out: at once, to what is required now. In: to the most that was required within the
 * window, unless
 *
 *   - that isn't known for so long without a gap, or what was read is stale
 *   - a deployment goes on, or scaling in is suspended on the target
 *   - tasks were taken away less than a cooldown ago, or it is a twentieth of them at most
 *   - it is the last task, and the queues have not been empty long enough
 *
 * Never outside the target's bounds, and never below the tasks whose slots are busy, which are part of what is required.
 */
export function decideCapacity(input: CapacityInput): CapacityDecision {
  const { service, decision, target } = input
  const strategy = controllerOf(service)
  if (strategy === undefined) return keep('the strategy is not `controller`')
  if (target === null && strategy.sets === 'min')
    return keep('no scalable target is registered: run `longshore apply`')
  const bounds = boundsOf(input, strategy)
  const current = currentOf(decision.service, target, strategy)
  const wanted = within(decision.requiredTasks, bounds)
  const change = { kind: 'set', what: strategy.sets, from: current } as const
  if (wanted > current) {
    return target?.suspended.scaleOut
      ? keep('scaling out is suspended on the scalable target')
      : { ...change, to: wanted }
  }
  const known = mostRequired(input.memory, surplusWindowMs(service))
  const most = within(Math.max(known ?? Infinity, wanted), bounds)
  if (most >= current) {
    return keep(
      known === undefined && wanted < current
        ? 'what was required is not known for long enough'
        : 'as required',
    )
  }
  const to =
    most === 0 && emptyForMs(input.memory) < strategy.idleSeconds * 1_000 ? Math.min(1, current) : most
  const obstacle = scaleInObstacle(input, { from: current, to })
  return obstacle === undefined ? { ...change, to } : keep(obstacle)
}

function controllerOf({ strategy }: Service): Extract<Strategy, { kind: 'controller' }> | undefined {
  return strategy.kind === 'controller' ? strategy : undefined
}

interface Bounds {
  readonly min: number
  readonly max: number
}

/** The minimum is what a controller of it moves: its own lower bound is the configuration's. */
function boundsOf({ service, target }: CapacityInput, { sets }: { sets: 'desired' | 'min' }): Bounds {
  const { min, max } = service.tasks
  if (target === null) return { min, max }
  return { min: sets === 'min' ? min : target.minCapacity, max: target.maxCapacity }
}

function currentOf(
  counts: ServiceCounts,
  target: LiveTarget | null,
  { sets }: { sets: 'desired' | 'min' },
): number {
  return sets === 'min' ? (target?.minCapacity ?? counts.desired) : counts.desired
}

function within(tasks: number, { min, max }: Bounds): number {
  return Math.min(Math.max(tasks, min), max)
}

function scaleInObstacle(input: CapacityInput, change: { from: number; to: number }): string | undefined {
  const { service, decision, target, nowMs, lastScaleInAtMs, observedAtMs } = input
  const { from, to } = change
  if (to >= from) return 'the queues have not been empty for long enough'
  if (nowMs - observedAtMs > STALE_MS) return 'what was read is too old to take tasks away'
  if (target?.suspended.scaleIn) return 'scaling in is suspended on the scalable target'
  if (decision.service.isDeploying) return 'a deployment goes on'
  if (from - to < from * HYSTERESIS) return 'too small a change'
  const cooldownMs = service.cooldowns.scaleInSeconds * 1_000
  if (lastScaleInAtMs !== undefined && nowMs - lastScaleInAtMs < cooldownMs)
    return 'tasks were taken away just now'
  return undefined
}

function keep(reason: string): CapacityDecision {
  return { kind: 'keep', reason }
}
