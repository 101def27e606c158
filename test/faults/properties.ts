// What a worker promises whatever happens, each as a property of random runs.
import * as fc from 'fast-check'
import type { FaultKind, Handling, Plan, Played } from './play.js'
import { GROUPS, plans, play } from './play.js'

/** A promise, the plans it is for, and what is broken where it does not hold: undefined if nothing is. */
export interface Property {
  readonly name: string
  readonly plans: fc.Arbitrary<Plan>
  readonly broken: (plan: Plan, played: Played) => string | undefined
}

// SQS may refuse one entry of a batch and take the next, of the same group: what it refused is handled again then, out of
// its order. Nothing but a call for each message would avoid that.
const WHOLE_CALLS = ['throttled', 'lost', 'late', 'hang'] as const
const ALL = [...WHOLE_CALLS, 'entry'] as const
const ENDS = ['abort', 'drain', 'crash'] as const

/** Faults now and then: those that last longer than a lease lose it, whoever asks. */
function nowAndThen(plan: Plan): Plan {
  return { ...plan, faults: [...plan.faults.slice(0, 1), 'none', 'none', 'none', 'none'] }
}

export const PROPERTIES: readonly Property[] = [
  {
    name: 'no message of a standard queue is lost, whatever fails',
    plans: plans({ isFifo: false, faults: ALL, ends: ENDS, redelivers: true }),
    broken: (plan, played) => leftovers(played) ?? undone(plan, played) ?? timers(played),
  },
  {
    name: 'no message of a FIFO queue is lost, and each group keeps its order, whatever fails',
    plans: plans({ isFifo: true, faults: WHOLE_CALLS, ends: ['abort', 'drain'] }),
    broken: (plan, played) =>
      leftovers(played) ?? undone(plan, played) ?? disorder(plan, played) ?? timers(played),
  },
  {
    name: 'a crash loses no message of a FIFO queue',
    plans: plans({ isFifo: true, faults: WHOLE_CALLS, ends: ENDS }),
    broken: (plan, played) => leftovers(played) ?? undone(plan, played),
  },
  {
    name: 'while calls are only refused, every message is handled to its end exactly once, one of a group at a time',
    plans: fc
      .boolean()
      .chain((isFifo) => plans({ isFifo, faults: ['throttled', 'entry'], ends: [] }))
      .map(nowAndThen),
    broken: (plan, played) => leftovers(played) ?? doubled(plan, played) ?? overlapping(plan, played),
  },
  {
    name: 'calls that fail now and then, in any way, make no message handled twice',
    plans: plans({ isFifo: false, faults: ALL, ends: [], visibilitySeconds: 30 }).map(nowAndThen),
    broken: (plan, played) => leftovers(played) ?? doubled(plan, played),
  },
  {
    name: 'workers that drain while others begin handle every message exactly once',
    plans: fc
      .boolean()
      .chain((isFifo) => plans({ isFifo, faults: [] satisfies FaultKind[], ends: ['drain'] })),
    broken: (plan, played) => leftovers(played) ?? doubled(plan, played) ?? timers(played),
  },
]

/** Throws what is broken, for fast-check to shrink. */
export async function holds(property: Property, plan: Plan): Promise<void> {
  const broken = property.broken(plan, await play(plan))
  if (broken !== undefined) throw new Error(broken)
}

function leftovers({ left }: Played): string | undefined {
  return left.length === 0 ? undefined : `left in the queue: ${left.join(', ')}`
}

function doneIds({ handlings }: Played): number[] {
  return handlings.filter(({ isDone }) => isDone).map(({ id }) => id)
}

function undone({ messages }: Plan, played: Played): string | undefined {
  const done = new Set(doneIds(played))
  const lost = [...messages.keys()].filter((id) => !done.has(id))
  return lost.length === 0 ? undefined : `never handled to their end: ${lost.join(', ')}`
}

function doubled({ messages }: Plan, played: Played): string | undefined {
  const done = doneIds(played).toSorted((a, b) => a - b)
  const expected = [...messages.keys()]
  return done.join() === expected.join() ? undefined : `handled to their end: ${done.join(', ')}`
}

function overlapping({ isFifo }: Plan, { overlaps }: Played): string | undefined {
  return isFifo && overlaps > 0 ? `two of a group at a time, ${overlaps} times` : undefined
}

function timers({ timers: count }: Played): string | undefined {
  return count === 0 ? undefined : `${count} timers are left by workers that stopped`
}

/**
 * After a handling that was done, the group may go on with the next message, or begin again earlier; never further on.
 * After one that failed, not further than that one.
 */
function disorder({ messages }: Plan, { handlings }: Played): string | undefined {
  for (let group = 0; group < GROUPS; group += 1) {
    const ids = [...messages.entries()].flatMap(([id, each]) => (each.group === group ? [id] : []))
    const overtaking = overtaker(
      handlings.filter((one) => one.group === group),
      ids,
    )
    if (overtaking !== undefined) return `message ${overtaking} of group ${group} overtakes`
  }
  return undefined
}

function overtaker(handlings: readonly Handling[], ids: readonly number[]): number | undefined {
  let furthest = 0
  for (const { id, isDone } of handlings) {
    const place = ids.indexOf(id)
    if (place > furthest) return id
    furthest = isDone ? place + 1 : place
  }
  return undefined
}
