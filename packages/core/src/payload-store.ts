/** Where a payload lies that is too large for its message. */
export interface PayloadPointer {
  readonly bucket: string
  readonly key: string
}

/**
 * What the worker and the producer need of a store of large payloads. The real one is `@longshore/core/large-payloads`;
 * `testing/` has one in memory. Calls that may succeed later reject with a `PayloadStoreError`.
 */
export interface PayloadStore {
  put(body: string, signal: AbortSignal): Promise<PayloadPointer>
  /**
   * Rejects with a `PayloadError` where the payload can never be read: it is gone, larger than `maxBytes`, or lies where
   * this store does not read.
   */
  get(pointer: PayloadPointer, maxBytes: number, signal: AbortSignal): Promise<string>
  /** To remove what is not there is no error. */
  remove(pointer: PayloadPointer, signal: AbortSignal): Promise<void>
  /** Closes the connections that this store made. */
  close(): void
}

/** Large payloads, as a queue's definition names them: no connection is made before a worker or producer opens it. */
export interface LargePayloads {
  /** The producer puts a message there that has more bytes, its attributes included. */
  readonly above: number
  /** Whether a payload is removed once the delete of its message is confirmed. */
  readonly deleteAfter: 'done' | false
  /** How long one attempt to store, fetch or remove a payload may take. */
  readonly callTimeoutMs: number
  open(): PayloadStore
}
