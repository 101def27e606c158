import type { Backoff } from './backoff.js'
import { backoffMs } from './backoff.js'
import type { Clock } from './clock.js'
import { sleep } from './clock.js'
import { LongshoreError, PayloadStoreError } from './errors.js'
import type { LargePayloads, PayloadPointer, PayloadStore } from './payload-store.js'

const BACKOFF: Backoff = { baseMs: 200, capMs: 5_000 }
// About three seconds of trying while a slot waits; after that the message itself is retried, with a longer backoff.
const ATTEMPTS = 5

/** What the calls are given by their owner. */
export interface PayloadCallsParts {
  readonly payloads: LargePayloads
  readonly clock: Clock
  readonly random: () => number
}

/** Calls to a store of payloads: each attempt ends at a deadline of its own, and what may pass is tried again. */
export class PayloadCalls {
  readonly #parts: PayloadCallsParts
  readonly #store: PayloadStore

  constructor(parts: PayloadCallsParts) {
    this.#parts = parts
    this.#store = parts.payloads.open()
  }

  /** Messages of more bytes go to the store. */
  get above(): number {
    return this.#parts.payloads.above
  }

  /** @throws PayloadError when it can never be read, PayloadStoreError when it cannot be for now; else `stop`'s reason. */
  get(pointer: PayloadPointer, maxBytes: number, stop: AbortSignal): Promise<string> {
    const attempt = (signal: AbortSignal): Promise<string> => this.#store.get(pointer, maxBytes, signal)
    return this.#repeat({ operation: 'get', place: placeOf(pointer), attempt, stop })
  }

  /** @throws PayloadStoreError when it could not be stored until `untilMs`; else `stop`'s reason. */
  put(body: string, untilMs: number, stop: AbortSignal): Promise<PayloadPointer> {
    const attempt = (signal: AbortSignal): Promise<PayloadPointer> => this.#store.put(body, signal)
    return this.#repeat({ operation: 'put', place: 'of a message', attempt, stop, untilMs })
  }

  /** @throws PayloadStoreError when it could not be removed; else `stop`'s reason. */
  remove(pointer: PayloadPointer, stop: AbortSignal): Promise<void> {
    const attempt = (signal: AbortSignal): Promise<void> => this.#store.remove(pointer, signal)
    return this.#repeat({ operation: 'remove', place: placeOf(pointer), attempt, stop })
  }

  close(): void {
    this.#store.close()
  }

  async #repeat<T>(call: Call<T>): Promise<T> {
    const { clock, random } = this.#parts
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#once(call)
      } catch (error) {
        const mayPass = error instanceof PayloadStoreError && error.mayPass
        const isLast = call.untilMs === undefined ? attempt === ATTEMPTS : clock.now() >= call.untilMs
        if (!mayPass || isLast) throw error
        await sleep(clock, backoffMs(BACKOFF, attempt, random()), call.stop)
      }
    }
  }

  // Even when the connection below is dead and never says so.
  #once<T>({ operation, place, attempt, stop }: Call<T>): Promise<T> {
    const { clock, payloads } = this.#parts
    return new Promise<T>((resolve, reject) => {
      if (stop.aborted) return reject(stop.reason as Error)
      const controller = new AbortController()
      const end = (): void => {
        cancel()
        stop.removeEventListener('abort', stopped)
      }
      const giveUp = (error: Error): void => {
        end()
        controller.abort(error)
        reject(error)
      }
      const stopped = (): void => giveUp(stop.reason as Error)
      const cancel = clock.schedule(payloads.callTimeoutMs, () => {
        const detail = `No answer in ${payloads.callTimeoutMs} ms.`
        giveUp(new PayloadStoreError({ operation, place, detail, mayPass: true }))
      })
      stop.addEventListener('abort', stopped, { once: true })
      // Async, so that a store which throws at once rejects as well.
      const run = async (): Promise<T> => await attempt(controller.signal)
      run()
        .finally(end)
        .then(resolve, (error: unknown) => reject(storeError(error, { operation, place })))
    })
  }
}

interface Call<T> {
  readonly operation: PayloadStoreError['operation']
  readonly place: string
  readonly attempt: (signal: AbortSignal) => Promise<T>
  readonly stop: AbortSignal
  /** Tried until then; without it, a few times. */
  readonly untilMs?: number
}

function placeOf({ bucket, key }: PayloadPointer): string {
  return `${bucket}/${key}`
}

// A store of somebody's own may throw anything; what is not known to last may pass.
function storeError(error: unknown, call: Pick<Call<unknown>, 'operation' | 'place'>): Error {
  if (error instanceof LongshoreError) return error
  const detail = error instanceof Error ? error.message : String(error)
  return new PayloadStoreError({ ...call, detail, mayPass: true, cause: error })
}
