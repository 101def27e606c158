import { AwsError } from '../server/aws-error.js'

export interface Tag {
  readonly key: string
  readonly value: string
}

export interface KeyValue {
  readonly name: string
  readonly value: string
}

/**
 * The members of an input from the wire, read with the type each should have. Absent and `null` members are undefined;
 * one of another JSON type is refused as AWS's deserializer refuses it, with SerializationException.
 */
export class Input {
  readonly members: Readonly<Record<string, unknown>>
  readonly #path: string

  constructor(members: Readonly<Record<string, unknown>>, path: string = '') {
    this.members = members
    this.#path = path
  }

  string(name: string): string | undefined {
    return this.#read(name, 'a string', (value) => typeof value === 'string')
  }

  boolean(name: string): boolean | undefined {
    return this.#read(name, 'true or false', (value) => typeof value === 'boolean')
  }

  integer(name: string): number | undefined {
    return this.#read(name, 'an integer', (value): value is number => Number.isInteger(value))
  }

  strings(name: string): readonly string[] | undefined {
    return this.#read(name, 'a list of strings', (value): value is readonly string[] =>
      isListOf(value, (item) => typeof item === 'string'),
    )
  }

  list(name: string): readonly unknown[] | undefined {
    return this.#read(name, 'a list', (value): value is readonly unknown[] => Array.isArray(value))
  }

  object(name: string): Input | undefined {
    const members = this.#read(name, 'an object', isObject)
    return members === undefined ? undefined : new Input(members, `${this.#path}${name}.`)
  }

  objects(name: string): readonly Input[] | undefined {
    const items = this.#read(name, 'a list of objects', (value): value is readonly object[] =>
      isListOf(value, isObject),
    )
    return items?.map((members, at) => new Input({ ...members }, `${this.#path}${name}[${at}].`))
  }

  /** Environment variables and the like. */
  keyValues(name: string): readonly KeyValue[] | undefined {
    return this.objects(name)?.map((item) => ({
      name: item.string('name') ?? '',
      value: item.string('value') ?? '',
    }))
  }

  tags(): readonly Tag[] {
    return (this.objects('tags') ?? []).map((item) => ({
      key: item.string('key') ?? '',
      value: item.string('value') ?? '',
    }))
  }

  /** True when `include` names `what` (`TAGS`). */
  includes(what: string): boolean {
    return this.strings('include')?.includes(what) ?? false
  }

  #read<T>(name: string, expected: string, isExpected: (value: unknown) => value is T): T | undefined {
    const value = this.members[name]
    if (value === undefined || value === null) return undefined
    if (isExpected(value)) return value
    throw new AwsError(
      'SerializationException',
      `${this.#path}${name}: expected ${expected}, got ${Array.isArray(value) ? 'a list' : typeof value}.`,
    )
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isListOf(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isItem)
}

export function invalidParameter(message: string): AwsError {
  return new AwsError('InvalidParameterException', message)
}

export function clientError(message: string): AwsError {
  return new AwsError('ClientException', message)
}
