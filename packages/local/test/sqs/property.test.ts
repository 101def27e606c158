import * as fc from 'fast-check'
import { expect, it } from 'vitest'

import { LocalSqs } from './local-sqs.js'
import type { ReceivedMessage } from './local-sqs.js'

/** What a queue is, in ten lines: each message is hidden until an instant, and held by its latest receive. */
class Model {
  readonly messages = new Map<
    string,
    { hiddenUntilMs: number; held: string | undefined; isDelayed: boolean }
  >()

  counts(nowMs: number): [number, number, number] {
    const hidden = [...this.messages.values()].filter(({ hiddenUntilMs }) => hiddenUntilMs > nowMs)
    const delayed = hidden.filter(({ isDelayed }) => isDelayed).length
    return [this.messages.size - hidden.length, hidden.length - delayed, delayed]
  }
}

type Step =
  | { readonly do: 'send'; readonly delay: number; readonly group: string | undefined }
  | { readonly do: 'receive'; readonly maximum: number; readonly seconds: number; readonly isLost: boolean }
  | { readonly do: 'delete' | 'again'; readonly which: number }
  | { readonly do: 'change'; readonly which: number; readonly seconds: number }
  | { readonly do: 'wait'; readonly ms: number }

const which = fc.nat({ max: 30 })
const steps = fc.array(
  fc.oneof(
    fc.record({
      do: fc.constant('send' as const),
      delay: fc.constantFrom(0, 0, 0, 2),
      group: fc.constantFrom(undefined, 'a', 'b'),
    }),
    fc.record({
      do: fc.constant('receive' as const),
      maximum: fc.integer({ min: 1, max: 10 }),
      seconds: fc.constantFrom(0, 1, 3, 30),
      isLost: fc.constantFrom(false, false, true),
    }),
    fc.record({ do: fc.constantFrom('delete' as const, 'again' as const), which }),
    fc.record({ do: fc.constant('change' as const), which, seconds: fc.constantFrom(0, 1, 5) }),
    fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(1, 500, 1_000, 5_000) }),
  ),
  // Left to itself, fast-check makes runs of ten steps: too few to receive a message twice.
  { maxLength: 60, size: 'max' },
)

/** Runs steps on a queue and on its model side by side. */
class Run {
  readonly #local = new LocalSqs()
  readonly #model = new Model()
  readonly #received: ReceivedMessage[] = []
  #queue = ''

  async run(all: readonly Step[]): Promise<void> {
    this.#queue = await this.#local.createQueue('q')
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
    if (step.do === 'send') {
      const more = { DelaySeconds: step.delay, MessageGroupId: step.group }
      const id = await this.#local.send(this.#queue, 'body', more)
      const hiddenUntilMs = nowMs + step.delay * 1_000
      this.#model.messages.set(id, { hiddenUntilMs, held: undefined, isDelayed: true })
      return
    }
    const message = this.#received[step.which % Math.max(this.#received.length, 1)]
    if (message === undefined) return
    const known = this.#model.messages.get(message.MessageId)
    const isHeld = known?.held === message.ReceiptHandle
    if (step.do !== 'change') {
      await this.#local.delete(this.#queue, message)
      if (isHeld) this.#model.messages.delete(message.MessageId)
      return
    }
    const change = this.#local.changeVisibility(this.#queue, message, step.seconds)
    if (!isHeld) return await expect(change).rejects.toThrow()
    await change
    if (known.hiddenUntilMs > nowMs) known.hiddenUntilMs = nowMs + step.seconds * 1_000
  }

  async #receive({ maximum, seconds, isLost }: Step & { do: 'receive' }): Promise<void> {
    const nowMs = this.#local.clock.now()
    const gone = new AbortController()
    const [visible] = this.#model.counts(nowMs)
    const input = { MaxNumberOfMessages: maximum, VisibilityTimeout: seconds }
    const messages = await this.#local.receive(this.#queue, input, gone.signal)
    expect(messages).toHaveLength(Math.min(maximum, visible))
    for (const message of messages) {
      const known = this.#model.messages.get(message.MessageId)
      if (known === undefined) throw new Error('A deleted message came again.')
      expect(known.hiddenUntilMs, 'a hidden message was received').toBeLessThanOrEqual(nowMs)
      if (isLost) continue
      Object.assign(known, {
        hiddenUntilMs: nowMs + seconds * 1_000,
        held: message.ReceiptHandle,
        isDelayed: false,
      })
      this.#received.push(message)
    }
    if (isLost) gone.abort()
  }

  async #everythingComesBack(): Promise<void> {
    await this.#local.clock.advance(60_000)
    const ids: string[] = []
    for (;;) {
      const messages = await this.#local.receive(this.#queue, { VisibilityTimeout: 600 })
      if (messages.length === 0) break
      ids.push(...messages.map((message) => message.MessageId))
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
