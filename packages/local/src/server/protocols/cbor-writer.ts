/** A number that is a double on the wire even where it is whole: strict readers ask for what the shape says. */
export class CborDouble {
  readonly value: number

  constructor(value: number) {
    this.value = value
  }
}

/** Epoch seconds, as CBOR's tag 1. */
export class CborTimestamp {
  readonly seconds: number

  constructor(seconds: number) {
    this.seconds = seconds
  }
}

const TAG_EPOCH = 1

/**
 * Writes a value as CBOR (RFC 8949), lengths definite: what JSON has, byte arrays, {@link CborDouble} and
 * {@link CborTimestamp}. Members that are undefined are left out, as JSON leaves them out.
 */
export function encodeCbor(value: unknown): Buffer {
  const parts: Uint8Array[] = []
  write(value, parts)
  return Buffer.concat(parts)
}

function write(value: unknown, parts: Uint8Array[]): void {
  if (value === null || value === undefined) parts.push(Uint8Array.of(0xf6))
  else if (typeof value === 'boolean') parts.push(Uint8Array.of(value ? 0xf5 : 0xf4))
  else if (typeof value === 'number') parts.push(number(value))
  else if (typeof value === 'string') writeBytes(3, Buffer.from(value), parts)
  else if (value instanceof CborDouble) parts.push(double(value.value))
  else if (value instanceof CborTimestamp) parts.push(head(6, TAG_EPOCH), double(value.seconds))
  else if (value instanceof Uint8Array) writeBytes(2, value, parts)
  else if (Array.isArray(value)) writeList(value, parts)
  else if (typeof value === 'object') writeMap(value, parts)
  else throw new TypeError(`CBOR has no ${typeof value}.`)
}

function writeBytes(major: number, bytes: Uint8Array, parts: Uint8Array[]): void {
  parts.push(head(major, bytes.byteLength), bytes)
}

function writeList(list: readonly unknown[], parts: Uint8Array[]): void {
  parts.push(head(4, list.length))
  for (const item of list) write(item, parts)
}

function writeMap(map: object, parts: Uint8Array[]): void {
  const entries = Object.entries(map).filter(([, value]) => value !== undefined)
  parts.push(head(5, entries.length))
  for (const [key, value] of entries) {
    write(key, parts)
    write(value, parts)
  }
}

function number(value: number): Uint8Array {
  if (!Number.isSafeInteger(value) || Object.is(value, -0)) return double(value)
  return value < 0 ? head(1, -1 - value) : head(0, value)
}

function double(value: number): Uint8Array {
  const bytes = Buffer.alloc(9)
  bytes[0] = 0xfb
  bytes.writeDoubleBE(value, 1)
  return bytes
}

/** A major type with its argument, in the fewest bytes. */
function head(major: number, argument: number): Uint8Array {
  const type = major << 5
  if (argument < 24) return Uint8Array.of(type | argument)
  if (argument < 0x100) return Uint8Array.of(type | 24, argument)
  const bytes = Buffer.alloc(argument < 0x1_0000 ? 3 : argument < 0x1_0000_0000 ? 5 : 9)
  bytes[0] = type | { 3: 25, 5: 26, 9: 27 }[bytes.byteLength as 3 | 5 | 9]
  if (bytes.byteLength === 9) bytes.writeBigUInt64BE(BigInt(argument), 1)
  else bytes.writeUIntBE(argument, 1, bytes.byteLength - 1)
  return bytes
}
