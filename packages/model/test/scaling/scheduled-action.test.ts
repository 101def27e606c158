import { describe, expect, it } from 'vitest'

import type { SuspendedState } from '../../src/index.js'
import {
  applyScheduledAction,
  nextRun,
  NOT_SUSPENDED,
  parseSchedule,
  resumedDirections,
  scheduledActionProblem,
  withSuspension,
} from '../../src/index.js'
import { readGolden } from '../golden/read-golden.js'

interface Action {
  readonly minCapacity?: number
  readonly maxCapacity?: number
}

interface Table {
  readonly runs: readonly {
    readonly name: string
    readonly limits: readonly [number, number]
    readonly desired: number
    readonly action: Action
    readonly becomes?: readonly [number, number]
    readonly capacity?: number | null
    readonly problem?: string
  }[]
  readonly problems: readonly {
    readonly name: string
    readonly action: Action | null
    readonly startMs?: number
    readonly endMs?: number
    readonly problem: string | null
  }[]
  readonly suspensions: readonly {
    readonly name: string
    readonly before: Partial<SuspendedState>
    readonly given: Partial<SuspendedState>
    readonly after: SuspendedState
    readonly resumed: readonly string[]
  }[]
}

const table = readGolden('scheduled-actions.json') as Table

describe('a scheduled action that runs', () => {
  it.each(table.runs)('$name', ({ limits: [min, max], desired, action, becomes, capacity, problem }) => {
    const outcome = applyScheduledAction({ min, max, desired }, targetAction(action))
    expect(outcome).toEqual(
      becomes === undefined
        ? { kind: 'failed', problem }
        : { kind: 'applied', min: becomes[0], max: becomes[1], capacity: capacity ?? undefined },
    )
  })
})

describe('a scheduled action that is put', () => {
  it.each(table.problems)('$name', ({ action, startMs, endMs, problem }) => {
    const put = { targetAction: action === null ? undefined : targetAction(action), startMs, endMs }
    expect(scheduledActionProblem(put) ?? null).toBe(problem)
  })
})

describe('suspension', () => {
  it.each(table.suspensions)('$name', ({ given, after, resumed, ...row }) => {
    const before = { ...NOT_SUSPENDED, ...row.before }
    expect(withSuspension(before, given)).toEqual(after)
    expect(resumedDirections(before, after)).toEqual(resumed)
  })

  it('runs that were missed stay missed: the next is the first after resuming', () => {
    const hourly = parseSchedule('cron(0 * * * ? *)')
    const window = { startMs: undefined, endMs: undefined, createdMs: 0 }
    const resumedMs = Date.UTC(2026, 10, 22, 15, 30)
    expect(nextRun(hourly, window, resumedMs)).toBe(Date.UTC(2026, 10, 22, 16))
  })
})

function targetAction({ minCapacity, maxCapacity }: Action): Parameters<typeof applyScheduledAction>[1] {
  return { minCapacity, maxCapacity }
}
