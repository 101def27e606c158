import type { Clock } from '@longshore/core/time'

import type { OutputLine } from '../ecs/output.js'
import type { Caller } from '../server/caller.js'
import type { Operation } from '../server/service.js'
import type { StoredMessage } from '../sqs/message.js'
import type { QueueGlance } from '../sqs/queue.js'

interface Operated {
  readonly operations: Readonly<Record<string, Operation>>
}

/** What the page needs of an account's services: their operations, as clients call them, and three looks inside. */
export interface WatchedServices {
  readonly sqs: Operated & {
    glance(queueName: string): QueueGlance | undefined
    look(queueName: string, limit: number): readonly StoredMessage[]
  }
  readonly cloudwatch: Operated
  readonly autoscaling: Operated
  readonly ecs: Operated & { taskLog(taskArn: string): readonly OutputLine[] }
}

export interface WatchedAccount extends Caller {
  readonly services: WatchedServices
}

/** What the page needs of the server around it. */
export interface PageHost {
  /** Real time: the page's own beat. */
  readonly clock: Clock
  readonly controlClock: Clock
  readonly timeScale: number
  /** Epoch milliseconds at which both clocks agree. */
  readonly originMs: number
  /** Whose state is shown when nobody is chosen. */
  readonly fallback: Caller
  /** The accounts that somebody has called, oldest first. Looking opens none. */
  accounts(): readonly WatchedAccount[]
  /** What strikes calls, a line each. */
  faults(): readonly string[]
  environmentOf(caller: Caller): Readonly<Record<string, string>>
}
