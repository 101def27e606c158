// One list of rules for the queue that users' tests run on and for the one that services run on: what a test shows on the
// queue in memory must hold on SQS. The real port talks to a local AWS, or to whatever AWS_ENDPOINT_URL_SQS names.
import { randomUUID } from 'node:crypto'
import { setMaxListeners } from 'node:events'

import { defineQueue, openQueue, QueueCallError } from '@longshore/core'
import type { QueuePort, ReceivedMessage, ReceiveRequest } from '@longshore/core'
import { manualClock, memoryQueue } from '@longshore/core/testing'
import { describe, expect, it, onTestFinished } from 'vitest'

import { inTime, pause, untilInTime, useEndpoint } from './endpoint.js'
import { knownDifferences } from './known-differences.js'

const target = process.env.LONGSHORE_CONTRACT_TARGET ?? 'local'
const RULE_TIMEOUT_MS = 45_000
const VISIBILITY_SECONDS = 2
const MAX_RECEIVE_COUNT = 2
// Clocks of servers count in milliseconds of their own.
const LEEWAY_MS = 100
const signal = new AbortController().signal
// The rules run side by side, and each of their calls listens.
setMaxListeners(0, signal)

/** A fresh queue with a dead-letter queue behind it, and the time that it lives in. */
interface Subject {
  readonly port: QueuePort
  readonly deadLetterQueueArn: string
  readonly elapse: (ms: number) => Promise<void>
  readonly now: () => number
}

type Rule = (subject: Subject) => Promise<void>

