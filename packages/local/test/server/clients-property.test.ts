// Several clients at once over HTTP, some of which hang up: whatever they do, no message is lost, none is held by two of
// them, and no message of a group overtakes another.
import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'

import { startLocalAws } from '../../src/index.js'
import type { LocalAws } from '../../src/index.js'
import { openSocket, requestText, sqsCall } from './raw-http.js'

interface Known {
  readonly id: string
  readonly group: string
  /** Of a FIFO queue: the order in which the server has taken them. */
  readonly sequence: string
  state: 'sent' | 'held' | 'deleted'
}

interface Held {
  readonly known: Known
  readonly ReceiptHandle: string
}

type Step =
  | { readonly do: 'send'; readonly group: string; readonly count: number }
  | { readonly do: 'receive'; readonly maximum: number; readonly wait: number }
  | { readonly do: 'hang up'; readonly afterMs: number }
  | { readonly do: 'delete' | 'give back'; readonly count: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant('send' as const),
    group: fc.constantFrom('a', 'b', 'c'),
    count: fc.integer({ min: 1, max: 5 }),
  }),
  fc.record({
    do: fc.constant('receive' as const),
    maximum: fc.integer({ min: 1, max: 10 }),
    wait: fc.constantFrom(0, 0, 0, 1),
  }),
  fc.record({ do: fc.constant('hang up' as const), afterMs: fc.integer({ min: 0, max: 8 }) }),
  fc.record({
    do: fc.constantFrom('delete' as const, 'give back' as const),
    count: fc.integer({ min: 1, max: 10 }),
  }),
)
const clients = fc.array(fc.array(step, { minLength: 5, maxLength: 15, size: 'max' }), {
  minLength: 4,
  maxLength: 4,
})

let aws: LocalAws
beforeAll(async () => {
  aws = await startLocalAws()
})
afterAll(() => aws.close())

async function call<Answer>(operation: string, input: object): Promise<Answer> {
  const { status, json, text } = await sqsCall(aws.endpoint, operation, input)
  if (status !== 200) throw new Error(`${operation}: ${status} ${text}`)
  return json as Answer
}

class Run {
  readonly #isFifo: boolean
  readonly #known = new Map<string, Known>()
  #QueueUrl = ''
  #sent = 0

  constructor(isFifo: boolean) {
    this.#isFifo = isFifo
  }

