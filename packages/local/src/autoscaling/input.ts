/**
 * Reads the inputs of Application Auto Scaling by schema. What is wrong is said in the words of AWS's constraint
 * checks, all of it at once; a member of another JSON type than expected is refused as AWS's deserializer refuses it.
 */
import type { z } from 'zod'

import { AwsError } from '../server/aws-error.js'
import { validationError } from './errors.js'

export function readInput<Schema extends z.ZodType>(schema: Schema, members: unknown): z.output<Schema> {
  const result = schema.safeParse(members, { reportInput: true })
  if (result.success) return result.data
  const problems = result.error.issues.map(describe)
  const count = problems.length === 1 ? '1 validation error' : `${problems.length} validation errors`
  throw validationError(`${count} detected: ${problems.join('; ')}`)
}

function describe(issue: z.core.$ZodIssue): string {
  const path = issue.path.map((part) =>
    typeof part === 'number' ? `${part + 1}.member` : lowerFirst(String(part)),
  )
  const value = issue.input === undefined ? 'null' : `'${text(issue.input)}'`
  return `Value ${value} at '${path.join('.')}' failed to satisfy constraint: ${constraint(issue, path.join('.'))}`
}

function constraint(issue: z.core.$ZodIssue, path: string): string {
  if (issue.input === undefined) return 'Member must not be null'
  if (issue.code === 'invalid_type') {
    const got = Array.isArray(issue.input) ? 'a list' : typeof issue.input
    throw new AwsError('SerializationException', `${path}: expected ${issue.expected}, got ${got}.`)
  }
  if (issue.code === 'invalid_value') {
    return `Member must satisfy enum value set: [${issue.values.map(String).join(', ')}]`
  }
  if (issue.code === 'too_small') {
    return `Member must have ${measure(issue.origin)} greater than or equal to ${issue.minimum}`
  }
  if (issue.code === 'too_big') {
    return `Member must have ${measure(issue.origin)} less than or equal to ${issue.maximum}`
  }
  if (issue.code === 'invalid_format') {
    return `Member must satisfy regular expression pattern: ${issue.pattern ?? issue.format}`
  }
  return issue.message
}

function measure(origin: string): string {
  return origin === 'string' || origin === 'array' ? 'length' : 'value'
}

function lowerFirst(name: string): string {
  return name.slice(0, 1).toLowerCase() + name.slice(1)
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