const RULES: Record<string, Rule> = {
  'the queue says its visibility timeout, where it redrives to, and that it is not FIFO': async ({
    port,
    ...it
  }) => {
    expect(await port.describe(signal)).toMatchObject({
      visibilityTimeoutMs: VISIBILITY_SECONDS * 1_000,
      isFifo: false,
      redrive: { deadLetterQueueArn: it.deadLetterQueueArn, maxReceiveCount: MAX_RECEIVE_COUNT },
    })
  },

  'a message arrives as it was sent, with its attributes': async ({ port }) => {
    const attributes = {
      text: { type: 'String', value: 'grün' },
      number: { type: 'Number', value: '12.5' },
      bytes: { type: 'Binary', value: new Uint8Array([0, 255, 7]) },
      'custom.kind': { type: 'String.uuid', value: 'x' },
    }
    const { sent, failures } = await port.sendBatch([{ body: '{"a":"ü"}', attributes }], signal)
    expect(failures).toEqual([])
    const message = await receiveOne(port)
    expect(message).toMatchObject({ messageId: sent[0]?.messageId, body: '{"a":"ü"}', receiveCount: 1 })
    expect(message.firstReceivedAtMs).toBeGreaterThanOrEqual(message.sentAtMs)
    for (const [name, { type, value }] of Object.entries(attributes)) {
      expect(message.attributes[name]?.type).toBe(type)
      expect(Buffer.from(message.attributes[name]?.value ?? '')).toEqual(Buffer.from(value))
    }
  },

  'a received message is hidden for its visibility timeout, then comes again under another receipt': async (
    subject,
  ) => {
    await send(subject.port, 'a')
    const beganMs = subject.now()
    const first = await receiveOne(subject.port)
    const second = await untilOneComes(subject)
    expect(subject.now() - beganMs).toBeGreaterThanOrEqual(VISIBILITY_SECONDS * 1_000 - LEEWAY_MS)
    expect(second).toMatchObject({ messageId: first.messageId, receiveCount: 2 })
    expect(second.receiptHandle).not.toBe(first.receiptHandle)
    expect(second.firstReceivedAtMs).toBe(first.firstReceivedAtMs)
  },

  'a receive decides the visibility timeout of its messages': async (subject) => {
    await send(subject.port, 'a')
    const beganMs = subject.now()
    await receiveOne(subject.port, { visibilityTimeoutSeconds: 4 })
    await untilOneComes(subject)
    expect(subject.now() - beganMs).toBeGreaterThanOrEqual(4_000 - LEEWAY_MS)
  },

  'a receive brings ten messages at most': async ({ port }) => {
    await send(port, ...letters(10))
    await send(port, 'k', 'l')
    const seen = new Set<string>()
    for (let receives = 0; seen.size < 12 && receives < 12; receives += 1) {
      const messages = await receive(port, HELD)
      expect(messages.length).toBeLessThanOrEqual(10)
      for (const { body } of messages) seen.add(body)
    }
    expect([...seen].toSorted()).toEqual([...letters(10), 'k', 'l'])
  },

  'a deleted message does not come again, and deleting it twice is no failure': async ({ port, elapse }) => {
    await send(port, 'a')
    const { receiptHandle } = await receiveOne(port)
    expect(await port.deleteBatch([receiptHandle], signal)).toEqual([])
    expect(await port.deleteBatch([receiptHandle], signal)).toEqual([])
    await elapse(VISIBILITY_SECONDS * 1_000 + 100)
    expect(await receive(port)).toEqual([])
  },

  'deleting with an old receipt is no failure': async ({ port, elapse }) => {
    await send(port, 'a')
    const first = await receiveOne(port)
    await elapse(VISIBILITY_SECONDS * 1_000 + 100)
    await receiveOne(port)
    expect(await port.deleteBatch([first.receiptHandle], signal)).toEqual([])
  },

  'an extended message stays hidden, counted from the call': async (subject) => {
    const { port, elapse, now } = subject
    await send(port, 'a')
    const changedMs = await inTime(VISIBILITY_SECONDS * 1_000, async () => {
      const { receiptHandle } = await receiveOne(port)
      await elapse(1_000)
      const atMs = now()
      expect(await change(port, receiptHandle, 4)).toEqual([])
      return atMs
    })
    await untilOneComes(subject)
    expect(now() - changedMs).toBeGreaterThanOrEqual(4_000 - LEEWAY_MS)
  },

  'a visibility timeout of 0 makes the message visible at once': async ({ port }) => {
    await send(port, 'a')
    const { receiptHandle } = await receiveOne(port, HELD)
    expect(await change(port, receiptHandle, 0)).toEqual([])
    expect(await receiveOne(port)).toMatchObject({ receiveCount: 2 })
  },

  'the visibility of a message that is not in flight cannot be changed': async ({ port }) => {
    await send(port, 'a')
    const { receiptHandle } = await receiveOne(port)
    await port.deleteBatch([receiptHandle], signal)
    const [failure] = await change(port, receiptHandle, 10)
    expect(failure?.index).toBe(0)
    expect(['InvalidParameterValue', 'MessageNotInflight', 'ReceiptHandleIsInvalid']).toContain(failure?.code)
  },

  'an entry with a receipt that never was fails alone': async ({ port, elapse }) => {
    await send(port, 'a', 'b')
    const [one, two] = [await receiveOne(port, HELD), await receiveOne(port, HELD)]
    const receipts = [one.receiptHandle, 'garbage', two.receiptHandle]
    const changes = receipts.map((receiptHandle) => ({ receiptHandle, visibilityTimeoutSeconds: 3 }))
    expect(await port.changeVisibilityBatch(changes, signal)).toMatchObject([
      { index: 1, code: 'ReceiptHandleIsInvalid' },
    ])
    expect(await port.deleteBatch(receipts, signal)).toMatchObject([
      { index: 1, code: 'ReceiptHandleIsInvalid' },
    ])
    await elapse(3_500)
    expect(await receive(port)).toEqual([])
  },

  'a delayed message stays hidden for its delay': async (subject) => {
    const beganMs = subject.now()
    await subject.port.sendBatch([{ body: 'a', delaySeconds: 2 }], signal)
    await untilOneComes(subject)
    expect(subject.now() - beganMs).toBeGreaterThanOrEqual(2_000 - LEEWAY_MS)
  },

  'a long poll brings a message that is sent while it waits': async ({ port, elapse }) => {
    const polled = receive(port, { waitSeconds: 10 })
    await elapse(500)
    await send(port, 'a')
    expect(await polled).toMatchObject([{ body: 'a' }])
  },

  'a long poll brings a message that becomes visible while it waits': async ({ port, elapse }) => {
    await send(port, 'a')
    await receiveOne(port)
    const polled = receive(port, { waitSeconds: 10 })
    await elapse(VISIBILITY_SECONDS * 1_000 + 1_500)
    expect(await polled).toMatchObject([{ body: 'a', receiveCount: 2 }])
  },

  'a long poll without messages ends empty': async ({ port, elapse }) => {
    const polled = receive(port, { waitSeconds: 1 })
    await elapse(1_500)
    expect(await polled).toEqual([])
  },

  'a long poll that the client aborts swallows no message': async ({ port, elapse }) => {
    const abort = new AbortController()
    const polled = port
      .receive({ ...REQUEST, waitSeconds: 10 }, abort.signal)
      .catch((error: unknown) => error)
    await elapse(500)
    abort.abort()
    expect(await polled).toMatchObject({ reason: 'aborted' })
    await elapse(200)
    await send(port, 'a')
    expect(await receiveOne(port)).toMatchObject({ receiveCount: 1 })
  },

  'a message that was received too often goes to the dead-letter queue with its attributes': async ({
    port,
    ...it
  }) => {
    const attributes = { tenant: { type: 'String', value: 'acme' } }
    await port.sendBatch([{ body: 'poison', attributes }], signal)
    for (let count = 1; count <= MAX_RECEIVE_COUNT; count += 1) {
      const { receiptHandle, receiveCount } = await receiveOne(port)
      expect(receiveCount).toBe(count)
      await change(port, receiptHandle, 0)
    }
    expect(await receive(port)).toEqual([])
    const deadLetters = await port.open(it.deadLetterQueueArn, signal)
    expect(await receiveOne(deadLetters)).toMatchObject({ body: 'poison', attributes })
  },

  'a queue that does not exist cannot be opened': async ({ port, ...it }) => {
    const error: unknown = await port
      .open(`${it.deadLetterQueueArn}-missing`, signal)
      .catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(QueueCallError)
    expect(error).toMatchObject({ reason: 'notFound' })
  },

  'a call that is aborted before it is made rejects': async ({ port }) => {
    await expect(port.deleteBatch(['r'], AbortSignal.abort())).rejects.toMatchObject({ reason: 'aborted' })
  },
}

