import * as fc from 'fast-check'
import { expect, it } from 'vitest'

import { ACCOUNT_ID, LocalSqs } from './local-sqs.js'
import type { ReceivedMessage } from './local-sqs.js'

const MAX_RECEIVES = 4

interface ModelMessage {
  hiddenUntilMs: number
  held: string | undefined
  isDelayed: boolean
  receives: number
  isDead: boolean
}

/** What a queue is, in ten lines: each message is hidden until an instant, and held by its latest receive. */
class Model {
  readonly messages = new Map<string, ModelMessage>()

  visible(nowMs: number): ModelMessage[] {
    return [...this.messages.values()].filter((one) => !one.isDead && one.hiddenUntilMs <= nowMs)
  }

  counts(nowMs: number): [number, number, number] {
    const hidden = [...this.messages.values()].filter((one) => !one.isDead && one.hiddenUntilMs > nowMs)
    const delayed = hidden.filter(({ isDelayed }) => isDelayed).length
    return [this.visible(nowMs).length, hidden.length - delayed, delayed]
  }
}

type Step =
  | { readonly do: 'send'; readonly delay: number; readonly group: string | undefined }
  | { readonly do: 'receive'; readonly maximum: number; readonly seconds: number; readonly isLost: boolean }
  | { readonly do: 'delete'; readonly which: readonly number[] }
  | { readonly do: 'change'; readonly which: number; readonly seconds: number }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'purge' }

const which = fc.nat({ max: 30 })
const steps = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant('send' as const),
        delay: fc.constantFrom(0, 0, 0, 2),
        group: fc.constantFrom(undefined, 'a', 'b'),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant('receive' as const),
        maximum: fc.integer({ min: 1, max: 10 }),
        seconds: fc.constantFrom(0, 0, 1, 3, 30),
        isLost: fc.constantFrom(false, false, true),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant('delete' as const),
        which: fc.uniqueArray(which, { minLength: 1, maxLength: 3 }),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({ do: fc.constant('change' as const), which, seconds: fc.constantFrom(0, 1, 5) }),
    },
    {
      weight: 3,
      arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(1, 500, 1_000, 5_000) }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('purge' as const) }) },
  ),
  // Left to itself, fast-check makes runs of ten steps: too few to receive a message twice.
  { maxLength: 60, size: 'max' },
)

/** Runs steps on a queue with a dead-letter queue, and on its model, side by side. */
class Run {
  readonly #local = new LocalSqs()
  readonly #model = new Model()
  readonly #received: ReceivedMessage[] = []
  #purgedAtMs = Number.NEGATIVE_INFINITY
  #queue = ''
  #dead = ''

