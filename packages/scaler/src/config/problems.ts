import { z } from 'zod'
import type { ConfigProblem } from '../errors.js'
import { nearestKey } from './nearest.js'
import { brokenRules } from './rules.js'
import { serviceSchema } from './schema.js'

/** All that is wrong with `config`, each problem naming the option, what it should be, what it is, and what was meant. */
export function configProblems(config: unknown): ConfigProblem[] {
  const issues = serviceSchema.safeParse(config).error?.issues ?? []
  const ofShape = issues.flatMap((issue): ConfigProblem[] => {
    const keys = issue.path.map(String)
    return issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => unknownOption(keys, key))
      : [{ path: keys.join('.'), expected: issue.message, got: describeValue(valueAt(config, keys)) }]
  })
  const ofRules = brokenRules(config).map(({ path, expected }) => ({
    path: path.join('.'),
    expected,
    got: describeValue(valueAt(config, path)),
  }))
  return [...ofShape, ...ofRules]
}

function unknownOption(parents: readonly string[], key: string): ConfigProblem {
  const known = optionPaths(serviceSchema)
  const siblings = known.filter((path) => path.length === parents.length + 1 && isPrefix(parents, path))
  const path = [...parents, key].join('.')
  const names = siblings.map(lastKey)
  const nearest = nearestKey(key, names)
  const elsewhere = known.find((path) => lastKey(path) === key)
  const meant = nearest === undefined ? elsewhere : [...parents, nearest]
  return {
    path,
    expected: `only ${names.join(', ')}`,
    got: 'an unknown option',
    ...(meant === undefined ? {} : { nearest: meant.join('.') }),
  }
}

function lastKey(path: readonly string[]): string {
  return path.at(-1) ?? ''
}

function isPrefix(prefix: readonly string[], path: readonly string[]): boolean {
  return prefix.every((key, index) => path[index] === key)
}

/** The paths of all options, objects before what is in them. */
function optionPaths(schema: unknown): string[][] {
  const bare = schema instanceof z.ZodOptional ? schema.unwrap() : schema
  if (!(bare instanceof z.ZodObject)) return []
  const paths: string[][] = []
  for (const [key, inner] of Object.entries(bare.shape)) {
    paths.push([key])
    for (const path of optionPaths(inner)) paths.push([key, ...path])
  }
  return paths
}

function valueAt(input: unknown, keys: readonly string[]): unknown {
  return keys.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    input,
  )
}

const LONGEST_TEXT = 60

/** A value in a few words: enough to find it in the file. */
export function describeValue(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'function') return 'a function'
  if (typeof value === 'object' && value !== null) return 'an object'
  if (typeof value !== 'string') return `${value as number}`
  return JSON.stringify(value.length > LONGEST_TEXT ? `${value.slice(0, LONGEST_TEXT)}…` : value)
}
