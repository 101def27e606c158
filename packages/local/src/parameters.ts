import { option } from '@longshore/core/option-problems'
import { PARAMETERS } from '@longshore/model'
import type { ModelParameters } from '@longshore/model'
import { z } from 'zod'

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

const names = Object.keys(PARAMETERS) as (keyof ModelParameters)[]

/** The option `parameters`: each of the model's by its name, of its own kind. */
export const parametersOption: z.ZodOptional<z.ZodType<Partial<ModelParameters>>> = z
  .strictObject(Object.fromEntries(names.map((name) => [name, parameterOption(name)])))
  .optional()

function parameterOption(name: keyof ModelParameters): z.ZodType {
  const { value: example, unit } = PARAMETERS[name]
  if (typeof example === 'boolean') return option('true or false', (value) => typeof value === 'boolean')
  if (typeof example === 'number') {
    return option(`a number of 0 or more (${unit})`, (value) => Number.isFinite(value) && Number(value) >= 0)
  }
  const choices: readonly unknown[] = CHOICES[name as keyof Choices]
  return option(choices.map((choice) => `'${String(choice)}'`).join(' or '), (value) =>
    choices.includes(value),
  )
}