  async run(name: string, all: readonly (readonly Step[])[]): Promise<void> {
    const Attributes = {
      VisibilityTimeout: '600',
      ...(this.#isFifo ? { FifoQueue: 'true', ContentBasedDeduplication: 'true' } : {}),
    }
    const QueueName = this.#isFifo ? `${name}.fifo` : name
    this.#QueueUrl = (await call<{ QueueUrl: string }>('CreateQueue', { QueueName, Attributes })).QueueUrl
    await Promise.all(all.map((steps) => this.#client(steps)))
    await this.#everythingComes()
    await call('DeleteQueue', { QueueUrl: this.#QueueUrl })
  }

  async #client(steps: readonly Step[]): Promise<void> {
    const held: Held[] = []
    for (const each of steps) {
      if (each.do === 'send') await this.#send(each)
      else if (each.do === 'receive') held.push(...(await this.#receive(each.maximum, each.wait)))
      else if (each.do === 'hang up') await this.#hangUp(each.afterMs)
      else await this.#settle(each.do, held.splice(0, each.count))
    }
    await this.#settle('give back', held)
  }

  async #send({ group, count }: Step & { do: 'send' }): Promise<void> {
    const Entries = Array.from({ length: count }, (_, at) => {
      return { Id: String(at), MessageBody: String(++this.#sent), MessageGroupId: group }
    })
    const { Successful } = await call<{ Successful: { MessageId: string; SequenceNumber?: string }[] }>(
      'SendMessageBatch',
      { QueueUrl: this.#QueueUrl, Entries },
    )
    for (const { MessageId: id, SequenceNumber: sequence = '' } of Successful)
      this.#learn(id, group, sequence)
  }

  /** A receiver may see a message before its sender hears of it. */
  #learn(id: string, group: string, sequence: string): Known {
    const known = this.#known.get(id) ?? { id, group, sequence, state: 'sent' }
    this.#known.set(id, known)
    return known
  }

  async #receive(MaxNumberOfMessages: number, WaitTimeSeconds: number): Promise<Held[]> {
    const before = [...this.#known.values()]
    const input = { MaxNumberOfMessages, WaitTimeSeconds, MessageSystemAttributeNames: ['All'] }
    const { Messages = [] } = await call<{
      Messages?: { MessageId: string; ReceiptHandle: string; Attributes: Record<string, string> }[]
    }>('ReceiveMessage', { QueueUrl: this.#QueueUrl, ...input })
    const taken = Messages.map(({ MessageId, ReceiptHandle, Attributes }) => {
      const { MessageGroupId = '', SequenceNumber = '' } = Attributes
      const known = this.#learn(MessageId, MessageGroupId, SequenceNumber)
      expect(known.state, `message ${MessageId} was received again`).toBe('sent')
      return { known, ReceiptHandle }
    })
    for (const { known } of taken) known.state = 'held'
    if (this.#isFifo)
      this.#inOrder(
        taken.map(({ known }) => known),
        before,
      )
    return taken
  }

  /** Nothing older of the group that was there before may be left behind, nor be in another's hands. */
  #inOrder(taken: readonly Known[], before: readonly Known[]): void {
    for (const one of taken) {
      const older = before.filter(({ group, sequence }) => group === one.group && sequence < one.sequence)
      const left = older.filter((other) => other.state !== 'deleted' && !taken.includes(other))
      expect(left, `${one.sequence} came before what was sent earlier`).toEqual([])
      const others = taken.filter(({ group }) => group === one.group).map(({ sequence }) => sequence)
      expect(others).toEqual(others.toSorted())
    }
  }

  /** Whoever hangs up may still have been answered: what it took comes back within a second. */
  async #hangUp(afterMs: number): Promise<void> {
    const socket = await openSocket(aws.port)
    const input = {
      QueueUrl: this.#QueueUrl,
      MaxNumberOfMessages: 10,
      VisibilityTimeout: 1,
      WaitTimeSeconds: 1,
    }
    socket.write(requestText('ReceiveMessage', input))
    await new Promise((resolve) => setTimeout(resolve, afterMs))
    socket.destroy()
  }

  async #settle(how: 'delete' | 'give back', held: readonly Held[]): Promise<void> {
    // From here on, somebody else may have a message that is given back.
    for (const { known } of held) known.state = how === 'delete' ? 'deleted' : 'sent'
    for (let start = 0; start < held.length; start += 10) {
      const Entries = held.slice(start, start + 10).map(({ ReceiptHandle }, at) => {
        return { Id: String(at), ReceiptHandle, VisibilityTimeout: how === 'delete' ? undefined : 0 }
      })
      const operation = how === 'delete' ? 'DeleteMessageBatch' : 'ChangeMessageVisibilityBatch'
      expect(await call(operation, { QueueUrl: this.#QueueUrl, Entries })).toMatchObject({ Failed: [] })
    }
  }

  async #everythingComes(): Promise<void> {
    const left = new Set(
      [...this.#known.values()].filter(({ state }) => state === 'sent').map(({ id }) => id),
    )
    const deadline = performance.now() + 40_000
    while (left.size > 0 && performance.now() < deadline) {
      const held = await this.#receive(10, 1)
      for (const { known } of held) left.delete(known.id)
      await this.#settle('delete', held)
    }
    expect([...left], 'messages that never came').toEqual([])
    expect(await this.#receive(10, 0)).toEqual([])
  }
}

// Side by side, since most of their time is spent waiting for what was hung up on to come back.
const QUEUES = 10
const queues = fc.array(clients, { minLength: QUEUES, maxLength: QUEUES })

it.concurrent.each(['standard', 'FIFO'])(
  'clients at once on a %s queue',
  { timeout: 60_000 },
  async (type) => {
    const property = fc.asyncProperty(queues, async (each) => {
      await Promise.all(each.map((all, at) => new Run(type === 'FIFO').run(`${type}-${at}`, all)))
    })
    // Two runs of the same steps are not the same run: a smaller one proves nothing.
    await fc.assert(property, { numRuns: 1, endOnFailure: true })
  },
)
