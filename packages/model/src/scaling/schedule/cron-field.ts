/**
 * The fields of a cron expression that are sets of numbers: values, ranges, steps and lists of them.
 *
 *   *        all            5     that one         1,5      both
 *   1-5      from 1 to 5    1/10  1, 11, 21, …     8-17/3   8, 11, 14, 17
 *
 * Source: EventBridge user guide, "Cron expressions reference", to which the Application Auto Scaling user guide refers.
 */
import { ScheduleError } from './schedule-error.js'

export interface FieldForm {
  /** As the documentation names it. */
  readonly name: string
  readonly min: number
  readonly max: number
  /** Names for the numbers from `min`. */
  readonly names?: readonly string[]
  /** Whether `/` is among the field's wildcards. */
  readonly hasSteps: boolean
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC']
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT']

type FieldName = 'seconds' | 'minutes' | 'hours' | 'dayOfMonth' | 'month' | 'dayOfWeek' | 'year'

export const FIELDS: Readonly<Record<FieldName, FieldForm>> = {
  seconds: { name: 'Seconds', min: 0, max: 59, hasSteps: true },
  minutes: { name: 'Minutes', min: 0, max: 59, hasSteps: true },
  hours: { name: 'Hours', min: 0, max: 23, hasSteps: true },
  dayOfMonth: { name: 'Day-of-month', min: 1, max: 31, hasSteps: true },
  month: { name: 'Month', min: 1, max: 12, names: MONTHS, hasSteps: true },
  /** 1 is Sunday. */
  dayOfWeek: { name: 'Day-of-week', min: 1, max: 7, names: DAYS, hasSteps: false },
  year: { name: 'Year', min: 1970, max: 2199, hasSteps: true },
}

/** The numbers that a field holds, ascending. */
export function parseField(text: string, form: FieldForm): number[] {
  const numbers = new Set(text.split(',').flatMap((term) => parseTerm(term, text, form)))
  return [...numbers].sort((one, other) => one - other)
}

export function invalidField(text: string, { name, min, max }: FieldForm, problem?: string): ScheduleError {
  const wanted = problem ?? `expected values from ${min} to ${max}`
  return new ScheduleError(`Invalid CRON expression: ${name} '${text}': ${wanted}`)
}

function parseTerm(term: string, text: string, form: FieldForm): number[] {
  const match = /^(?:(?<all>\*)|(?<from>\w+)(?:-(?<to>\w+))?)(?:\/(?<step>\d+))?$/.exec(term)
  if (match?.groups === undefined) throw invalidField(text, form)
  const { all, from = '', to, step } = match.groups
  if (step !== undefined && !form.hasSteps) throw invalidField(text, form, 'this field takes no /')
  const first = all === undefined ? numberOf(from, text, form) : form.min
  const last = lastOf({ to, isOpen: all !== undefined || step !== undefined, first }, text, form)
  const by = Number(step ?? 1)
  if (by < 1) throw invalidField(text, form, 'a step is 1 or more')
  if (last < first) throw invalidField(text, form, 'a range begins before it ends')
  return Array.from({ length: Math.floor((last - first) / by) + 1 }, (_, index) => first + index * by)
}

function lastOf(
  range: { readonly to: string | undefined; readonly isOpen: boolean; readonly first: number },
  text: string,
  form: FieldForm,
): number {
  if (range.to !== undefined) return numberOf(range.to, text, form)
  return range.isOpen ? form.max : range.first
}

export function numberOf(value: string, text: string, form: FieldForm): number {
  const named = form.names?.indexOf(value.toUpperCase()) ?? -1
  const number = named >= 0 ? form.min + named : Number(value)
  if (!/^\d+$/.test(value) && named < 0) throw invalidField(text, form)
  if (number < form.min || number > form.max) throw invalidField(text, form)
  return number
}
