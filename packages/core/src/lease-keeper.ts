import { Worker } from 'node:worker_threads'
import type { Clock } from './clock.js'
import type { Delivery } from './delivery.js'
import type { QueueLocation } from './queue/definition.js'
import type { Beaten, Keeper, KeepRequest, Kept } from './settle/keeper.js'
import type { SharedLeases } from './settle/lease-table.js'
import { LeaseTable, shareLeases } from './settle/lease-table.js'

// Twelve bytes each. Leases beyond that are extended by the main thread alone.
const PLACES = 16_384
/** How often the main thread shows that its event loop turns. */
const PULSE_MS = 250

/** A queue whose leases the keeper extends. */
export interface KeptQueue {
  readonly name: string
  readonly location: Pick<QueueLocation, 'url' | 'region' | 'endpoint'>
  readonly visibilitySeconds: number
}

/** What the thread is started with. */
export interface ThreadData {
  readonly leases: SharedLeases
  /** Int32: how often the main loop has turned; the place, plus one, of the lease whose handler runs without giving way. */
  readonly pulse: SharedArrayBuffer
  readonly pulseMs: number
  readonly queues: readonly KeptQueue[]
}

/** To the thread: leases that are held from now on. */
export interface HeldMessage {
  readonly place: number
  readonly generation: number
  /** Its index among the queues that the thread was started with. */
  readonly queue: number
  readonly receiptHandle: string
  readonly messageId: string
  readonly mostUntilMs: number
}

/** From the thread. */
export type ThreadMessage =
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'beaten'
      readonly leases: readonly { place: number; generation: number; beaten: Beaten }[]
    }
  /** The main loop turns again. */
  | ({ readonly kind: 'blocked' } & Blocked)

/** How long the loop stood still, and whose handler kept it, where that is known. */
export interface Blocked {
  readonly blockedMs: number
  readonly queue: string | undefined
  readonly messageId: string | undefined
}

export interface LeaseKeeperParts {
  readonly clock: Clock
  readonly queues: readonly KeptQueue[]
  readonly onBlocked: (blocked: Blocked) => void
  /** It is gone: the main thread extends leases alone, as it does anyway while its loop turns. */
  readonly onFailed: (error: Error) => void
}

interface Holding {
  readonly generation: number
  readonly onBeaten: (beaten: Beaten) => void
}

/**
 * Leases on a thread of their own, with connections of their own: a blocked event loop loses none. The main thread goes on
 * to extend what is near its expiry; the keeper takes over what is nearer. Who calls, says the {@link LeaseTable}.
 */
export class LeaseKeeper {
  readonly #parts: LeaseKeeperParts
  readonly #shared: SharedLeases = shareLeases(PLACES)
  readonly #table = new LeaseTable(this.#shared)
  readonly #pulse = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT))
  readonly #holdings = new Map<number, Holding>()
  readonly #placeOf = new Map<string, number>()
  readonly #free: number[] = []
  readonly #thread: Worker
  #unused = 0
  #toTell: HeldMessage[] = []
  #cancelPulse: (() => void) | undefined
  #isGone = false
  readonly #ready: Promise<void>
  #resolveReady: () => void = () => {}

  constructor(parts: LeaseKeeperParts) {
    this.#parts = parts
    this.#ready = new Promise((resolve) => {
      this.#resolveReady = resolve
    })
    const workerData: ThreadData = {
      leases: this.#shared,
      pulse: this.#pulse.buffer,
      pulseMs: PULSE_MS,
      queues: parts.queues,
    }
    this.#thread = new Worker(new URL('./lease-keeper-thread.js', import.meta.url), { workerData })
    this.#thread.on('message', (message: ThreadMessage) => this.#heard(message))
    this.#thread.on('error', (error) => this.#failed(error))
    this.#thread.on('exit', (code) =>
      this.#failed(new Error(`The lease keeper's thread ended with code ${code}.`)),
    )
    this.#beat()
  }

  /** The keeper, for the leases of one of the queues; undefined for one that it was not given. */
  forQueue(name: string): Keeper | undefined {
    const queue = this.#parts.queues.findIndex((each) => each.name === name)
    return queue < 0 ? undefined : { hold: (request) => this.#hold(queue, request) }
  }

  /** Runs what the handler does at once; the thread learns whose it is, should it block. */
  watch<T>({ receiptHandle }: Delivery, run: () => T): T {
    this.#tell()
    Atomics.store(this.#pulse, 1, (this.#placeOf.get(receiptHandle) ?? -1) + 1)
    try {
      return run()
    } finally {
      Atomics.store(this.#pulse, 1, 0)
    }
  }

  /** Resolves when its thread looks after leases, or never will. */
  whenReady(): Promise<void> {
    return this.#ready
  }

  async close(): Promise<void> {
    this.#isGone = true
    this.#resolveReady()
    this.#cancelPulse?.()
    await this.#thread.terminate()
  }

  #beat(): void {
    Atomics.add(this.#pulse, 0, 1)
    this.#cancelPulse = this.#parts.clock.schedule(PULSE_MS, () => this.#beat())
  }

  #hold(queue: number, request: KeepRequest): Kept | undefined {
    const place = this.#isGone
      ? undefined
      : (this.#free.pop() ?? (this.#unused < PLACES ? this.#unused++ : undefined))
    if (place === undefined) return undefined
    const { receiptHandle, messageId, expiresAtMs, mostUntilMs, onBeaten } = request
    const table = this.#table
    const generation = table.hold(place, expiresAtMs)
    this.#holdings.set(place, { generation, onBeaten })
    this.#placeOf.set(receiptHandle, place)
    if (this.#toTell.length === 0) queueMicrotask(() => this.#tell())
    this.#toTell.push({ place, generation, queue, receiptHandle, messageId, mostUntilMs })
    let isMine = false
    return {
      get expiresAtMs() {
        return table.expiresAtMs(place)
      },
      // A thread that is gone cannot be in the middle of a call.
      take: () => (isMine ||= table.take(place, generation, 'main') || this.#isGone),
      giveBack: (until) => {
        isMine = false
        table.giveBack(place, generation, { by: 'main', expiresAtMs: until })
      },
      free: () => {
        table.free(place)
        this.#holdings.delete(place)
        this.#placeOf.delete(receiptHandle)
        this.#free.push(place)
      },
    }
  }

  #tell(): void {
    if (this.#toTell.length === 0) return
    const held = this.#toTell
    this.#toTell = []
    if (!this.#isGone) this.#thread.postMessage(held, [])
  }

  #heard(message: ThreadMessage): void {
    if (message.kind === 'ready') return this.#resolveReady()
    if (message.kind === 'blocked') return this.#parts.onBlocked(message)
    for (const { place, generation, beaten } of message.leases) {
      const holding = this.#holdings.get(place)
      if (holding?.generation === generation) holding.onBeaten(beaten)
    }
  }

  #failed(error: Error): void {
    if (this.#isGone) return
    this.#isGone = true
    this.#resolveReady()
    this.#cancelPulse?.()
    // Whoever waits for the end of a heartbeat of the thread's waits no longer.
    for (const { onBeaten } of this.#holdings.values()) onBeaten({ kind: 'missed', error: error.message })
    this.#parts.onFailed(error)
  }
}
