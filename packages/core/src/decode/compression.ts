import { promisify } from 'node:util'
import * as zlib from 'node:zlib'
import type { MessageAttribute } from '../delivery.js'
import { unreadable } from '../payload.js'

/** How a body may be compressed. `zstd` needs Node 22.15 or newer on both sides. */
export type Encoding = 'gzip' | 'br' | 'zstd'

/** Says that the body is base64 of compressed UTF-8, and compressed how. */
export const ENCODING_ATTRIBUTE = 'content-encoding'

type Transform = (input: Uint8Array, options: zlib.ZlibOptions | zlib.BrotliOptions) => Promise<Buffer>

// Node 20 has no zstd.
const transform = (name: string): Transform | undefined => {
  const found: unknown = Reflect.get(zlib, name)
  return typeof found === 'function' ? promisify(found as never) : undefined
}

const COMPRESS: Readonly<Record<Encoding, Transform | undefined>> = {
  gzip: transform('gzip'),
  br: transform('brotliCompress'),
  zstd: transform('zstdCompress'),
}

const DECOMPRESS: Readonly<Record<Encoding, Transform | undefined>> = {
  gzip: transform('gunzip'),
  br: transform('brotliDecompress'),
  zstd: transform('zstdDecompress'),
}

// Node's default, 11, takes a hundred times as long to save a few percent more.
const BROTLI = { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 5 } }

/** What this version of Node can compress with. */
export const ENCODINGS: readonly Encoding[] = (['gzip', 'br', 'zstd'] as const).filter(
  (encoding) => COMPRESS[encoding] !== undefined,
)

// Said of bodies that are plain text.
const PLAIN = new Set(['identity', 'utf-8', 'utf8'])

export async function compress(body: string, encoding: Encoding): Promise<string> {
  const run = COMPRESS[encoding]
  if (run === undefined) throw new TypeError(`This version of Node does not know ${encoding}.`)
  return (await run(Buffer.from(body), encoding === 'br' ? BROTLI : {})).toString('base64')
}

/** How the body is compressed, if it is; whatever the sender wrote there. */
export function encodingOf(attributes: Readonly<Record<string, MessageAttribute>>): string | undefined {
  const value = attributes[ENCODING_ATTRIBUTE]?.value
  return typeof value === 'string' && !PLAIN.has(value.toLowerCase()) ? value : undefined
}

/**
 * The text of a compressed body, as long as it has no more than `maxBytes`: a few kilobytes may unfold to gigabytes.
 *
 * @throws PayloadError when it has more, or is damaged, or is compressed in a way that is not known here.
 */
export async function decompress(body: string, encoding: string, maxBytes: number): Promise<string> {
  const run = Object.hasOwn(DECOMPRESS, encoding) ? DECOMPRESS[encoding as Encoding] : undefined
  if (run === undefined) {
    throw unreadable(`has a ${ENCODING_ATTRIBUTE} that is not known here; known are ${ENCODINGS.join(', ')}`)
  }
  try {
    const bytes = await run(Buffer.from(body, 'base64'), { maxOutputLength: maxBytes })
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    const isTooLarge = cause instanceof Error && Reflect.get(cause, 'code') === 'ERR_BUFFER_TOO_LARGE'
    if (isTooLarge) throw unreadable(`unfolds to more than ${maxBytes} bytes (maxPayloadBytes)`, cause)
    throw unreadable(`is no ${encoding} of UTF-8 text in base64`, cause)
  }
}
