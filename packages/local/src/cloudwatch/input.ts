import { Input } from '../server/input.js'
import type { InputDialect } from '../server/input.js'
import { invalidValue, missingParameter } from './errors.js'

const DIALECT: InputDialect = {
  itemPath: (listPath, position) => `${listPath}.member.${position}`,
  missing: missingParameter,
  invalid: invalidValue,
}

/** The members of a call, with paths and errors as CloudWatch writes them: `MetricData.member.1.Value`. */
export function inputOf(members: Readonly<Record<string, unknown>>): Input {
  return new Input(members, DIALECT)
}

/** A list has at most so many members. */
export function checkSize(list: readonly unknown[], path: string, maxSize: number): void {
  if (list.length <= maxSize) return
  throw invalidValue(`The collection ${path} must not have a size greater than ${maxSize}.`)
}
