import { AwsError } from '../server/aws-error.js'
import { invalidValue, missingParameter } from './errors.js'

/**
 * The members of an input from the wire, read with the type each should have. `null` is absent; another JSON type than
 * expected is refused as AWS's deserializer refuses it. Paths are CloudWatch's own: `MetricData.member.1.Value`.
 */
export class Input {
  readonly #members: Readonly<Record<string, unknown>>
  readonly #path: string

  constructor(members: Readonly<Record<string, unknown>>, path: string = '') {
    this.#members = members
    this.#path = path
  }

  pathOf(name: string): string {
    return `${this.#path}${name}`
  }

  has(name: string): boolean {
    const value = this.#members[name]
    return value !== undefined && value !== null
  }

  string(name: string): string | undefined {
    return this.#read(name, 'a string', (value) => typeof value === 'string')
  }

  boolean(name: string): boolean | undefined {
    return this.#read(name, 'true or false', (value) => typeof value === 'boolean')
  }

  /** Any number; clients spell the ones that JSON lacks as strings, and CloudWatch takes none of those. */
  number(name: string): number | undefined {
    const value = this.#members[name]
    if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') {
      throw invalidValue(`The value ${value} for parameter ${this.pathOf(name)} is invalid.`)
    }
    return this.#read(name, 'a number', (value) => typeof value === 'number')
  }

  integer(name: string): number | undefined {
    return this.#read(name, 'an integer', (value): value is number => Number.isInteger(value))
  }

  /** Epoch milliseconds, from epoch seconds or an ISO 8601 text. */
  timestampMs(name: string): number | undefined {
    const value = this.#members[name]
    if (value === undefined || value === null) return undefined
    const ms = typeof value === 'number' ? value * 1_000 : typeof value === 'string' ? Date.parse(value) : NaN
    if (Number.isFinite(ms)) return ms
    throw invalidValue(
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

  object(name: string): Input | undefined {
    const members = this.#read(name, 'an object', isObject)
    return members && new Input(members, `${this.pathOf(name)}.`)
  }

  objects(name: string): readonly Input[] | undefined {
    const items = this.#read(name, 'a list of objects', (value): value is readonly object[] =>
      isListOf(value, isObject),
    )
    return items?.map((members, at) => new Input({ ...members }, `${this.pathOf(name)}.member.${at + 1}.`))
  }

  /** A text that must be there, with at least one character and at most `maxLength`. */
  requiredString(name: string, maxLength: number = Infinity): string {
    const value = required(this.string(name), this.pathOf(name))
    if (value === '') throw missingParameter(this.pathOf(name))
    if (value.length <= maxLength) return value
    throw invalidValue(`The value for parameter ${this.pathOf(name)} is longer than ${maxLength} characters.`)
  }

  requiredNumber(name: string): number {
    return required(this.number(name), this.pathOf(name))
  }

  requiredInteger(name: string): number {
    return required(this.integer(name), this.pathOf(name))
  }

  requiredTimestampMs(name: string): number {
    return required(this.timestampMs(name), this.pathOf(name))
  }

  requiredStrings(name: string): readonly string[] {
    return required(this.strings(name), this.pathOf(name))
  }

  /** One of `allowed`, or undefined. */
  choice<Choice extends string>(name: string, allowed: readonly Choice[]): Choice | undefined {
    const value = this.string(name)
    if (value === undefined) return undefined
    const choice = allowed.find((candidate) => candidate === value)
    if (choice !== undefined) return choice
    throw invalidValue(
      `The value ${value} for parameter ${this.pathOf(name)} is invalid: it must be one of ${allowed.join(', ')}.`,
    )
  }

  requiredChoice<Choice extends string>(name: string, allowed: readonly Choice[]): Choice {
    return required(this.choice(name, allowed), this.pathOf(name))
  }

  #read<T>(name: string, expected: string, isExpected: (value: unknown) => value is T): T | undefined {
    const value = this.#members[name]
    if (value === undefined || value === null) return undefined
    if (isExpected(value)) return value
    const got = Array.isArray(value) ? 'a list' : typeof value
    throw new AwsError('SerializationException', `${this.pathOf(name)}: expected ${expected}, got ${got}.`)
  }
}

/** A list has at most so many members. */
export function checkSize(list: readonly unknown[], path: string, maxSize: number): void {
  if (list.length <= maxSize) return
  throw invalidValue(`The collection ${path} must not have a size greater than ${maxSize}.`)
}

function required<T>(value: T | undefined, path: string): T {
  if (value === undefined) throw missingParameter(path)
  return value
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isListOf(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isItem)
}
