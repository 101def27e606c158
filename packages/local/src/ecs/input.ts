import { Input } from '../server/input.js'
import type { InputDialect } from '../server/input.js'
import { invalidParameter } from './errors.js'

/** An environment variable. */
export interface KeyValue {
  readonly name: string
  readonly value: string
}

const DIALECT: InputDialect = {
  itemPath: (listPath, position) => `${listPath}[${position - 1}]`,
  missing: (path) => invalidParameter(`${path} must be specified.`),
  invalid: invalidParameter,
}

/** The members of a call, with paths and errors as ECS writes them: `containerDefinitions[0].name`. */
export function inputOf(members: Readonly<Record<string, unknown>>): Input {
  return new Input(members, DIALECT)
}

export function readKeyValues(input: Input, name: string): readonly KeyValue[] | undefined {
  return input.objects(name)?.map((item) => ({
    name: item.string('name') ?? '',
    value: item.string('value') ?? '',
  }))
}

/** True when `include` names `what` (`TAGS`). */
export function isIncluded(input: Input, what: string): boolean {
  return input.strings('include')?.includes(what) ?? false
}
