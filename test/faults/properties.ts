// What a worker promises whatever happens, each as a property of random runs.
import type * as fc from 'fast-check'
import type { Plan } from './plan.js'
import { GROUPS, plans, POISON } from './plan.js'
import type { Played } from './play.js'
import { play } from './play.js'
import type { Handling } from './record.js'

/** A promise, the plans it is for, and what is broken where it does not hold: undefined if nothing is. */
export interface Property {
  readonly name: string
  readonly plans: fc.Arbitrary<Plan>
  readonly broken: (plan: Plan, played: Played) => string | undefined
}

// SQS may refuse one entry of a batch and take the next, of the same group: what it refused is handled again then, out of
// its order. Nothing but a call for each message would avoid that.
const WHOLE_CALLS = ['throttled', 'lost', 'late', 'slow', 'hang'] as const
const ALL = [...WHOLE_CALLS, 'entry'] as const
const ENDS = ['abort', 'drain', 'crash'] as const

/** Faults now and then: those that last longer than a lease lose it, whoever asks. */
function nowAndThen(plan: Plan): Plan {
  return { ...plan, faults: [...plan.faults.slice(0, 1), 'none', 'none', 'none', 'none'] }
}

export const PROPERTIES: readonly Property[] = [
  {
    name: 'no message of a standard queue is lost, whatever fails',
    plans: plans({ isFifo: false, faults: ALL, ends: ENDS, redelivers: true, blocks: true }),
    broken: (plan, played) => leftovers(played) ?? undone(plan, played) ?? timers(played),
  },
  {
    name: 'no message of a FIFO queue is lost, and each group keeps its order, whatever fails',
    plans: plans({ isFifo: true, faults: WHOLE_CALLS, ends: ['abort', 'drain'] }),
    broken: (plan, played) =>
      leftovers(played) ?? undone(plan, played) ?? disorder(plan, played) ?? timers(played),
  },
  {
    name: 'a crash, or an event loop that stands still, loses no message of a FIFO queue',
    plans: plans({ isFifo: true, faults: WHOLE_CALLS, ends: ENDS, blocks: true }),
    broken: (plan, played) => leftovers(played) ?? undone(plan, played),
  },
  {
    name: 'while calls are only refused, every message is handled to its end exactly once, one of a group at a time',
    plans: plans({ faults: ['throttled', 'entry'], ends: [] }).map(nowAndThen),
    broken: (plan, played) => leftovers(played) ?? doubled(plan, played) ?? overlapping(played),
  },
  {
    name: 'calls that fail now and then, in any way, make no message handled twice',
    plans: plans({ isFifo: false, faults: ALL, ends: [], visibilitySeconds: 30 }).map(nowAndThen),
    broken: (plan, played) => leftovers(played) ?? doubled(plan, played),
  },
  {
    name: 'workers that drain while others begin handle every message exactly once',
    plans: plans({ faults: [], ends: ['drain'] }),
    broken: (plan, played) => leftovers(played) ?? doubled(plan, played) ?? timers(played),
  },
  {
    name: 'poison comes to the dead-letter queue, and nothing else does, of its group or any other',
    plans: plans({ faults: ['throttled'], ends: [], poison: true }).map(nowAndThen),
    broken: (plan, played) => leftovers(played) ?? doubled(plan, played) ?? deadLetters(plan, played),
  },
  {
    name: 'with idempotent() a message that is delivered twice is handled to its end exactly once',
    plans: plans({
      isFifo: false,
      faults: ALL,
      ends: ['abort', 'drain'],
      redelivers: true,
      isIdempotent: true,
      visibilitySeconds: 30,
    }).map(nowAndThen),
    broken: (plan, played) => leftovers(played) ?? doubled(plan, played),
  },
]

/** Throws what is broken, for fast-check to shrink. */
export async function holds(property: Property, plan: Plan): Promise<void> {
  const played = await play(plan)
  const broken = played.violations[0] ?? property.broken(plan, played)
  if (broken !== undefined) throw new Error(broken)
}

function leftovers({ left }: Played): string | undefined {
  return left.length === 0 ? undefined : `left in the queue: ${left.join(', ')}`
}

function doneIds({ handlings }: Played): number[] {
  return handlings.filter(({ isDone }) => isDone).map(({ id }) => id)
}

/** Messages that can be handled. */
function soundIds({ messages }: Plan): number[] {
  return [...messages.keys()].filter((id) => messages[id]?.failures !== POISON)
}

function undone(plan: Plan, played: Played): string | undefined {
  const done = new Set(doneIds(played))
  const lost = soundIds(plan).filter((id) => !done.has(id))
  return lost.length === 0 ? undefined : `never handled to their end: ${lost.join(', ')}`
}

function doubled(plan: Plan, played: Played): string | undefined {
  const done = doneIds(played).toSorted((a, b) => a - b)
  const expected = soundIds(plan)
  return done.join() === expected.join() ? undefined : `handled to their end: ${done.join(', ')}`
}

function deadLetters({ messages }: Plan, { dead }: Played): string | undefined {
  const expected = [...messages.keys()].filter((id) => messages[id]?.failures === POISON)
  const found = dead.toSorted((a, b) => a - b)
  return found.join() === expected.join() ? undefined : `dead letters: ${found.join(', ')}`
}

function overlapping({ overlaps }: Played): string | undefined {
  return overlaps > 0 ? `two of a group at a time, ${overlaps} times` : undefined
}

function timers({ timers: count }: Played): string | undefined {
  return count === 0 ? undefined : `${count} timers are left by workers that stopped`
}

/**
 * After a handling that was done, the group may go on with the next message, or begin again earlier; never further on.
 * After one that failed, not further than that one.
 */
function disorder({ queues, messages }: Plan, { handlings }: Played): string | undefined {
  for (let place = 0; place < GROUPS * queues.length; place += 1) {
    const isHere = ({ queue, group }: { queue: number; group: number }): boolean =>
      queue * GROUPS + group === place
    const ids = [...messages.entries()].flatMap(([id, each]) => (isHere(each) ? [id] : []))
    const overtaking = overtaker(handlings.filter(isHere), ids)
    if (overtaking !== undefined) return `message ${overtaking} overtakes others of its group`
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
