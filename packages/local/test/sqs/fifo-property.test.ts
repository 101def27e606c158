import * as fc from 'fast-check'
import { expect, it } from 'vitest'

import { LocalSqs } from './local-sqs.js'
import type { ReceivedMessage } from './local-sqs.js'

const DEDUPLICATION_MS = 300_000

interface ModelMessage {
  readonly id: string
  readonly groupId: string
  hiddenUntilMs: number
  /** The handle that holds it, if any has: good until `hiddenUntilMs`. */
  held: string | undefined
}

/** What a FIFO queue is, in ten lines: messages in order; of each group, what is visible from its first message on. */
class Model {
  messages: ModelMessage[] = []
  readonly sentAtMs = new Map<string, number>()

  /** Each group's messages that a receive may take, in their order. */
  open(nowMs: number): Map<string, ModelMessage[]> {
    const closed = new Set<string>()
    const open = this.messages.filter(({ groupId, hiddenUntilMs }) => {
      if (hiddenUntilMs > nowMs) closed.add(groupId)
      return !closed.has(groupId)
    })
    return grouped(open, ({ groupId }) => groupId)
  }

  isHeld({ MessageId, ReceiptHandle }: ReceivedMessage, nowMs: number): boolean {
    const message = this.messages.find(({ id }) => id === MessageId)
    return message?.held === ReceiptHandle && message.hiddenUntilMs > nowMs
  }
}

function grouped<Item>(items: readonly Item[], groupOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>()
  for (const item of items) groups.set(groupOf(item), [...(groups.get(groupOf(item)) ?? []), item])
  return groups
}

type Step =
  | { readonly do: 'send'; readonly group: string; readonly content: number }
  | {
      readonly do: 'receive'
      readonly maximum: number
      readonly seconds: number
      readonly isLost: boolean
      readonly attempt: string
    }
  | { readonly do: 'delete'; readonly which: number }
  | { readonly do: 'change'; readonly which: number; readonly seconds: number }
  | { readonly do: 'wait'; readonly ms: number }

const which = fc.nat({ max: 30 })
const steps = fc.array(
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant('send' as const),
        group: fc.constantFrom('a', 'b', 'c'),
        content: fc.nat({ max: 40 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('receive' as const),
        maximum: fc.integer({ min: 1, max: 10 }),
        seconds: fc.constantFrom(0, 1, 3, 30),
        isLost: fc.constantFrom(false, false, true),
        attempt: fc.constantFrom('', '', 'x', 'y'),
      }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('delete' as const), which }) },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant('change' as const), which, seconds: fc.constantFrom(0, 1, 5) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('wait' as const),
        ms: fc.constantFrom(1, 500, 1_000, 5_000, 150_000),
      }),
    },
  ),
  // Left to itself, fast-check makes runs of ten steps: too few to receive a message twice.
  { maxLength: 80, size: 'max' },
)

/** Runs steps on a FIFO queue and on its model side by side. */
class Run {
  readonly #local = new LocalSqs()
  readonly #model = new Model()
  readonly #received: ReceivedMessage[] = []
  /** By attempt id, until a message of it was deleted or changed. */
  readonly #attempts = new Map<string, ReceivedMessage[]>()
  #queue = ''

