import type { MessageAttribute } from '../delivery.js'
import type { OptionProblem } from '../option-problems.js'

export type Attributes = Readonly<Record<string, MessageAttribute>>

/** Attributes as they may be given: a string or a number goes as an attribute of type String or Number. */
export type GivenAttributes = Readonly<Record<string, string | number | MessageAttribute>>

// docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
export const MAX_ATTRIBUTES = 10
const NAME = /^(?!\.)(?!.*\.\.)(?!.*\.$)(?!aws\.|amazon\.)[\w.-]{1,256}$/i
const TYPE = /^(String|Number|Binary)(\..+)?$/

/** What the wire of compressed and large payloads says of itself. */
export const RESERVED: readonly string[] = ['ExtendedPayloadSize', 'SQSLargePayloadSize', 'content-encoding']

export function sqsAttributes(given: GivenAttributes): Attributes {
  const entries = Object.entries(given).map(([name, value]): [string, MessageAttribute] => {
    if (typeof value === 'string') return [name, { type: 'String', value }]
    if (typeof value === 'number') return [name, { type: 'Number', value: String(value) }]
    return [name, value]
  })
  return Object.fromEntries(entries)
}

/** What SQS would refuse, said before it is sent. */
export function attributeProblems(attributes: Attributes): OptionProblem[] {
  const problems = Object.entries(attributes).flatMap(([name, attribute]) => {
    const path = `attributes.${name}`
    const wrong = problemOf(name, attribute)
    return wrong === undefined ? [] : [{ path, ...wrong }]
  })
  const count = Object.keys(attributes).length
  if (count > MAX_ATTRIBUTES) {
    problems.push({ path: 'attributes', expected: `at most ${MAX_ATTRIBUTES}`, got: String(count) })
  }
  return problems
}

function problemOf(
  name: string,
  { type, value }: MessageAttribute,
): { expected: string; got: string } | undefined {
  if (!NAME.test(name)) {
    const expected = "a name of letters, digits, '_', '-' and single '.', not of AWS."
    return { expected, got: JSON.stringify(name) }
  }
  if (RESERVED.includes(name)) {
    return { expected: 'another name: this one belongs to large payloads', got: JSON.stringify(name) }
  }
  if (!TYPE.test(type)) {
    const expected = "a type String, Number or Binary, with or without an ending ('String.uuid')"
    return { expected, got: JSON.stringify(type) }
  }
  if (value.length === 0) return { expected: 'a value that is not empty', got: 'an empty one' }
  if (type.startsWith('Number') && !isNumber(value)) {
    return { expected: 'a number, as its type says', got: 'something else' }
  }
  return undefined
}

function isNumber(value: string | Uint8Array): boolean {
  return typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value))
}

/** What they count against SQS's limit. */
export function attributeBytes(attributes: Attributes): number {
  let bytes = 0
  for (const [name, { type, value }] of Object.entries(attributes)) {
    bytes += Buffer.byteLength(name) + Buffer.byteLength(type) + Buffer.byteLength(value)
  }
  return bytes
}
