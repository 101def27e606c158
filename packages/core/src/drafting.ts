import type { Encoding } from './decode/compression.js'
import { compress, ENCODING_ATTRIBUTE } from './decode/compression.js'
import { pointerBody, SIZE_ATTRIBUTE } from './decode/pointer.js'
import type { PayloadPointer } from './payload-store.js'
import type { Attributes } from './producer/attributes.js'
import { MAX_ATTRIBUTES } from './producer/attributes.js'
import type { Content } from './producer/entry.js'
import { contentOf } from './producer/entry.js'
import type { TraceContext } from './trace-context.js'

/** How a producer makes its messages smaller. */
export interface DraftingParts {
  /** Bodies of more bytes are compressed, where that makes them smaller. */
  readonly compression: { readonly encoding: Encoding; readonly above: number } | undefined
  /** Messages of more bytes, their attributes included, are put elsewhere. */
  readonly offload:
    { readonly above: number; readonly put: (body: string) => Promise<PayloadPointer> } | undefined
}

/** From a body and its attributes to what is sent: compressed, or elsewhere with a pointer in its place. */
export class Drafting {
  readonly #parts: DraftingParts

  constructor(parts: DraftingParts) {
    this.#parts = parts
  }

  /** Adds the trace context where there is room: what the wire may need comes first, and the sender's own before all. */
  withTrace(attributes: Attributes, trace: TraceContext | undefined): Attributes {
    if (trace === undefined) return attributes
    const { compression, offload } = this.#parts
    const kept = (compression === undefined ? 0 : 1) + (offload === undefined ? 0 : 1)
    const traced: Record<string, Attributes[string]> = { ...attributes }
    for (const name of ['traceparent', 'tracestate'] as const) {
      const value = trace[name]
      const hasRoom = Object.keys(traced).length + kept < MAX_ATTRIBUTES
      if (value !== undefined && value !== '' && hasRoom) traced[name] ??= { type: 'String', value }
    }
    return traced
  }

  /** Answers at once for what goes as it is. */
  draft(body: string, attributes: Attributes): Content | Promise<Content> {
    const { compression, offload } = this.#parts
    const content = contentOf(body, attributes)
    const bodyBytes = Buffer.byteLength(body)
    const isCompressed = compression !== undefined && bodyBytes > compression.above
    const isOffloaded = offload !== undefined && content.bytes > offload.above
    return isCompressed || isOffloaded ? this.#small(content, isCompressed) : content
  }

  async #small(content: Content, isCompressed: boolean): Promise<Content> {
    const { compression, offload } = this.#parts
    const smaller = isCompressed && compression ? await compressed(content, compression.encoding) : content
    if (offload === undefined || smaller.bytes <= offload.above || !hasRoom(smaller)) return smaller
    const size = String(Buffer.byteLength(smaller.body))
    const body = pointerBody(await offload.put(smaller.body))
    return contentOf(body, { ...smaller.attributes, [SIZE_ATTRIBUTE]: { type: 'Number', value: size } })
  }
}

async function compressed(content: Content, encoding: Encoding): Promise<Content> {
  if (!hasRoom(content)) return content
  const body = await compress(content.body, encoding)
  const attributes = { ...content.attributes, [ENCODING_ATTRIBUTE]: { type: 'String', value: encoding } }
  const smaller = contentOf(body, attributes)
  return smaller.bytes < content.bytes ? smaller : content
}

// With ten attributes of its own a message has none left to say how it is to be read.
function hasRoom({ attributes }: Content): boolean {
  return Object.keys(attributes).length < MAX_ATTRIBUTES
}
