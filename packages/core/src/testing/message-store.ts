import { randomUUID } from 'node:crypto'
import type { Clock } from '../clock.js'
import type { MessageAttribute, ReceivedMessage } from '../delivery.js'
import { inGroupOrder } from './group-order.js'
import { Recent } from './recent.js'

const MAX_LEASE_MS = 43_200_000
// For so long a FIFO queue knows a deduplication id, and the id of a receive.
const FIFO_MEMORY_MS = 300_000

/** A message as it is sent. */
export interface Sent {
  readonly body: string
  readonly attributes: Record<string, MessageAttribute>
  readonly delayMs: number
  readonly groupId?: string | undefined
  readonly traceHeader?: string | undefined
  readonly deduplicationId?: string | undefined
}

/** A message in the queue. */
export interface Stored {
  readonly id: string
  readonly body: string
  readonly attributes: Record<string, MessageAttribute>
  readonly groupId: string | undefined
  readonly traceHeader: string | undefined
  readonly sentAtMs: number
  /** Hidden before this instant: delayed while never received, in flight after. */
  visibleAtMs: number
  receiveCount: number
  firstReceivedAtMs: number
  receivedAtMs: number
}

interface Redrive {
  readonly maxReceiveCount: number
  readonly move: (message: Stored) => void
}

interface Refusal {
  readonly code: string
  readonly message: string
}

/** The messages of a queue in memory. Visibility and delay expire when somebody looks: there are no timers to leak. */
export class MessageStore {
  readonly #clock: Clock
  readonly #redrive: Redrive | undefined
  readonly #isFifo: boolean
  readonly #sent: Recent<string>
  readonly #attempts: Recent<readonly ReceivedMessage[]>
  // In the order of sending; a Map keeps it.
  readonly #messages = new Map<string, Stored>()
  readonly #watchers = new Set<() => void>()

  constructor(clock: Clock, options: { redrive: Redrive | undefined; isFifo: boolean }) {
    this.#clock = clock
    this.#redrive = options.redrive
    this.#isFifo = options.isFifo
    this.#sent = new Recent(clock, FIFO_MEMORY_MS)
    this.#attempts = new Recent(clock, FIFO_MEMORY_MS)
  }

