import { hash } from 'node:crypto'
import type { Readable } from 'node:stream'

// What SQS answers is the JSON of the SDK's outputs; but for a binary attribute, which is base64 there.

interface Output {
  readonly Messages?: readonly OutputMessage[]
}

interface OutputMessage {
  readonly MessageId?: string
  readonly Body?: string
  readonly MD5OfBody?: string
  readonly MessageAttributes?: Record<string, { BinaryValue?: string | Uint8Array }>
}

/**
 * The output in an answer to a call that succeeded.
 *
 * @throws Error when the body of a message was damaged on its way, in the SDK's words.
 */
export async function outputOf({ body }: { readonly body: unknown }): Promise<Output> {
  const text = await textOf(body)
  const output = (text === '' ? {} : JSON.parse(text)) as Output
  const damaged: (string | undefined)[] = []
  for (const { MessageId, Body = '', MD5OfBody, MessageAttributes } of output.Messages ?? []) {
    if (hash('md5', Body) !== MD5OfBody) damaged.push(MessageId)
    decodeBinary(MessageAttributes)
  }
  if (damaged.length > 0) throw new Error(`Invalid MD5 checksum on messages: ${damaged.join(', ')}`)
  return output
}

function decodeBinary(attributes: OutputMessage['MessageAttributes']): void {
  for (const name in attributes) {
    const attribute = attributes[name]
    if (typeof attribute?.BinaryValue !== 'string') continue
    attribute.BinaryValue = new Uint8Array(Buffer.from(attribute.BinaryValue, 'base64'))
  }
}

function textOf(body: unknown): Promise<string> | string {
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.length).toString()
  return new Promise((resolve, reject) => {
    let text = ''
    const stream = body as Readable
    stream.setEncoding('utf8')
    stream.on('data', (part: string) => (text += part))
    stream.on('end', () => resolve(text))
    stream.on('error', reject)
    // After an abort there may be no other event.
    stream.on('close', () => reject(new Error('The answer ended before it was whole.')))
  })
}
