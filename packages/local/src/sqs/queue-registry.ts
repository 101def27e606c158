import { randomBytes } from 'node:crypto'

import type { AccountContext } from '../server/service.js'
import {
  invalidAddress,
  invalidParameter,
  queueDeletedRecently,
  queueDoesNotExist,
  queueNameExists,
} from './errors.js'
import { initialAttributes, normalAttributes, withChanges } from './queue-attributes.js'
import { Queue } from './queue.js'
import { allowsSource } from './redrive-allow-policy.js'
import { invalidRedrivePolicy, readRedrivePolicy } from './redrive-policy.js'
import type { SqsOptions } from './sqs-options.js'

const NAME = /^[A-Za-z0-9_-]+$/
const FIFO_NAME = /^[A-Za-z0-9_-]+\.fifo$/
const MAX_NAME_LENGTH = 80
const RECREATE_AFTER_MS = 60_000

/** The queues of one account and region, by name, URL and ARN. */
export class QueueRegistry {
  readonly #account: AccountContext
  readonly #options: SqsOptions
  readonly #queues = new Map<string, Queue>()
  readonly #deletedAtMs = new Map<string, number>()

  constructor(account: AccountContext, options: SqsOptions) {
    this.#account = account
    this.#options = options
  }

  /** All queues, by name. */
  all(): Queue[] {
    return [...this.#queues.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  find(name: string): Queue | undefined {
    return this.#queues.get(name)
  }

  findByArn(arn: string): Queue | undefined {
    const queue = this.#queues.get(arn.slice(arn.lastIndexOf(':') + 1))
    return queue?.arn === arn ? queue : undefined
  }

  /** Only a QueueUrl's path names the queue: its host is whatever the caller reaches us by. */
  byUrl(queueUrl: string): Queue {
    const [accountId, name, ...rest] = pathOf(queueUrl)
    if (accountId === undefined || name === undefined || rest.length > 0) throw invalidAddress(queueUrl)
    const queue = accountId === this.#account.accountId ? this.#queues.get(name) : undefined
    if (queue === undefined) throw queueDoesNotExist()
    return queue
  }

  urlOf(queue: Queue, origin: string): string {
    return `${origin}/${this.#account.accountId}/${queue.name}`
  }

  /** Creates a queue, or gives the existing one when every attribute asked for equals its own. */
  create(name: string, given: ReadonlyMap<string, string>, tags: ReadonlyMap<string, string>): Queue {
    const isFifo = given.get('FifoQueue') === 'true'
    checkName(name, isFifo)
    const attributes = normalAttributes(given, isFifo)
    const existing = this.#queues.get(name)
    if (existing !== undefined) return sameAttributes(existing, attributes)
    this.#checkDeletedAgo(name)
    const arn = `arn:aws:sqs:${this.#account.region}:${this.#account.accountId}:${name}`
    this.#checkRedriveTarget(attributes, { arn, isFifo })
    const queue = new Queue({
      name,
      arn,
      key: randomBytes(6).toString('hex'),
      clock: this.#account.clock,
      attributes: withChanges(initialAttributes(isFifo), attributes),
      tags,
      options: this.#options,
      findByArn: (arn) => this.findByArn(arn),
    })
    this.#queues.set(name, queue)
    return queue
  }

  configure(queue: Queue, given: ReadonlyMap<string, string>): void {
    const changes = normalAttributes(given, queue.isFifo)
    this.#checkRedriveTarget(changes, queue)
    queue.configure(withChanges(queue.attributes, changes))
  }

  delete(queue: Queue): void {
    this.#queues.delete(queue.name)
    this.#deletedAtMs.set(queue.name, this.#account.clock.now())
    queue.close('deleted')
  }

  /** The queues whose redrive policy names this one. */
  sourcesOf(target: Queue): Queue[] {
    return this.all().filter((queue) => queue.settings.redrivePolicy?.deadLetterTargetArn === target.arn)
  }

  #checkDeletedAgo(name: string): void {
    if (this.#options.strictTiming === false) return
    const nowMs = this.#account.clock.now()
    for (const [deleted, atMs] of this.#deletedAtMs) {
      if (atMs + RECREATE_AFTER_MS <= nowMs) this.#deletedAtMs.delete(deleted)
    }
    if (this.#deletedAtMs.has(name)) throw queueDeletedRecently()
  }

  #checkRedriveTarget(
    attributes: ReadonlyMap<string, string>,
    source: { readonly arn: string; readonly isFifo: boolean },
  ): void {
    const text = attributes.get('RedrivePolicy')
    if (text === undefined || text === '') return
    const target = this.findByArn(readRedrivePolicy(text).deadLetterTargetArn)
    if (target === undefined) throw invalidRedrivePolicy(text, 'Dead letter target does not exist.')
    if (target.isFifo !== source.isFifo) {
      // Two full stops, as recorded from AWS.
      throw invalidRedrivePolicy(text, 'Dead-letter queue must be same type of queue as the source..')
    }
    if (!allowsSource(target.settings.redriveAllowPolicy, source.arn)) {
      // In our words: AWS's are not public.
      const reason = "The dead-letter queue's redrive allow policy does not allow this queue."
      throw invalidRedrivePolicy(text, reason)
    }
  }
}

function pathOf(queueUrl: string): string[] {
  if (!URL.canParse(queueUrl)) throw invalidAddress(queueUrl)
  return new URL(queueUrl).pathname.split('/').filter((part) => part !== '')
}

function checkName(name: string, isFifo: boolean): void {
  if (isFifo) {
    if (FIFO_NAME.test(name) && name.length <= MAX_NAME_LENGTH) return
    throw invalidParameter(
      'The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo suffix and be 1 to 80 in length',
    )
  }
  if (!NAME.test(name) || name.length > MAX_NAME_LENGTH) {
    throw invalidParameter(
      'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length',
    )
  }
}

function sameAttributes(queue: Queue, asked: ReadonlyMap<string, string>): Queue {
  for (const [name, value] of asked) {
    if (value !== (queue.attributes.get(name) ?? '')) throw queueNameExists(name)
  }
  return queue
}
