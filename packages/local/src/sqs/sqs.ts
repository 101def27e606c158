import type { QueueReading } from '@longshore/model'

import type { AccountContext, Operation, Service } from '../server/service.js'
import type { StoredMessage } from './message.js'
import { MoveTasks } from './move-task-operations.js'
import { permissionOperations } from './permission-operations.js'
import { queueOperations } from './queue-operations.js'
import { QueueRegistry } from './queue-registry.js'
import type { QueueCounts, QueueGlance } from './queue.js'
import { receiveOperations } from './receive-operations.js'
import { sendOperations } from './send-operations.js'
import type { SqsOptions } from './sqs-options.js'

/** Amazon SQS for one account and region: standard and FIFO queues, in memory. */
export class Sqs implements Service {
  readonly operations: Readonly<Record<string, Operation>>
  readonly #queues: QueueRegistry
  readonly #moveTasks: MoveTasks

  constructor(account: AccountContext, options: SqsOptions = {}) {
    this.#queues = new QueueRegistry(account, options)
    this.#moveTasks = new MoveTasks(this.#queues, account.clock)
    this.operations = {
      ...queueOperations(this.#queues),
      ...sendOperations(account, this.#queues),
      ...receiveOperations(this.#queues),
      ...this.#moveTasks.operations,
      ...permissionOperations(this.#queues),
    }
  }

  /** What each queue holds now, and what happened in it since the previous call: the source of the AWS/SQS metrics. */
  takeReadings(): QueueReading[] {
    return this.#queues.all().map((queue) => queue.takeReading())
  }

  /** The three counts of each queue, by its name. */
  counts(): Map<string, QueueCounts> {
    return new Map(this.#queues.all().map((queue) => [queue.name, queue.counts()]))
  }

  /** Undefined when there is no queue of that name. */
  glance(queueName: string): QueueGlance | undefined {
    return this.#queues.find(queueName)?.glance()
  }

  /** Up to `limit` messages of a queue, longest there first, without receiving them; none of an unknown queue. */
  look(queueName: string, limit: number): readonly StoredMessage[] {
    return this.#queues.find(queueName)?.look(limit) ?? []
  }

  /** Stops what moves messages, and answers every waiting receive empty-handed. */
  close(): void {
    this.#moveTasks.close()
    for (const queue of this.#queues.all()) queue.close('stopping')
  }
}