  async run(all: readonly Step[]): Promise<void> {
    this.#queue = await this.#local.createFifo('q')
    for (const step of all) {
      await this.#step(step)
      const nowMs = this.#local.clock.now()
      const hidden = this.#model.messages.filter(({ hiddenUntilMs }) => hiddenUntilMs > nowMs).length
      const counts = await this.#local.counts(this.#queue)
      expect(counts, JSON.stringify(step)).toEqual([this.#model.messages.length - hidden, hidden, 0])
    }
    await this.#everythingComesInOrder()
  }

  async #step(step: Step): Promise<void> {
    if (step.do === 'wait') return this.#local.clock.advance(step.ms)
    if (step.do === 'receive') return this.#receive(step)
    if (step.do === 'send') return this.#send(`${step.content}`, step.group)
    const message = this.#received[step.which % Math.max(this.#received.length, 1)]
    if (message === undefined) return
    const nowMs = this.#local.clock.now()
    const known = this.#model.messages.find(({ id }) => id === message.MessageId)
    const isHeld = this.#model.isHeld(message, nowMs)
    const call =
      step.do === 'delete'
        ? this.#local.delete(this.#queue, message)
        : this.#local.changeVisibility(this.#queue, message, step.seconds)
    // Deleting what is gone already is no failure.
    if (!isHeld) return known === undefined && step.do === 'delete' ? call : expect(call).rejects.toThrow()
    await call
    for (const [attempt, taken] of this.#attempts) if (taken.includes(message)) this.#attempts.delete(attempt)
    if (step.do === 'delete') this.#model.messages = this.#model.messages.filter((one) => one !== known)
    else if (known !== undefined) known.hiddenUntilMs = nowMs + step.seconds * 1_000
  }

  async #send(body: string, groupId: string): Promise<void> {
    const nowMs = this.#local.clock.now()
    const id = await this.#local.send(this.#queue, body, { MessageGroupId: groupId })
    if (nowMs - (this.#model.sentAtMs.get(body) ?? Number.NEGATIVE_INFINITY) < DEDUPLICATION_MS) return
    this.#model.sentAtMs.set(body, nowMs)
    this.#model.messages.push({ id, groupId, hiddenUntilMs: 0, held: undefined })
  }

  async #receive({ maximum, seconds, isLost, attempt }: Step & { do: 'receive' }): Promise<void> {
    const nowMs = this.#local.clock.now()
    const gone = new AbortController()
    const input = { MaxNumberOfMessages: maximum, VisibilityTimeout: seconds }
    const token = attempt === '' ? {} : { ReceiveRequestAttemptId: attempt }
    const messages = await this.#local.receive(this.#queue, { ...input, ...token }, gone.signal)
    const earlier = this.#attempts.get(attempt)
    const isRepeated = earlier?.every((message) => this.#model.isHeld(message, nowMs)) === true
    if (isRepeated) expect(messages).toEqual(earlier)
    else this.#isBestOf(messages, maximum)
    if (isLost) gone.abort()
    // A repeated answer that is lost stays taken: the first one may have arrived.
    if (isLost && !isRepeated) return
    for (const { MessageId, ReceiptHandle } of messages) {
      const known = this.#model.messages.find(({ id }) => id === MessageId)
      Object.assign(known ?? {}, { hiddenUntilMs: nowMs + seconds * 1_000, held: ReceiptHandle })
    }
    if (isRepeated) return
    this.#received.push(...messages)
    if (attempt !== '' && messages.length > 0) this.#attempts.set(attempt, messages)
  }

  /** As many as there are; of each group its first ones in order; and every group but the last one whole. */
  #isBestOf(messages: readonly ReceivedMessage[], maximum: number): void {
    const open = this.#model.open(this.#local.clock.now())
    const available = [...open.values()].flat().length
    expect(messages).toHaveLength(Math.min(maximum, available))
    const groups = grouped(messages, ({ Attributes }) => Attributes?.MessageGroupId ?? '')
    const lastGroup = messages.at(-1)?.Attributes?.MessageGroupId
    for (const [groupId, taken] of groups) {
      const ids = open.get(groupId)?.map(({ id }) => id) ?? []
      expect(taken.map(({ MessageId }) => MessageId)).toEqual(ids.slice(0, taken.length))
      if (groupId !== lastGroup) expect(taken).toHaveLength(ids.length)
    }
  }

  async #everythingComesInOrder(): Promise<void> {
    await this.#local.clock.advance(60_000)
    const left = grouped(this.#model.messages, ({ groupId }) => groupId)
    for (;;) {
      const messages = await this.#local.receive(this.#queue, { VisibilityTimeout: 600 })
      if (messages.length === 0) break
      for (const message of messages) {
        expect(left.get(message.Attributes?.MessageGroupId ?? '')?.shift()?.id).toBe(message.MessageId)
        await this.#local.delete(this.#queue, message)
      }
    }
    expect([...left.values()].flat()).toEqual([])
  }
}

it('a FIFO queue loses nothing, doubles nothing and keeps every group’s order, whatever is done to it', async () => {
  // fast-check prints the seed and the smallest failing run.
  await fc.assert(
    fc.asyncProperty(steps, (all) => new Run().run(all)),
    { numRuns: 200 },
  )
})
