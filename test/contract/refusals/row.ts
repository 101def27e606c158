// What SQS refuses, a row each: the call, the error's shape, and its words, as recorded from AWS where a recording is public.

/** What the rows name. */
export interface Stage {
  readonly arn: (name: string) => string
  readonly url: (name: string) => string
  readonly standard: string
  readonly fifo: string
  readonly dead: string
  /** A queue whose message a second receive holds. */
  readonly again: string
  readonly handles: Readonly<Record<'gone' | 'old' | 'held' | 'expired', string>>
}

export interface Refusal {
  readonly what: string
  readonly operation: string
  readonly input: (stage: Stage) => object
  readonly shape: string
  readonly message: string | ((stage: Stage) => string)
  readonly queryMessage: Refusal['message']
}

type Input = Refusal['input'] | object

export const VALUE = 'InvalidParameterValueException'
export const MISSING = 'MissingRequiredParameterException'

/** A refused call: the error's shape and its words, those of the query protocol last where they are others. */
export function row(
  operation: string,
  what: string,
  input: Input,
  [shape, message, queryMessage]: readonly [string, Refusal['message'], string?],
): Refusal {
  const read = typeof input === 'function' ? (input as Refusal['input']) : () => input
  return { operation, what, shape, message, queryMessage: queryMessage ?? message, input: read }
}

export const invalid: (parameter: string, value: string | number, reason: string) => string = (
  parameter,
  value,
  reason,
) => `Value ${value} for parameter ${parameter} is invalid. Reason: ${reason}`
export const missing: (parameter: string) => [shape: string, message: string] = (parameter) => [
  MISSING,
  `The request must contain the parameter ${parameter}.`,
]
