/** Bytes that are not the CBOR of one value, or more of it than this reader takes. The message says where. */
export class CborError extends Error {
  constructor(problem: string, at: number) {
    super(`${problem} at byte ${at}.`)
    this.name = 'CborError'
  }
}

// Far deeper than any input of AWS's; less deep than this machine's stack.
const MAX_DEPTH = 64
const BREAK = Symbol('break')

/**
 * Reads one value of CBOR (RFC 8949) into the forms of JSON: byte strings become base64 text, tags are dropped (the
 * content of tag 1 is epoch seconds, which is what AWS JSON has), and integers become numbers, exact up to 2^53.
 *
 * @throws CborError
 */
export function decodeCbor(bytes: Uint8Array): unknown {
  const reader = new Reader(bytes)
  const value = reader.value()
  reader.expectEnd()
  return value
}

class Reader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at = 0
  #depth = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  value(): unknown {
    const value = this.#item()
    if (value === BREAK) throw new CborError('A break outside of an indefinite length', this.#at - 1)
    return value
  }

  expectEnd(): void {
    if (this.#at < this.#bytes.byteLength) throw new CborError('More than one value', this.#at)
  }

  /** A value, or the break that ends an indefinite length. */
  #item(): unknown {
    const start = this.#at
    const initial = this.#view.getUint8(this.#take(1))
    const major = initial >> 5
    const info = initial & 31
    if (major === 7) return this.#simple(info, start)
    const isIndefinite = info === 31
    if (isIndefinite && (major < 2 || major > 5)) throw new CborError('An invalid length', start)
    const argument = isIndefinite ? undefined : this.#argument(info, start)
    if (++this.#depth > MAX_DEPTH) throw new CborError(`More than ${MAX_DEPTH} levels`, start)
    const value = this.#compound(major, argument)
    this.#depth--
    return value
  }

  /** `argument` is undefined for an indefinite length. */
  #compound(major: number, argument: number | undefined): unknown {
    switch (major) {
      case 0:
        return argument
      case 1:
        return -1 - (argument ?? 0)
      case 2:
        return Buffer.concat(this.#chunks(2, argument)).toString('base64')
      case 3:
        return this.#chunks(3, argument).map(utf8).join('')
      case 4:
        return Array.from(this.#items(argument))
      case 5:
        return Object.fromEntries(this.#entries(argument))
      default:
        return this.value()
    }
  }

  *#items(count: number = Infinity): Generator {
    for (let index = 0; index < count; index++) {
      const item = this.#item()
      if (item !== BREAK) yield item
      else if (count === Infinity) return
      else throw new CborError('A break inside a definite length', this.#at - 1)
    }
  }

  *#entries(count?: number): Generator<[string, unknown]> {
    const start = this.#at
    for (const key of this.#items(count)) {
      if (typeof key !== 'string') throw new CborError('A map whose key is no text', start)
      yield [key, this.value()]
    }
  }

  /** The pieces of a string: one, or those of an indefinite length, each with a definite one. */
  #chunks(major: number, length: number | undefined): Uint8Array[] {
    if (length !== undefined) return [this.#slice(length)]
    const chunks: Uint8Array[] = []
    for (;;) {
      const start = this.#at
      const initial = this.#view.getUint8(this.#take(1))
      if (initial === 0xff) return chunks
      if (initial >> 5 !== major) throw new CborError('A piece of another kind inside a string', start)
      chunks.push(this.#slice(this.#argument(initial & 31, start)))
    }
  }

  #argument(info: number, start: number): number {
    if (info < 24) return info
    switch (info) {
      case 24:
        return this.#view.getUint8(this.#take(1))
      case 25:
        return this.#view.getUint16(this.#take(2))
      case 26:
        return this.#view.getUint32(this.#take(4))
      case 27:
        return Number(this.#view.getBigUint64(this.#take(8)))
      default:
        throw new CborError('An invalid length', start)
    }
  }

  #simple(info: number, start: number): unknown {
    switch (info) {
      case 20:
      case 21:
        return info === 21
      case 22:
      case 23:
        return null
      case 25:
        return halfFloat(this.#view.getUint16(this.#take(2)))
      case 26:
        return this.#view.getFloat32(this.#take(4))
      case 27:
        return this.#view.getFloat64(this.#take(8))
      case 31:
        return BREAK
      default:
        throw new CborError('A simple value that has no meaning here', start)
    }
  }

  #slice(length: number): Uint8Array {
    const start = this.#take(length)
    return this.#bytes.subarray(start, start + length)
  }

  #take(length: number): number {
    const start = this.#at
    if (length > this.#bytes.byteLength - start) throw new CborError('An end before its time', start)
    this.#at += length
    return start
  }
}

/** IEEE 754 half precision: 1 sign bit, 5 of exponent, 10 of fraction (RFC 8949, appendix D). */
function halfFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 31
  const fraction = bits & 0x3ff
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN
  return sign * (fraction + 1_024) * 2 ** (exponent - 25)
}

function utf8(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
}
