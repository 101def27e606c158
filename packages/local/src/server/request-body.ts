import type { IncomingMessage } from 'node:http'
import { promisify } from 'node:util'
import { gunzip, inflate } from 'node:zlib'

import { AwsError } from './aws-error.js'

/**
 * The largest body read, before and after decompression. SQS's largest call carries 1 MiB of text (twice that when a
 * batch is full of base64), and JSON may write one byte as six (`\u0001`).
 */
export const MAX_BODY_BYTES: number = 16 * 1024 * 1024

const gunzipAsync = promisify(gunzip)
const inflateAsync = promisify(inflate)

/** Thrown when the caller's connection closes inside its request: there is nobody to answer. */
export class RequestCutOff extends Error {
  constructor() {
    super('The connection closed before the request was complete.')
    this.name = 'RequestCutOff'
  }
}

/** Reads the body and undoes its Content-Encoding. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  return decompress(await readAll(request), request.headers['content-encoding'])
}

function readAll(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let bytes = 0
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.byteLength
      // What comes after the limit is read and dropped, so that the answer reaches a caller still sending.
      if (bytes <= MAX_BODY_BYTES) chunks.push(chunk)
      else chunks.length = 0
    })
    request.on('end', () => {
      if (bytes > MAX_BODY_BYTES) reject(tooLarge())
      else resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks))
    })
    request.on('error', () => reject(new RequestCutOff()))
    request.on('close', () => {
      if (!request.complete) reject(new RequestCutOff())
    })
  })
}

async function decompress(body: Buffer, encoding: string | undefined): Promise<Buffer> {
  const name = encoding?.trim().toLowerCase() ?? ''
  if (name === '' || name === 'identity') return body
  const decode = { gzip: gunzipAsync, deflate: inflateAsync }[name]
  if (decode === undefined) {
    throw new AwsError(
      'UnsupportedMediaType',
      `Content-Encoding '${name}' is not read: send gzip, deflate or none.`,
      {
        status: 415,
      },
    )
  }
  try {
    return await decode(body, { maxOutputLength: MAX_BODY_BYTES })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge()
    throw new AwsError('SerializationException', `The request body is not valid ${name}.`)
  }
}

function tooLarge(): AwsError {
  return new AwsError('RequestEntityTooLarge', `Request bodies may have up to ${MAX_BODY_BYTES} bytes.`, {
    status: 413,
  })
}
