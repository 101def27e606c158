import { AwsError } from '../aws-error.js'

/** How one service's inputs and outputs look in the query protocol. */
export interface QueryForms {
  /** An input in AWS JSON's forms, from the fields of a form. */
  readonly read: (fields: Fields, operation: string) => Record<string, unknown>
  /** What stands inside the result's element, from an output in AWS JSON's forms. */
  readonly write: (output: object, operation: string) => string
}

/** A form's fields, gathered by the parts of their names: `Tag.1.Key=a` is `Tag → 1 → Key → 'a'`. */
export type Fields = ReadonlyMap<string, Field>
export type Field = string | Fields

type Gathered = Map<string, string | Gathered>

// MetricDataQueries.member.1.MetricStat.Metric.Dimensions.member.1.Name has nine.
const MAX_PARTS = 24

/** @throws AwsError MalformedQueryString for names that contradict each other. */
export function gatherFields(form: URLSearchParams): Fields {
  const fields: Gathered = new Map()
  for (const [name, value] of form) {
    const parts = name.split('.')
    const last = parts.pop() ?? ''
    if (parts.length >= MAX_PARTS) throw malformed(`a parameter's name has more than ${MAX_PARTS} parts`)
    const place = parts.reduce((inside, part) => groupIn(inside, part, name), fields)
    if (place.get(last) instanceof Map) throw malformed(`${name} has both a value and parts`)
    place.set(last, value)
  }
  return fields
}

/** The members of a list or a map by their numbers: `1`, `2`, … */
export function numbered(fields: Fields): Field[] {
  return Array.from(fields)
    .filter(([name]) => /^\d+$/.test(name))
    .sort(([one], [other]) => Number(one) - Number(other))
    .map(([, field]) => field)
}

function groupIn(fields: Gathered, name: string, whole: string): Gathered {
  const found = fields.get(name)
  if (found instanceof Map) return found
  if (found !== undefined) throw malformed(`${whole} is part of a parameter that has a value`)
  const group: Gathered = new Map()
  fields.set(name, group)
  return group
}

function malformed(why: string): AwsError {
  return new AwsError('MalformedQueryString', `The query string is malformed: ${why}.`)
}
