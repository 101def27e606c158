import type { Clock } from '../clock.js'
import type { ReceivedMessage } from '../delivery.js'
import type { QueueCallReason } from '../errors.js'
import { QueueCallError } from '../errors.js'
import type {
  EntryFailure,
  QueueFacts,
  QueueOperation,
  QueuePort,
  ReceiveRequest,
  SendBatchResult,
  SendEntry,
  VisibilityChange,
} from './port.js'

// SQS answers in tens of milliseconds; past this, another attempt helps more than waiting does.
const CALL_DEADLINE_MS = 5_000
// A long poll may rightly take its whole wait; this is what the answer may take on top.
const RECEIVE_SLACK_MS = 5_000

/** What the guard asks of its owner. */
export interface Guard {
  readonly clock: Clock
  /** Messages of a receive that was given up and answered all the same. Someone must hand them back. */
  readonly onLateMessages?: ((messages: ReceivedMessage[]) => void) | undefined
}

/**
 * A port whose every call ends: with its answer, or at a deadline of its own, even when the connection below is dead
 * and never says so (the SDK's default is to wait for ever). Counts the calls by operation.
 */
export class GuardedPort implements QueuePort {
  readonly calls: Partial<Record<QueueOperation, number>>
  readonly #port: QueuePort
  readonly #guard: Guard
  readonly #openReceives = new Set<Promise<unknown>>()

  constructor(port: QueuePort, guard: Guard, calls: Partial<Record<QueueOperation, number>> = {}) {
    this.calls = calls
    this.#port = port
    this.#guard = guard
  }

  get name(): string {
    return this.#port.name
  }

  describe(stop: AbortSignal): Promise<QueueFacts> {
    return this.#call('GetQueueAttributes', (signal) => this.#port.describe(signal), { stop })
  }

  receive(request: ReceiveRequest, stop: AbortSignal): Promise<ReceivedMessage[]> {
    const run = (signal: AbortSignal): Promise<ReceivedMessage[]> => {
      const open = this.#port.receive(request, signal)
      this.#openReceives.add(open)
      const closed = (): void => void this.#openReceives.delete(open)
      open.then(closed, closed)
      return open
    }
    const deadlineMs = request.waitSeconds * 1_000 + RECEIVE_SLACK_MS
    return this.#call('ReceiveMessage', run, { stop, deadlineMs, late: this.#guard.onLateMessages })
  }

  /** Resolves when no receive is under way, those given up included. */
  async receivesClosed(): Promise<void> {
    while (this.#openReceives.size > 0) await Promise.allSettled(this.#openReceives)
  }

  deleteBatch(receiptHandles: readonly string[], stop?: AbortSignal): Promise<EntryFailure[]> {
    return this.#call('DeleteMessageBatch', (signal) => this.#port.deleteBatch(receiptHandles, signal), {
      stop,
    })
  }

  changeVisibilityBatch(changes: readonly VisibilityChange[], stop?: AbortSignal): Promise<EntryFailure[]> {
    const run = (signal: AbortSignal): Promise<EntryFailure[]> =>
      this.#port.changeVisibilityBatch(changes, signal)
    return this.#call('ChangeMessageVisibilityBatch', run, { stop })
  }

  sendBatch(entries: readonly SendEntry[], stop?: AbortSignal): Promise<SendBatchResult> {
    return this.#call('SendMessageBatch', (signal) => this.#port.sendBatch(entries, signal), { stop })
  }

  async open(queueArn: string, stop?: AbortSignal): Promise<GuardedPort> {
    const port = await this.#call('GetQueueUrl', (signal) => this.#port.open(queueArn, signal), { stop })
    return new GuardedPort(port, this.#guard, this.calls)
  }

  close(): void {
    this.#port.close()
  }

  #call<T>(
    operation: QueueOperation,
    run: (signal: AbortSignal) => Promise<T>,
    limits: Limits<T>,
  ): Promise<T> {
    const { stop, deadlineMs = CALL_DEADLINE_MS, late } = limits
    const { clock } = this.#guard
    this.calls[operation] = (this.calls[operation] ?? 0) + 1
    return new Promise<T>((resolve, reject) => {
      const controller = new AbortController()
      let isOver = false
      const end = (): void => {
        isOver = true
        cancelDeadline()
        stop?.removeEventListener('abort', stopped)
      }
      const giveUp = (reason: QueueCallReason, detail: string): void => {
        end()
        controller.abort()
        const { name: queue, endpoint } = this.#port
        reject(new QueueCallError({ operation, queue, endpoint, reason, detail }))
      }
      const stopped = (): void => giveUp('aborted', 'Given up.')
      const cancelDeadline = clock.schedule(deadlineMs, () =>
        giveUp('timeout', `No answer in ${deadlineMs} ms.`),
      )
      if (stop?.aborted === true) return stopped()
      stop?.addEventListener('abort', stopped, { once: true })
      // Async, so that a port which throws at once rejects as well.
      const attempt = async (): Promise<T> => await run(controller.signal)
      attempt().then(
        (value) => {
          if (isOver) return late?.(value)
          end()
          resolve(value)
        },
        (error: unknown) => {
          if (isOver) return
          end()
          reject(error)
        },
      )
    })
  }
}

interface Limits<T> {
  readonly stop?: AbortSignal | undefined
  readonly deadlineMs?: number
  readonly late?: ((value: T) => void) | undefined
}