/** Of FIFO queues, whose messages `sendTo` sends to groups. */
const FIFO_RULES: Record<string, Rule> = {
  'the queue says that it is FIFO': async ({ port }) => {
    expect(await port.describe(signal)).toMatchObject({ isFifo: true })
  },

  'a receive brings a group’s messages together and in order, then the next group’s': async ({ port }) => {
    await sendTo(port, 'a', 'a1')
    await sendTo(port, 'b', 'b1')
    await sendTo(port, 'a', 'a2', 'a3')
    const messages = await receiveAll(port)
    expect(messages.map(({ body, groupId }) => [groupId, body])).toEqual([
      ['a', 'a1'],
      ['a', 'a2'],
      ['a', 'a3'],
      ['b', 'b1'],
    ])
  },

  'a message in flight locks its group, and no other': async ({ port }) => {
    await sendTo(port, 'a', 'a1', 'a2')
    const first = await receiveOne(port, HELD)
    expect(first.body).toBe('a1')
    await sendTo(port, 'b', 'b1')
    expect(bodies(await receiveAll(port, HELD))).toEqual(['b1'])
    expect(await port.deleteBatch([first.receiptHandle], signal)).toEqual([])
    expect(bodies(await receiveAll(port))).toEqual(['a2'])
  },

  'a message that is handed back behind one in flight stays locked until that comes again': async ({
    port,
    elapse,
  }) => {
    await sendTo(port, 'a', 'a1', 'a2', 'a3')
    const [first, ...successors] = await receiveAll(port, HELD)
    if (first === undefined) throw new Error('No message came.')
    for (const { receiptHandle } of successors) await change(port, receiptHandle, 0)
    expect(await receive(port)).toEqual([])
    await change(port, first.receiptHandle, 1)
    await elapse(1_500)
    expect(bodies(await receiveAll(port))).toEqual(['a1', 'a2', 'a3'])
  },

  'a message that comes back opens its group for itself, even while later ones are in flight': async ({
    port,
  }) => {
    await sendTo(port, 'a', 'a1', 'a2')
    const [first] = await receiveAll(port, HELD)
    await change(port, first?.receiptHandle ?? '', 0)
    expect(bodies(await receiveAll(port))).toEqual(['a1'])
  },

  'an expired receipt deletes nothing and is refused': async ({ port, elapse }) => {
    await sendTo(port, 'a', 'a1')
    const { receiptHandle } = await receiveOne(port)
    await elapse(VISIBILITY_SECONDS * 1_000 + 500)
    expect(await port.deleteBatch([receiptHandle], signal)).toMatchObject([
      { index: 0, code: 'InvalidParameterValue' },
    ])
    expect(await receiveOne(port)).toMatchObject({ body: 'a1', receiveCount: 2 })
  },

  'a receive with the attempt id of an earlier one gives the same messages and handles': async ({ port }) => {
    await sendTo(port, 'a', 'a1', 'a2')
    const attemptId = randomUUID()
    const first = await receiveAll(port, { attemptId, ...HELD })
    expect(bodies(first)).toEqual(['a1', 'a2'])
    const second = await receive(port, { attemptId, ...HELD })
    expect(second.map(({ receiptHandle }) => receiptHandle)).toEqual(first.map((one) => one.receiptHandle))
    expect(second.map(({ receiveCount }) => receiveCount)).toEqual([1, 1])
    expect(await receive(port, { attemptId: randomUUID() })).toEqual([])
  },

  'once a message of a receive is settled, its id brings nothing again': async ({ port }) => {
    await sendTo(port, 'a', 'a1', 'a2')
    const attemptId = randomUUID()
    const [first] = await receiveAll(port, { attemptId, ...HELD })
    await port.deleteBatch([first?.receiptHandle ?? ''], signal)
    expect(await receive(port, { attemptId })).toEqual([])
  },

  'a message that repeats a deduplication id is sent, and does not arrive': async ({ port }) => {
    const entry = { groupId: 'a', deduplicationId: 'one' }
    const first = await port.sendBatch([{ ...entry, body: 'first' }], signal)
    const second = await port.sendBatch([{ ...entry, body: 'second' }], signal)
    expect(second.sent[0]?.messageId).toBe(first.sent[0]?.messageId)
    expect(bodies(await receiveAll(port))).toEqual(['first'])
  },

  'a message without a group is not taken': async ({ port }) => {
    // SQS refuses the whole batch, as it would one message.
    const failure = await port.sendBatch([{ body: 'a', deduplicationId: 'one' }], signal).then(
      ({ failures }) => failures[0],
      (error: unknown) => error,
    )
    expect(failure).toBeDefined()
    expect(await receive(port)).toEqual([])
  },
}

