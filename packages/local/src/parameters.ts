import { PARAMETERS } from '@longshore/model'
import type { ModelParameters } from '@longshore/model'

import { describe, nearestOf } from './server/problems.js'
import type { LocalAwsProblem } from './server/problems.js'

type Choices = {
  readonly [
    Name in keyof ModelParameters as ModelParameters[Name] extends string ? Name : never
  ]: readonly ModelParameters[Name][]
}

/** What the parameters that are texts may be. */
const CHOICES: Choices = {
  metricMathMissingOperand: ['zero', 'none'],
  scaleInSizing: ['proportional', 'gradual'],
}

/** What is wrong with the option `parameters`; nothing where it is no object, which the options themselves tell. */
export function parameterProblems(parameters: unknown): LocalAwsProblem[] {
  if (typeof parameters !== 'object' || parameters === null || Array.isArray(parameters)) return []
  return Object.entries(parameters).flatMap(([name, value]: [string, unknown]) => {
    const expected = expectedOf(name)
    if (expected === undefined) return [noSuchParameter(name, value)]
    return expected.isMet(value)
      ? []
      : [{ path: `parameters.${name}`, expected: expected.text, got: describe(value) }]
  })
}

function noSuchParameter(name: string, value: unknown): LocalAwsProblem {
  const nearest = nearestOf(name, Object.keys(PARAMETERS))
  const problem = { path: `parameters.${name}`, expected: 'no such parameter', got: describe(value) }
  return nearest === undefined ? problem : { ...problem, nearest }
}

/** Undefined for a parameter that does not exist. */
function expectedOf(
  name: string,
): { readonly text: string; readonly isMet: (value: unknown) => boolean } | undefined {
  if (!Object.hasOwn(PARAMETERS, name)) return undefined
  const { value: example, unit } = PARAMETERS[name as keyof ModelParameters]
  if (typeof example === 'boolean') {
    return { text: 'true or false', isMet: (value) => typeof value === 'boolean' }
  }
  if (typeof example === 'number') {
    const isMet = (value: unknown): boolean => Number.isFinite(value) && Number(value) >= 0
    return { text: `a number of 0 or more (${unit})`, isMet }
  }
  const choices: readonly unknown[] = CHOICES[name as keyof Choices]
  return { text: choices.map(describe).join(' or '), isMet: (value) => choices.includes(value) }
}
