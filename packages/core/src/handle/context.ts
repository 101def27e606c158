import type { Delivery, MessageAttribute } from '../delivery.js'
import type { EnvelopeKind, EnvelopeOf } from '../envelope.js'
import type { HandlerContext } from '../handler.js'
import type { Logger } from '../log.js'
import { withFields } from '../log.js'

/** Made for each handling; what costs something is made when first asked for. */
export class DeliveryContext implements HandlerContext {
  readonly delivery: Delivery
  readonly envelope: EnvelopeOf<EnvelopeKind>
  readonly #workerLog: Logger
  #log: Logger | undefined

  constructor(delivery: Delivery, envelope: EnvelopeOf<EnvelopeKind>, log: Logger) {
    this.delivery = delivery
    this.envelope = envelope
    this.#workerLog = log
  }

  get signal(): AbortSignal {
    return this.delivery.signal
  }

  get messageId(): string {
    return this.delivery.messageId
  }

  get receiveCount(): number {
    return this.delivery.receiveCount
  }

  get sentAt(): Date {
    return new Date(this.delivery.message.sentAtMs)
  }

  get groupId(): string | undefined {
    return this.delivery.message.groupId
  }

  get attributes(): Readonly<Record<string, MessageAttribute>> {
    return this.delivery.message.attributes
  }

  get log(): Logger {
    const { messageId, receiveCount } = this
    this.#log ??= withFields(this.#workerLog, { messageId, receiveCount })
    return this.#log
  }
}
