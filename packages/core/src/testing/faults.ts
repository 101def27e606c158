import type { Clock } from '../clock.js'
import { sleep } from '../clock.js'
import type { QueueCallReason } from '../errors.js'
import { QueueCallError } from '../errors.js'
import type { QueueOperation } from '../queue/port.js'

/** A call on its way to a queue in memory. */
export interface Call {
  readonly operation: QueueOperation
  /** How many calls of this operation there were, this one included. */
  readonly count: number
  /** How many entries it carries: receipts, messages, or the messages that it asks for. */
  readonly entries: number
}

/** What goes wrong with a call. */
export type Fault =
  /** The call fails and has no effect. */
  | { readonly kind: 'fail'; readonly reason: QueueCallReason; readonly awsCode?: string }
  /** The call has its effect, and the caller never learns of it. */
  | { readonly kind: 'loseAnswer' }
  /** The call has its effect when it is made; its answer takes so long, whether or not it is aborted. */
  | { readonly kind: 'delayAnswer'; readonly delayMs: number }
  /** The call arrives so late, whether or not it was given up by then. */
  | { readonly kind: 'delayCall'; readonly delayMs: number }
  /** The connection is dead and says nothing, not even when the call is aborted. No effect. */
  | { readonly kind: 'hang' }
  /** These entries fail with this code; the others have their effect. */
  | { readonly kind: 'failEntries'; readonly indexes: readonly number[]; readonly code: string }

/** Looks at each call; the fault that befalls it, or undefined for none. */
export type Intercept = (call: Call) => Fault | undefined

/** Everything that stands between a caller and the queue: faults, latency, the record of calls. */
export class Wire {
  readonly calls: Call[] = []
  intercept: Intercept = () => undefined
  readonly #clock: Clock
  readonly #latencyMs: number
  readonly #queue: string
  readonly #counts: Partial<Record<QueueOperation, number>> = {}

  constructor(parts: { clock: Clock; latencyMs: number; queue: string }) {
    this.#clock = parts.clock
    this.#latencyMs = parts.latencyMs
    this.#queue = parts.queue
  }

  /** Carries a call to the queue and its answer back. `apply` is told which entries must fail, and with which code. */
  async carry<T>(
    call: { operation: QueueOperation; entries: number },
    signal: AbortSignal,
    apply: (failing?: { indexes: readonly number[]; code: string }) => T | Promise<T>,
  ): Promise<T> {
    const { operation } = call
    const count = (this.#counts[operation] ?? 0) + 1
    this.#counts[operation] = count
    const recorded = { ...call, count }
    this.calls.push(recorded)
    const fault = this.intercept(recorded)
    if (fault?.kind === 'hang') return await new Promise<never>(() => {})
    if (fault?.kind === 'delayCall') await sleep(this.#clock, fault.delayMs)
    else await this.#travel(operation, signal)
    if (fault?.kind === 'fail') throw this.#error(operation, fault.reason, fault.awsCode)
    const answer = await apply(fault?.kind === 'failEntries' ? fault : undefined)
    if (fault?.kind === 'loseAnswer') throw this.#error(operation, 'unreachable')
    if (fault?.kind === 'delayAnswer') {
      await sleep(this.#clock, fault.delayMs)
      return answer
    }
    await this.#travel(operation, signal)
    return answer
  }

  async #travel(operation: QueueOperation, signal: AbortSignal): Promise<void> {
    if (this.#latencyMs > 0) await sleep(this.#clock, this.#latencyMs / 2, signal)
    if (signal.aborted) throw this.#error(operation, 'aborted')
  }

  #error(operation: QueueOperation, reason: QueueCallReason, awsCode?: string): QueueCallError {
    return new QueueCallError({
      operation,
      queue: this.#queue,
      reason,
      awsCode,
      detail: `A fault: ${reason}.`,
    })
  }
}