describe('the queue in memory', () => {
  for (const [name, check] of Object.entries(RULES)) it(name, () => untilInTime(() => check(inMemory())))
  describe('that is FIFO', () => {
    for (const [name, check] of Object.entries(FIFO_RULES))
      it(name, () => untilInTime(() => check(inMemory(true))))
  })
})

describe('the queue over the SDK', () => {
  const endpoint = useEndpoint()

  const overSdk = async (check: Rule, isFifo: boolean): Promise<void> => {
    const kind = isFifo ? { FifoQueue: 'true' } : undefined
    const deadLetterQueueArn = await endpoint.arnOf(await endpoint.createQueue(kind))
    const url = await endpoint.createQueue({
      ...kind,
      VisibilityTimeout: String(VISIBILITY_SECONDS),
      RedrivePolicy: JSON.stringify({
        deadLetterTargetArn: deadLetterQueueArn,
        maxReceiveCount: MAX_RECEIVE_COUNT,
      }),
    })
    const port = openQueue(defineQueue({ url, message: ANYTHING, region: 'us-east-1' }))
    try {
      await check({ port, deadLetterQueueArn, elapse: pause, now: () => performance.now() })
    } finally {
      port.close()
    }
  }

  const define = (rules: Record<string, Rule>, isFifo: boolean): void => {
    for (const [name, check] of Object.entries(rules)) {
      // The suite of SQS's own rules shows the difference; here it only tells that nothing can be asked.
      const skip = knownDifferences.some((known) => known.target === target && known.rule === name)
      const options = { concurrent: true, timeout: RULE_TIMEOUT_MS, skip }
      it(name, options, () => untilInTime(() => overSdk(check, isFifo)))
    }
  }

  define(RULES, false)
  describe('that is FIFO', () => define(FIFO_RULES, true))
})

