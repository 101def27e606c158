import { parseSchedule, ScheduleError } from '@longshore/model'
import type { ScheduleConfig } from '../scaling-config.js'
import { HOLDS, itemsOf, repeated } from './rule.js'
import type { BrokenRule, Loose, Rule } from './rule.js'

/** Application Auto Scaling quotas. */
const MAX_SCHEDULES = 200

export const scheduleRules: readonly Rule[] = [
  ({ schedules }) =>
    repeated(
      itemsOf(schedules).map(({ name }) => name),
      (index) => ['schedules', String(index), 'name'],
    ),
  ({ schedules }) =>
    itemsOf(schedules).length > MAX_SCHEDULES
      ? [{ path: ['schedules'], expected: `at most ${MAX_SCHEDULES} schedules` }]
      : HOLDS,
  ({ schedules, strategy, controller }) =>
    strategy === 'controller' && controller?.sets === 'min'
      ? itemsOf(schedules).flatMap(({ min }, index) =>
          min === undefined
            ? []
            : [
                {
                  path: ['schedules', String(index), 'min'],
                  expected: "to be left out with controller.sets 'min'",
                },
              ],
        )
      : HOLDS,
  ({ schedules, tasks }) =>
    itemsOf(schedules).flatMap((schedule, index) =>
      brokenSchedule(schedule, tasks ?? {}).map(({ path, expected }) => ({
        path: ['schedules', String(index), ...path],
        expected,
      })),
    ),
]

function brokenSchedule(
  { when, timezone, min, max, start, end }: Loose<ScheduleConfig> & object,
  tasks: { readonly min?: number | undefined; readonly max?: number | undefined },
): BrokenRule[] {
  const broken: BrokenRule[] = []
  const problem = scheduleProblem(when, timezone)
  if (problem !== undefined) broken.push(problem)
  if (min === undefined && max === undefined)
    broken.push({ path: ['min'], expected: 'a number, or `max`, or both' })
  // A bound that an action leaves out stays as it was; held against tasks, since Application Auto Scaling fails the run.
  const least = min ?? tasks.min
  const most = max ?? tasks.max
  if (typeof least === 'number' && typeof most === 'number' && least > most) {
    broken.push(
      min === undefined
        ? { path: ['max'], expected: `at least tasks.min (${least})` }
        : { path: ['min'], expected: `at most ${max === undefined ? 'tasks.max' : 'max'} (${most})` },
    )
  }
  return [...broken, ...brokenSpan({ when, start, end })]
}

function brokenSpan({
  when,
  start,
  end,
}: Pick<Loose<ScheduleConfig> & object, 'when' | 'start' | 'end'>): BrokenRule[] {
  const given = (['start', 'end'] as const).filter((name) => ({ start, end })[name] !== undefined)
  if (when?.startsWith('at(') === true) {
    return given.map((name) => ({ path: [name], expected: "to be left out with 'at(…)', which runs once" }))
  }
  // NaN where one is missing or wrong: no comparison holds.
  const isReversed = Date.parse(start ?? '') >= Date.parse(end ?? '')
  return isReversed ? [{ path: ['end'], expected: `an instant after start (${start})` }] : []
}

function scheduleProblem(when: unknown, timezone: unknown): BrokenRule | undefined {
  if (typeof when !== 'string' || !/^(cron|rate|at)\(/.test(when)) return undefined
  const zone = typeof timezone === 'string' ? timezone : 'UTC'
  try {
    parseSchedule(when, zone)
    return undefined
  } catch (error) {
    if (!(error instanceof ScheduleError)) throw error
    return isParsed(when)
      ? { path: ['timezone'], expected: "a time zone of IANA's, such as 'Europe/Berlin'" }
      : { path: ['when'], expected: `a schedule that AWS takes (${error.message})` }
  }
}

function isParsed(when: string): boolean {
  try {
    parseSchedule(when)
    return true
  } catch {
    return false
  }
}
