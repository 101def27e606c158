import type { Clock } from '@longshore/core/time'

import type { Operation } from '../server/service.js'
import { invalidParameter, missingParameter, resourceNotFound } from './errors.js'
import { optionalInteger, optionalText, requiredText } from './input.js'
import type { Input } from './input.js'
import { MoveTask } from './move-task.js'
import type { QueueRegistry } from './queue-registry.js'
import type { Queue } from './queue.js'

const ARN = /^arn:[^:]+:[^:]+:[^:]+:[^:]+:[^:]+$/
const MAX_MESSAGES_PER_SECOND = 500
// What ListMessageMoveTasks can answer: "the most recent message movement tasks (up to 10)".
const MAX_TASKS = 10

/** StartMessageMoveTask, CancelMessageMoveTask and ListMessageMoveTasks: what they start is on `clock`. */
export class MoveTasks {
  readonly operations: Readonly<Record<string, Operation>>
  readonly #queues: QueueRegistry
  readonly #clock: Clock
  /** Of each dead-letter queue, the newest task first. */
  readonly #tasks = new Map<Queue, MoveTask[]>()

  constructor(queues: QueueRegistry, clock: Clock) {
    this.#queues = queues
    this.#clock = clock
    this.operations = {
      StartMessageMoveTask: (input) => this.#start(input),
      CancelMessageMoveTask: (input) => this.#cancel(input),
      ListMessageMoveTasks: (input) => this.#list(input),
    }
  }

  /** Stops every task where it is. */
  close(): void {
    for (const tasks of this.#tasks.values()) for (const task of tasks) task.close()
  }

  #start(input: Input): unknown {
    const source = this.#queueOf('SourceArn', requiredArn(input, 'SourceArn'))
    if (this.#queues.sourcesOf(source).length === 0) {
      throw invalidParameter('Source queue must be configured as a Dead Letter Queue.')
    }
    const destination = this.#destinationOf(input, source)
    const messagesPerSecond = optionalInteger(input, 'MaxNumberOfMessagesPerSecond')
    checkRange('MaxNumberOfMessagesPerSecond', messagesPerSecond, MAX_MESSAGES_PER_SECOND)
    const earlier = this.#tasks.get(source) ?? []
    if (earlier[0]?.isActive === true) {
      throw invalidParameter(
        'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
      )
    }
    const surroundings = { clock: this.#clock, findByArn: (arn: string) => this.#queues.findByArn(arn) }
    const task = new MoveTask({ source, destination, messagesPerSecond }, surroundings)
    this.#forgetDeletedQueues()
    this.#tasks.set(source, [task, ...earlier].slice(0, MAX_TASKS))
    return { TaskHandle: task.handle }
  }

  #cancel(input: Input): unknown {
    const { taskId, sourceArn } = readHandle(requiredText(input, 'TaskHandle'))
    const source = this.#queueOf('SourceArn', sourceArn)
    const task = this.#tasks.get(source)?.find(({ id }) => id === taskId)
    if (task === undefined || !task.isRunning) throw resourceNotFound('Task does not exist.')
    task.cancel()
    return { ApproximateNumberOfMessagesMoved: task.moved }
  }

  #list(input: Input): unknown {
    const source = this.#queueOf('SourceArn', requiredArn(input, 'SourceArn'))
    const maximum = optionalInteger(input, 'MaxResults')
    checkRange('MaxResults', maximum, MAX_TASKS)
    const tasks = this.#tasks.get(source) ?? []
    return { Results: tasks.slice(0, maximum ?? 1).map((task) => task.describe()) }
  }

  #destinationOf(input: Input, source: Queue): Queue | undefined {
    if ((input.DestinationArn ?? undefined) === undefined) return undefined
    const arn = requiredArn(input, 'DestinationArn')
    if (arn === source.arn) {
      throw invalidParameter('Source queue arn and destination queue arn cannot be the same.')
    }
    const destination = this.#queueOf('DestinationArn', arn)
    if (destination.isFifo !== source.isFifo) {
      throw invalidParameter('The source queue and destination queue must be of the same queue type.')
    }
    return destination
  }

  #queueOf(parameter: string, arn: string): Queue {
    const queue = this.#queues.findByArn(arn)
    if (queue !== undefined) return queue
    throw resourceNotFound(`The resource that you specified for the ${parameter} parameter doesn't exist.`)
  }

  #forgetDeletedQueues(): void {
    for (const [queue, [newest]] of this.#tasks) {
      const isGone = this.#queues.findByArn(queue.arn) !== queue
      if (isGone && newest?.isActive !== true) this.#tasks.delete(queue)
    }
  }
}

function requiredArn(input: Input, parameter: string): string {
  const arn = optionalText(input, parameter)
  if (arn === undefined) throw missingParameter(parameter)
  if (ARN.test(arn)) return arn
  throw invalidParameter(
    `You must use this format to specify the ${parameter}: arn:<partition>:<service>:<region>:<account-id>:<resource-id>`,
  )
}

function checkRange(parameter: string, value: number | undefined, maximum: number): void {
  if (value === undefined || (value >= 1 && value <= maximum)) return
  throw invalidParameter(
    `Value for parameter ${parameter} is invalid. Reason: You must enter a number that's between 1 and ${maximum}.`,
  )
}

function readHandle(handle: string): { taskId: string; sourceArn: string } {
  try {
    const name: unknown = JSON.parse(Buffer.from(handle, 'base64').toString())
    const { taskId, sourceArn } = Object(name) as { taskId?: unknown; sourceArn?: unknown }
    if (typeof taskId === 'string' && typeof sourceArn === 'string') return { taskId, sourceArn }
  } catch {
    // Answered below.
  }
  throw invalidParameter('Value for parameter TaskHandle is invalid.')
}