  async run(all: readonly Step[]): Promise<void> {
    this.#dead = await this.#local.createQueue('dead')
    const deadLetterTargetArn = `arn:aws:sqs:eu-west-1:${ACCOUNT_ID}:dead`
    const policy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: MAX_RECEIVES })
    this.#queue = await this.#local.createQueue('q', { RedrivePolicy: policy })
    for (const step of all) {
      await this.#step(step)
      const counts = await this.#local.counts(this.#queue)
      expect(counts, JSON.stringify(step)).toEqual(this.#model.counts(this.#local.clock.now()))
    }
    await this.#everythingComesBack()
  }

  async #step(step: Step): Promise<void> {
    const nowMs = this.#local.clock.now()
    if (step.do === 'wait') return this.#local.clock.advance(step.ms)
    if (step.do === 'receive') return this.#receive(step)
    if (step.do === 'delete') return this.#delete(step.which.flatMap((one) => this.#pick(one) ?? []))
    if (step.do === 'purge') return this.#purge(nowMs)
    if (step.do === 'send') {
      const more = { DelaySeconds: step.delay, MessageGroupId: step.group }
      const id = await this.#local.send(this.#queue, 'body', more)
      const hiddenUntilMs = nowMs + step.delay * 1_000
      const unread = { held: undefined, isDelayed: true, receives: 0, isDead: false }
      this.#model.messages.set(id, { hiddenUntilMs, ...unread })
      return
    }
    const message = this.#pick(step.which)
    if (message === undefined) return
    const held = this.#held(message)
    const change = this.#local.changeVisibility(this.#queue, message, step.seconds)
    if (held === undefined) return await expect(change).rejects.toThrow()
    await change
    if (held.hiddenUntilMs > nowMs) held.hiddenUntilMs = nowMs + step.seconds * 1_000
  }

  #pick(at: number): ReceivedMessage | undefined {
    return this.#received[at % Math.max(this.#received.length, 1)]
  }

  /** What the handle of that receive is still good for. */
  #held({ MessageId, ReceiptHandle }: ReceivedMessage): ModelMessage | undefined {
    const known = this.#model.messages.get(MessageId)
    return known?.held === ReceiptHandle && !known.isDead ? known : undefined
  }

  async #delete(messages: readonly ReceivedMessage[]): Promise<void> {
    const gone = messages.filter((message) => this.#held(message) !== undefined)
    const [only] = messages
    if (only !== undefined && messages.length === 1) await this.#local.delete(this.#queue, only)
    else if (messages.length > 1) {
      const Entries = messages.map(({ ReceiptHandle }, at) => ({ Id: String(at), ReceiptHandle }))
      const answer = await this.#local.call('DeleteMessageBatch', { QueueUrl: this.#queue, Entries })
      expect(answer).toMatchObject({ Failed: [] })
    }
    for (const { MessageId } of gone) this.#model.messages.delete(MessageId)
  }

  async #purge(nowMs: number): Promise<void> {
    const purge = this.#local.call('PurgeQueue', { QueueUrl: this.#queue })
    if (nowMs - this.#purgedAtMs < 60_000) return await expect(purge).rejects.toThrow('every 60 seconds')
    await purge
    this.#purgedAtMs = nowMs
    for (const [id, { isDead }] of this.#model.messages) if (!isDead) this.#model.messages.delete(id)
  }

  async #receive({ maximum, seconds, isLost }: Step & { do: 'receive' }): Promise<void> {
    const nowMs = this.#local.clock.now()
    const gone = new AbortController()
    const visible = this.#model.visible(nowMs)
    const left = visible.filter(({ receives }) => receives < MAX_RECEIVES)
    const input = { MaxNumberOfMessages: maximum, VisibilityTimeout: seconds }
    const messages = await this.#local.receive(this.#queue, input, gone.signal)
    expect(messages).toHaveLength(Math.min(maximum, left.length))
    this.#bury(visible, messages.length < maximum)
    for (const message of messages) {
      const known = this.#model.messages.get(message.MessageId)
      if (known === undefined) throw new Error('A deleted message came again.')
      expect(left, 'a message was received that is hidden or dead').toContain(known)
      expect(message.Attributes?.ApproximateReceiveCount).toBe(String(known.receives + 1))
      if (isLost) continue
      const hiddenUntilMs = nowMs + seconds * 1_000
      const receives = known.receives + 1
      Object.assign(known, { hiddenUntilMs, held: message.ReceiptHandle, isDelayed: false, receives })
      this.#received.push(message)
    }
    if (isLost) gone.abort()
  }

  /** Only what was visible and has had its receives is moved, and all of it by a receive that looked at everything. */
  #bury(visible: readonly ModelMessage[], isAll: boolean): void {
    for (const { id } of this.#local.sqs.look('dead', 1_000)) {
      const known = this.#model.messages.get(id)
      if (known === undefined) throw new Error('A deleted message went to the dead letters.')
      if (known.isDead) continue
      expect(visible).toContain(known)
      expect(known.receives).toBe(MAX_RECEIVES)
      known.isDead = true
    }
    const spent = visible.filter(({ receives, isDead }) => receives === MAX_RECEIVES && !isDead)
    if (isAll) expect(spent).toEqual([])
  }

  async #everythingComesBack(): Promise<void> {
    await this.#local.clock.advance(60_000)
    const ids: string[] = []
    for (const queue of [this.#queue, this.#dead]) {
      for (;;) {
        const messages = await this.#local.receive(queue, { VisibilityTimeout: 600 })
        if (messages.length === 0) break
        ids.push(...messages.map((message) => message.MessageId))
      }
    }
    expect(ids.sort()).toEqual([...this.#model.messages.keys()].sort())
  }
}

it('a queue loses nothing, and doubles nothing inside its visibility timeout, whatever is done to it', async () => {
  // fast-check prints the seed and the smallest failing run.
  await fc.assert(
    fc.asyncProperty(steps, (all) => new Run().run(all)),
    { numRuns: 200 },
  )
})