const ANYTHING = {
  '~standard': { version: 1, vendor: 'test', validate: (value: unknown) => ({ value }) },
} as const

function inMemory(fifo = false): Subject {
  const clock = manualClock()
  onTestFinished(() => expect(clock.pending).toBe(0))
  const to = memoryQueue({ clock, fifo, name: `dead-letters-${randomUUID()}` })
  const redrive = { to, maxReceiveCount: MAX_RECEIVE_COUNT }
  const port = memoryQueue({ clock, fifo, visibilityTimeout: `${VISIBILITY_SECONDS}s`, redrive })
  return {
    port,
    deadLetterQueueArn: `arn:aws:sqs:local:000000000000:${to.name}`,
    elapse: (ms) => clock.advance(ms),
    now: () => clock.now(),
  }
}

const REQUEST = { maxMessages: 10, waitSeconds: 0, visibilityTimeoutSeconds: VISIBILITY_SECONDS }

/** For as long as no rule takes. */
const HELD = { visibilityTimeoutSeconds: 600 }

function receive(port: QueuePort, more: Partial<ReceiveRequest> = {}): Promise<ReceivedMessage[]> {
  return port.receive({ ...REQUEST, ...more }, signal)
}

/** One message; SQS, and servers that follow it closely, may answer a short poll with none although there are some. */
async function receiveOne(port: QueuePort, more: Partial<ReceiveRequest> = {}): Promise<ReceivedMessage> {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const [message] = await receive(port, { maxMessages: 1, ...more })
    if (message !== undefined) return message
    await pause(attempt * 10)
  }
  throw new Error('No message came.')
}

/** Receives over and over, until what is hidden comes. */
async function untilOneComes({ port, elapse }: Subject): Promise<ReceivedMessage> {
  for (;;) {
    const [message] = await receive(port, { maxMessages: 1 })
    if (message !== undefined) return message
    await elapse(50)
  }
}

async function send(port: QueuePort, ...bodies: string[]): Promise<void> {
  const { failures } = await port.sendBatch(
    bodies.map((body) => ({ body })),
    signal,
  )
  expect(failures).toEqual([])
}

/** Everything that one receive brings, which may be a long one: SQS may answer a short poll with nothing. */
function receiveAll(port: QueuePort, more: Partial<ReceiveRequest> = {}): Promise<ReceivedMessage[]> {
  return receive(port, { waitSeconds: 1, ...more })
}

function bodies(messages: readonly ReceivedMessage[]): string[] {
  return messages.map(({ body }) => body)
}

async function sendTo(port: QueuePort, groupId: string, ...sent: string[]): Promise<void> {
  const entries = sent.map((body) => ({ body, groupId, deduplicationId: randomUUID() }))
  expect((await port.sendBatch(entries, signal)).failures).toEqual([])
}

function change(
  port: QueuePort,
  receiptHandle: string,
  seconds: number,
): ReturnType<QueuePort['deleteBatch']> {
  return port.changeVisibilityBatch([{ receiptHandle, visibilityTimeoutSeconds: seconds }], signal)
}

function letters(count: number): string[] {
  return Array.from({ length: count }, (_, index) => String.fromCodePoint(97 + index))
}
