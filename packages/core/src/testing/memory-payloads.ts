import { randomUUID } from 'node:crypto'
import { PayloadStoreError } from '../errors.js'
import type { LargePayloads, PayloadPointer, PayloadStore } from '../payload-store.js'
import { unreadable } from '../payload.js'

/** A call on its way to {@link MemoryPayloads}. */
export interface PayloadCall {
  readonly operation: 'put' | 'get' | 'remove'
  /** How many calls of this operation there were, this one included. */
  readonly count: number
}

/** What goes wrong with a call: it fails, for a while or for good, or never answers. */
export type PayloadFault = 'fail' | 'refuse' | 'hang'

/** A store of large payloads in memory, for `defineQueue({ largePayloads })`. */
export interface MemoryPayloads extends LargePayloads {
  /** What is stored, by key. */
  readonly objects: Map<string, string>
  /** Every call so far. */
  readonly calls: readonly PayloadCall[]
  /** Decides from now on what befalls each call. */
  intercept(intercept: (call: PayloadCall) => PayloadFault | undefined): void
}

const BUCKET = 'memory'

/** Creates a {@link MemoryPayloads}; `above` is 262,144 and `deleteAfter` 'done' unless said otherwise. */
export function memoryPayloads(
  options: { above?: number; deleteAfter?: 'done' | false } = {},
): MemoryPayloads {
  const { above = 262_144, deleteAfter = 'done' } = options
  const objects = new Map<string, string>()
  const calls: PayloadCall[] = []
  let intercept: (call: PayloadCall) => PayloadFault | undefined = () => undefined

  async function carry(operation: PayloadCall['operation'], place: string): Promise<void> {
    const count = calls.filter((each) => each.operation === operation).length + 1
    const call = { operation, count }
    calls.push(call)
    const fault = intercept(call)
    if (fault === 'hang') return await new Promise<never>(() => {})
    if (fault !== undefined)
      throw new PayloadStoreError({ operation, place, detail: 'A fault.', mayPass: fault === 'fail' })
  }

  const store: PayloadStore = {
    async put(body) {
      const pointer: PayloadPointer = { bucket: BUCKET, key: randomUUID() }
      await carry('put', pointer.key)
      objects.set(pointer.key, body)
      return pointer
    },
    async get({ key }, maxBytes) {
      await carry('get', key)
      const body = objects.get(key)
      if (body === undefined) throw unreadable(`points to ${BUCKET}/${key}, which is gone`)
      if (Buffer.byteLength(body) > maxBytes) throw unreadable(`has a payload of more than ${maxBytes} bytes`)
      return body
    },
    async remove({ key }) {
      await carry('remove', key)
      objects.delete(key)
    },
    close() {},
  }
  return {
    above,
    deleteAfter,
    callTimeoutMs: 30_000,
    objects,
    calls,
    open: () => store,
    intercept(next) {
      intercept = next
    },
  }
}
