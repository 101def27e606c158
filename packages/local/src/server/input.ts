import { AwsError } from './aws-error.js'

/** How one service names the members of its inputs, and refuses them. */
export interface InputDialect {
  /** The path of one item of a list: `MetricData.member.1`. Positions count from 1. */
  readonly itemPath: (listPath: string, position: number) => string
  /** A member that must be there is not. */
  readonly missing: (path: string) => AwsError
  /** A member has a value that it must not have. */
  readonly invalid: (message: string) => AwsError
}

/**
 * The members of an input from the wire, read with the type each should have. `null` is absent; another JSON type than
 * expected is refused as AWS's deserializer refuses it, with SerializationException.
 */
export class Input {
  /** As they came, unchecked. */
  readonly members: Readonly<Record<string, unknown>>
  readonly #dialect: InputDialect
  readonly #path: string

  constructor(members: Readonly<Record<string, unknown>>, dialect: InputDialect, path: string = '') {
    this.members = members
    this.#dialect = dialect
    this.#path = path
  }

  pathOf(name: string): string {
    return `${this.#path}${name}`
  }

  has(name: string): boolean {
    const value = this.members[name]
    return value !== undefined && value !== null
  }

  string(name: string): string | undefined {
    return this.#read(name, 'a string', (value) => typeof value === 'string')
  }

  boolean(name: string): boolean | undefined {
    return this.#read(name, 'true or false', (value) => typeof value === 'boolean')
  }

  /** Any number; clients spell the ones that JSON lacks as strings, and no service takes those. */
  number(name: string): number | undefined {
    const value = this.members[name]
    if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') {
      throw this.#dialect.invalid(`The value ${value} for parameter ${this.pathOf(name)} is invalid.`)
    }
    return this.#read(name, 'a number', (value) => typeof value === 'number')
  }

  integer(name: string): number | undefined {
    return this.#read(name, 'an integer', (value): value is number => Number.isInteger(value))
  }

  /** Epoch milliseconds, from epoch seconds or an ISO 8601 text. */
  timestampMs(name: string): number | undefined {
    const value = this.members[name]
    if (value === undefined || value === null) return undefined
    const ms = typeof value === 'number' ? value * 1_000 : typeof value === 'string' ? Date.parse(value) : NaN
    if (Number.isFinite(ms)) return ms
    throw this.#dialect.invalid(
      `The parameter ${this.pathOf(name)} must be a timestamp; got ${JSON.stringify(value)}.`,
    )
  }

  strings(name: string): readonly string[] | undefined {
    return this.#read(name, 'a list of strings', (value): value is readonly string[] =>
      isListOf(value, (item) => typeof item === 'string'),
    )
  }

  numbers(name: string): readonly number[] | undefined {
    return this.#read(name, 'a list of numbers', (value): value is readonly number[] =>
      isListOf(value, (item) => typeof item === 'number'),
    )
  }

  list(name: string): readonly unknown[] | undefined {
    return this.#read(name, 'a list', (value): value is readonly unknown[] => Array.isArray(value))
  }

  object(name: string): Input | undefined {
    const members = this.#read(name, 'an object', isObject)
    return members && new Input(members, this.#dialect, `${this.pathOf(name)}.`)
  }

  objects(name: string): readonly Input[] | undefined {
    const items = this.#read(name, 'a list of objects', (value): value is readonly object[] =>
      isListOf(value, isObject),
    )
    return items?.map((members, at) => {
      const path = this.#dialect.itemPath(this.pathOf(name), at + 1)
      return new Input({ ...members }, this.#dialect, `${path}.`)
    })
  }

  /** A text that must be there, with at least one character and at most `maxLength`. */
  requiredString(name: string, maxLength: number = Infinity): string {
    const value = this.#required(name, this.string(name))
    if (value === '') throw this.#dialect.missing(this.pathOf(name))
    if (value.length <= maxLength) return value
    throw this.#dialect.invalid(
      `The value for parameter ${this.pathOf(name)} is longer than ${maxLength} characters.`,
    )
  }

  requiredNumber(name: string): number {
    return this.#required(name, this.number(name))
  }

  requiredInteger(name: string): number {
    return this.#required(name, this.integer(name))
  }

  requiredTimestampMs(name: string): number {
    return this.#required(name, this.timestampMs(name))
  }

  requiredStrings(name: string): readonly string[] {
    return this.#required(name, this.strings(name))
  }

  requiredChoice<Choice extends string>(name: string, allowed: readonly Choice[]): Choice {
    return this.#required(name, this.choice(name, allowed))
  }

  /** One of `allowed`, or undefined. */
  choice<Choice extends string>(name: string, allowed: readonly Choice[]): Choice | undefined {
    const value = this.string(name)
    return value === undefined ? undefined : this.#chosen(name, value, allowed)
  }

  /** A list of some of `allowed`, or undefined. */
  choices<Choice extends string>(name: string, allowed: readonly Choice[]): readonly Choice[] | undefined {
    return this.strings(name)?.map((value) => this.#chosen(name, value, allowed))
  }

  #chosen<Choice extends string>(name: string, value: string, allowed: readonly Choice[]): Choice {
    const choice = allowed.find((candidate) => candidate === value)
    if (choice !== undefined) return choice
    throw this.#dialect.invalid(
      `The value ${value} for parameter ${this.pathOf(name)} is invalid: it must be one of ${allowed.join(', ')}.`,
    )
  }

  #required<T>(name: string, value: T | undefined): T {
    if (value === undefined) throw this.#dialect.missing(this.pathOf(name))
    return value
  }

  #read<T>(name: string, expected: string, isExpected: (value: unknown) => value is T): T | undefined {
    const value = this.members[name]
    if (value === undefined || value === null) return undefined
    if (isExpected(value)) return value
    const got = Array.isArray(value) ? 'a list' : typeof value
    throw new AwsError('SerializationException', `${this.pathOf(name)}: expected ${expected}, got ${got}.`)
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isListOf(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isItem)
}
