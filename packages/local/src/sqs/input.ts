// Reads an operation's parsed JSON: a wrong type is SerializationException, as AWS's protocol layer answers before the
// service sees the call; a missing required parameter is MissingParameter.
import { AwsError } from '../server/aws-error.js'
import { missingParameter } from './errors.js'

/** An operation's input, or one entry of a batch. */
export type Input = Readonly<Record<string, unknown>>

export function requiredText(input: Input, name: string): string {
  const value = optionalText(input, name)
  if (value === undefined || value === '') throw missingParameter(name)
  return value
}

export function optionalText(input: Input, name: string): string | undefined {
  const value = input[name] ?? undefined
  if (value === undefined || typeof value === 'string') return value
  throw wrongType(name, value, 'a String')
}

export function requiredInteger(input: Input, name: string): number {
  const value = optionalInteger(input, name)
  if (value === undefined) throw missingParameter(name)
  return value
}

export function optionalInteger(input: Input, name: string): number | undefined {
  const value = input[name] ?? undefined
  if (value === undefined) return undefined
  if (typeof value === 'number' && Number.isInteger(value)) return value
  throw wrongType(name, value, 'an Integer')
}

/** An absent list is an empty one. */
export function textList(input: Input, name: string): string[] {
  return list(input, name).map((item) => {
    if (typeof item === 'string') return item
    throw wrongType(name, item, 'a String')
  })
}

/** An absent list is an empty one. */
export function structureList(input: Input, name: string): Input[] {
  return list(input, name).map((item) => structure(name, item))
}

/** An absent map is an empty one. */
export function textMap(input: Input, name: string): Map<string, string> {
  const entries = Object.entries(structureMap(input, name))
  return new Map(
    entries.map(([key, value]) => {
      if (typeof value === 'string') return [key, value]
      throw wrongType(`${name}.${key}`, value, 'a String')
    }),
  )
}

/** An absent structure is an empty one. */
export function structureMap(input: Input, name: string): Input {
  return structure(name, input[name] ?? {})
}

function list(input: Input, name: string): unknown[] {
  const value = input[name] ?? []
  if (Array.isArray(value)) return value
  throw wrongType(name, value, 'a List')
}

export function structure(name: string, value: unknown): Input {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Input
  throw wrongType(name, value, 'a Structure')
}

// The wording is that of AWS's JSON reader (`NUMBER_VALUE can not be converted to a String`), with the parameter's name.
function wrongType(name: string, value: unknown, expected: string): AwsError {
  return new AwsError(
    'SerializationException',
    `${name}: ${tokenOf(value)} can not be converted to ${expected}`,
  )
}

function tokenOf(value: unknown): string {
  if (value === null) return 'NULL_VALUE'
  if (Array.isArray(value)) return 'START_ARRAY'
  if (typeof value === 'string') return 'STRING_VALUE'
  if (typeof value === 'number') return Number.isInteger(value) ? 'NUMBER_VALUE' : 'DECIMAL_VALUE'
  if (typeof value === 'boolean') return value ? 'TRUE_VALUE' : 'FALSE_VALUE'
  return 'START_OBJECT'
}
