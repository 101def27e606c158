import { randomUUID } from 'node:crypto'
import type { Clock } from '../clock.js'
import type { MessageAttribute, ReceivedMessage } from '../delivery.js'

const MAX_LEASE_MS = 43_200_000

interface Stored {
  readonly id: string
  readonly body: string
  readonly attributes: Record<string, MessageAttribute>
  readonly sentAtMs: number
  /** Hidden before this instant: delayed while never received, in flight after. */
  visibleAtMs: number
  receiveCount: number
  firstReceivedAtMs: number
  receivedAtMs: number
}

interface Redrive {
  readonly maxReceiveCount: number
  readonly move: (body: string, attributes: Record<string, MessageAttribute>) => void
}

interface Refusal {
  readonly code: string
  readonly message: string
}

/** The messages of a queue in memory. Visibility and delay expire when somebody looks: there are no timers to leak. */
export class MessageStore {
  readonly #clock: Clock
  readonly #redrive: Redrive | undefined
  // In the order of sending; a Map keeps it.
  readonly #messages = new Map<string, Stored>()
  readonly #watchers = new Set<() => void>()

  constructor(clock: Clock, redrive: Redrive | undefined) {
    this.#clock = clock
    this.#redrive = redrive
  }

  add(message: { body: string; attributes: Record<string, MessageAttribute>; delayMs: number }): string {
    const id = randomUUID()
    const nowMs = this.#clock.now()
    const { body, attributes, delayMs } = message
    this.#messages.set(id, {
      id,
      body,
      attributes,
      sentAtMs: nowMs,
      visibleAtMs: nowMs + delayMs,
      receiveCount: 0,
      firstReceivedAtMs: 0,
      receivedAtMs: 0,
    })
    this.#tell()
    return id
  }

  receive(maxMessages: number, visibilityMs: number): ReceivedMessage[] {
    const nowMs = this.#clock.now()
    const received: ReceivedMessage[] = []
    for (const message of this.#messages.values()) {
      if (received.length === maxMessages) break
      if (message.visibleAtMs > nowMs) continue
      if (this.#redrive !== undefined && message.receiveCount >= this.#redrive.maxReceiveCount) {
        this.#messages.delete(message.id)
        this.#redrive.move(message.body, message.attributes)
        continue
      }
      message.receiveCount += 1
      message.receivedAtMs = nowMs
      if (message.receiveCount === 1) message.firstReceivedAtMs = nowMs
      message.visibleAtMs = nowMs + visibilityMs
      received.push(receipt(message))
    }
    return received
  }

  /** An old receipt is accepted and deletes nothing, as on a standard queue of SQS; one that never was is refused. */
  delete(receiptHandle: string): Refusal | undefined {
    const [id = '', count] = receiptHandle.split('#')
    if (count === undefined) return invalidReceipt(receiptHandle)
    if (this.#messages.get(id)?.receiveCount === Number(count)) this.#messages.delete(id)
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
    this.#tell()
    return undefined
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
  const { id, body, receiveCount, sentAtMs, firstReceivedAtMs, attributes } = message
  return {
    messageId: id,
    receiptHandle: `${id}#${receiveCount}`,
    body,
    receiveCount,
    sentAtMs,
    firstReceivedAtMs,
    attributes: { ...attributes },
  }
}

function invalidReceipt(receiptHandle: string): Refusal {
  return { code: 'ReceiptHandleIsInvalid', message: `The receipt handle "${receiptHandle}" is not valid.` }
}
