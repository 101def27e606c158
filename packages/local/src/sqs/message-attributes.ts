import { hash } from 'node:crypto'

import { invalidParameter } from './errors.js'
import { optionalText, structure, structureMap } from './input.js'
import type { Input } from './input.js'
import { hasInvalidCharacters } from './message-text.js'

/** One attribute as the wire carries it: binary values stay base64 text. */
export interface MessageAttribute {
  readonly DataType: string
  readonly StringValue?: string
  readonly BinaryValue?: string
}

export type MessageAttributes = Readonly<Record<string, MessageAttribute>>

const MAX_ATTRIBUTES = 10
const MAX_NAME_LENGTH = 256
const NAME = /^[A-Za-z0-9_.-]+$/
const RESERVED = /^(aws\.|amazon\.)/i
const DATA_TYPE = /^(String|Number|Binary)(\..+)?$/
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/** Reads and checks a message's attributes; undefined when it has none. `maximum` is 10 unless all are system attributes. */
export function readMessageAttributes(input: Input, parameter: string): MessageAttributes | undefined {
  const entries = Object.entries(structureMap(input, parameter))
  if (entries.length === 0) return undefined
  if (entries.length > MAX_ATTRIBUTES) {
    throw invalidParameter(
      `Number of message attributes [${entries.length}] exceeds the allowed maximum [${MAX_ATTRIBUTES}].`,
    )
  }
  return Object.fromEntries(
    entries.map(([name, value]) => {
      checkName(name)
      return [name, readAttribute(name, structure(`${parameter}.${name}`, value))]
    }),
  )
}

/** Bytes that attributes add to a message: names, data types and values. */
export function attributesBytes(attributes: MessageAttributes | undefined): number {
  let bytes = 0
  for (const [name, attribute] of Object.entries(attributes ?? {})) {
    bytes += Buffer.byteLength(name) + Buffer.byteLength(attribute.DataType) + valueOf(attribute).byteLength
  }
  return bytes
}

/**
 * SQS's digest of attributes, which clients check: in order of name, each as length-prefixed name, length-prefixed
 * data type, one byte (1 text, 2 binary) and length-prefixed value; lengths are 32 bits, big endian. MD5, hexadecimal.
 */
export function md5OfAttributes(attributes: MessageAttributes | undefined): string | undefined {
  if (attributes === undefined) return undefined
  const parts: Buffer[] = []
  for (const [name, attribute] of Object.entries(attributes).sort(byCodeUnit)) {
    const transport = attribute.BinaryValue === undefined ? 1 : 2
    parts.push(prefixed(Buffer.from(name)), prefixed(Buffer.from(attribute.DataType)))
    parts.push(Buffer.from([transport]), prefixed(valueOf(attribute)))
  }
  return hash('md5', Buffer.concat(parts))
}

/** The attributes that a receiver asked for: names, `All` or `.*`, and prefixes written `prefix.*`. */
export function selectAttributes(
  attributes: MessageAttributes | undefined,
  wanted: readonly string[],
): MessageAttributes | undefined {
  if (attributes === undefined || wanted.length === 0) return undefined
  if (wanted.some((name) => name === 'All' || name === '.*' || name === '*')) return attributes
  const prefixes = wanted.filter((name) => name.endsWith('.*')).map((name) => name.slice(0, -2))
  const selected = Object.entries(attributes).filter(
    ([name]) => wanted.includes(name) || prefixes.some((prefix) => name.startsWith(prefix)),
  )
  return selected.length === 0 ? undefined : Object.fromEntries(selected)
}

function byCodeUnit([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : 1
}

function prefixed(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.byteLength)
  return Buffer.concat([length, bytes])
}

function valueOf({ StringValue, BinaryValue }: MessageAttribute): Buffer {
  return BinaryValue === undefined ? Buffer.from(StringValue ?? '') : Buffer.from(BinaryValue, 'base64')
}

function checkName(name: string): void {
  if (name.length > MAX_NAME_LENGTH) {
    throw invalidParameter(`Message (user) attribute names must be shorter than ${MAX_NAME_LENGTH} Bytes`)
  }
  if (!NAME.test(name)) {
    throw invalidParameter(
      'Message (user) attributes name can only contain upper and lower score characters, digits, periods, hyphens and underscores. ',
    )
  }
  if (RESERVED.test(name) || name.startsWith('.') || name.endsWith('.')) {
    throw invalidParameter(
      "You can't use message attribute names beginning with 'AWS.' or 'Amazon.'. These strings are reserved for internal use. Additionally, they cannot start or end with '.'.",
    )
  }
  if (name.includes('..'))
    throw invalidParameter('Message (user) attribute name can not have successive periods. ')
}

function readAttribute(name: string, input: Input): MessageAttribute {
  const dataType = optionalText(input, 'DataType') ?? ''
  if (dataType === '')
    throw invalidParameter(`The message attribute '${name}' must contain a non-empty message attribute type.`)
  if (!DATA_TYPE.test(dataType)) {
    throw invalidParameter(
      `The type of message (user) attribute '${name}' is invalid. You must use only the following supported type prefixes: Binary, Number, String.`,
    )
  }
  if (dataType.length > MAX_NAME_LENGTH) {
    throw invalidParameter(`Message (user) attribute types must be shorter than ${MAX_NAME_LENGTH} Bytes`)
  }
  return dataType.startsWith('Binary')
    ? { DataType: dataType, BinaryValue: readBinary(name, input) }
    : { DataType: dataType, StringValue: readString(name, dataType, input) }
}

function readBinary(name: string, input: Input): string {
  const value = optionalText(input, 'BinaryValue') ?? ''
  if (value === '') throw emptyValue(name, 'Binary')
  if (!BASE64.test(value)) throw invalidParameter(`Message (user) attribute '${name}' is not valid base64.`)
  return value
}

function readString(name: string, dataType: string, input: Input): string {
  const value = optionalText(input, 'StringValue') ?? ''
  const base = dataType.startsWith('Number') ? 'Number' : 'String'
  // AWS names the wire field's type here, which is String for numbers too.
  if (value === '') throw emptyValue(name, 'String')
  if (hasInvalidCharacters(value)) {
    throw invalidParameter(`Message (user) attribute '${name}' contains characters that are not allowed.`)
  }
  if (base === 'Number' && !isSqsNumber(value)) {
    throw invalidParameter(`Can't cast the value of message (user) attribute '${name}' to a number.`)
  }
  return value
}

function emptyValue(name: string, type: string): Error {
  return invalidParameter(
    `Message (user) attribute '${name}' must contain a non-empty value of type '${type}'.`,
  )
}

// "Up to 38 digits of precision, between 10^-128 and 10^126" (SQS's message metadata documentation).
function isSqsNumber(text: string): boolean {
  if (!NUMBER.test(text)) return false
  const digits = text
    .replace(/e.*$/i, '')
    .replace(/[+\-.]/g, '')
    .replace(/^0+/, '')
  const magnitude = Math.abs(Number(text))
  return digits.length <= 38 && (digits === '' || (magnitude >= 1e-128 && magnitude <= 1e126))
}