  /** Its id; on a FIFO queue that of the earlier message, if it repeats one. */
  add({ body, attributes, delayMs, groupId, deduplicationId, traceHeader }: Sent): string {
    const earlier = deduplicationId === undefined ? undefined : this.#sent.get(deduplicationId)
    if (earlier !== undefined) return earlier
    const id = randomUUID()
    const nowMs = this.#clock.now()
    if (deduplicationId !== undefined) this.#sent.set(deduplicationId, id)
    this.#messages.set(id, {
      id,
      body,
      attributes,
      groupId,
      traceHeader,
      sentAtMs: nowMs,
      visibleAtMs: nowMs + delayMs,
      receiveCount: 0,
      firstReceivedAtMs: 0,
      receivedAtMs: 0,
    })
    this.#tell()
    return id
  }

  receive(maxMessages: number, visibilityMs: number, attemptId?: string): ReceivedMessage[] {
    const repeated = attemptId === undefined ? undefined : this.#repeat(attemptId, visibilityMs)
    if (repeated !== undefined) return [...repeated]
    const nowMs = this.#clock.now()
    const received: ReceivedMessage[] = []
    for (const message of this.#receivable(nowMs)) {
      if (received.length === maxMessages) break
      if (this.#redrive !== undefined && message.receiveCount >= this.#redrive.maxReceiveCount) {
        this.#messages.delete(message.id)
        this.#redrive.move(message)
        continue
      }
      message.receiveCount += 1
      message.receivedAtMs = nowMs
      if (message.receiveCount === 1) message.firstReceivedAtMs = nowMs
      message.visibleAtMs = nowMs + visibilityMs
      received.push(receipt(message))
    }
    if (attemptId !== undefined && received.length > 0) this.#attempts.set(attemptId, received)
    return received
  }

  #receivable(nowMs: number): Stored[] {
    const messages = [...this.#messages.values()]
    return this.#isFifo ? inGroupOrder(messages, nowMs) : messages.filter((one) => one.visibleAtMs <= nowMs)
  }

  /** What a receive under this id took, if it holds all of that still: under the same receipts, hidden anew. */
  #repeat(attemptId: string, visibilityMs: number): readonly ReceivedMessage[] | undefined {
    const received = this.#attempts.get(attemptId)
    const held = received?.map(({ receiptHandle }) => this.#held(receiptHandle))
    if (held === undefined || held.includes(undefined)) return undefined
    for (const message of held) if (message) message.visibleAtMs = this.#clock.now() + visibilityMs
    return received
  }

  #held(receiptHandle: string): Stored | undefined {
    const [id = '', count] = receiptHandle.split('#')
    const message = this.#messages.get(id)
    const isHeld = message?.receiveCount === Number(count) && message.visibleAtMs > this.#clock.now()
    return isHeld ? message : undefined
  }

  /**
   * An old receipt is accepted and deletes nothing, as on a standard queue of SQS; a FIFO queue refuses it while the
   * message exists. One that never was is refused.
   */
  delete(receiptHandle: string): Refusal | undefined {
    const [id = '', count] = receiptHandle.split('#')
    if (count === undefined) return invalidReceipt(receiptHandle)
    if (this.#isFifo && this.#messages.has(id) && this.#held(receiptHandle) === undefined) return expired()
    if (this.#messages.get(id)?.receiveCount === Number(count)) {
      this.#messages.delete(id)
      if (this.#isFifo) this.#tell()
    }
    return undefined
  }

  changeVisibility(receiptHandle: string, visibilityMs: number): Refusal | undefined {
    const [id = '', count] = receiptHandle.split('#')
    if (count === undefined) return invalidReceipt(receiptHandle)
    const message = this.#messages.get(id)
    const nowMs = this.#clock.now()
    if (message === undefined || message.receiveCount !== Number(count) || message.visibleAtMs <= nowMs) {
      const why = 'Message does not exist or is not available for visibility timeout change.'
      return { code: 'InvalidParameterValue', message: why }
    }
    if (nowMs + visibilityMs > message.receivedAtMs + MAX_LEASE_MS) {
      const why = 'Total VisibilityTimeout for the message is beyond the limit [43200 seconds].'
      return { code: 'InvalidParameterValue', message: why }
    }
    message.visibleAtMs = nowMs + visibilityMs
    this.#attempts.forget((received) => received.some((one) => one.receiptHandle === receiptHandle))
    this.#tell()
    return undefined
  }

  /** Makes what is in flight visible, without telling whoever holds it. */
  redeliver(): void {
    const nowMs = this.#clock.now()
    for (const message of this.#messages.values()) {
      if (message.receiveCount > 0) message.visibleAtMs = Math.min(message.visibleAtMs, nowMs)
    }
    this.#tell()
  }

  counts(): { visible: number; inFlight: number; delayed: number } {
    const nowMs = this.#clock.now()
    const counts = { visible: 0, inFlight: 0, delayed: 0 }
    for (const { visibleAtMs, receiveCount } of this.#messages.values()) {
      if (visibleAtMs <= nowMs) counts.visible += 1
      else if (receiveCount === 0) counts.delayed += 1
      else counts.inFlight += 1
    }
    return counts
  }

  list(): Stored[] {
    return [...this.#messages.values()]
  }

  /** Resolves when a message may have become visible, at `untilMs`, or when `signal` aborts. */
  change(untilMs: number, signal: AbortSignal): Promise<void> {
    const nowMs = this.#clock.now()
    let nextMs = untilMs
    for (const { visibleAtMs } of this.#messages.values()) {
      if (visibleAtMs > nowMs && visibleAtMs < nextMs) nextMs = visibleAtMs
    }
    return new Promise((resolve) => {
      const end = (): void => {
        this.#watchers.delete(end)
        signal.removeEventListener('abort', end)
        cancel()
        resolve()
      }
      const cancel = this.#clock.schedule(nextMs - nowMs, end)
      this.#watchers.add(end)
      signal.addEventListener('abort', end, { once: true })
    })
  }

  #tell(): void {
    for (const watcher of this.#watchers) watcher()
  }
}

function receipt(message: Stored): ReceivedMessage {
  const { id, body, receiveCount, sentAtMs, firstReceivedAtMs, groupId, traceHeader, attributes } = message
  return {
    messageId: id,
    receiptHandle: `${id}#${receiveCount}`,
    body,
    receiveCount,
    sentAtMs,
    firstReceivedAtMs,
    groupId,
    traceHeader,
    attributes: { ...attributes },
  }
}

function invalidReceipt(receiptHandle: string): Refusal {
  return { code: 'ReceiptHandleIsInvalid', message: `The receipt handle "${receiptHandle}" is not valid.` }
}

function expired(): Refusal {
  return { code: 'InvalidParameterValue', message: 'The receipt handle has expired.' }
}
