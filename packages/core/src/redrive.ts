import { backoffMs } from './backoff.js'
import type { Clock } from './clock.js'
import { sleep, systemClock } from './clock.js'
import type { ReceivedMessage } from './delivery.js'
import { OptionsError, QueueCallError } from './errors.js'
import { parseOptions } from './parse-options.js'
import { contentOf } from './producer/entry.js'
import { Outbox } from './producer/outbox.js'
import type { QueueLocation } from './queue/definition.js'
import { GuardedPort } from './queue/guarded-port.js'
import { openQueue } from './queue/open-queue.js'
import type { QueueFacts } from './queue/port.js'
import { Kept } from './redrive/kept.js'
import { Mover } from './redrive/mover.js'
import type { RedriveOptions, RedriveProgress, RedriveReport } from './redrive/redrive-options.js'
import { redriveOptions } from './redrive/redrive-options.js'
import type { SweepEnd } from './redrive/sweep.js'
import { Sweep } from './redrive/sweep.js'

// A message that stays is hidden until the pass is over; longer passes meet it again, and know it.
const HOLD_SECONDS = 600
// Long enough to ask every server of the queue (short polling asks some), short enough to end soon.
const WAIT_SECONDS = 1
const SEND_TIMEOUT_MS = 30_000
const LINGER_MS = 5
const LANES = 8
const RECEIVE_ATTEMPTS = 5
const RECEIVE_BACKOFF = { baseMs: 500, capMs: 8_000 }
// SQS hands out no more than 120,000 messages of a standard queue and 20,000 of a FIFO queue at a time:
// docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
const MOST_HELD = 120_000
const MOST_HELD_FIFO = 20_000
const NEVER = new AbortController().signal

/**
 * Sends the messages of a queue's dead-letter queue back to it: as they were first sent, with their attributes, group and
 * trace header, and without what a worker noted of the failure. Each is deleted only when the queue has it, so one may
 * come twice and none is lost; on a FIFO queue the order inside a group stays, and a message that stays keeps those
 * behind it. Looking at a message raises its receive count in the dead-letter queue by one.
 *
 * Needs `sqs:GetQueueAttributes`, `sqs:GetQueueUrl` and `sqs:SendMessage` on the queue, and `sqs:ReceiveMessage`,
 * `sqs:DeleteMessage`, `sqs:ChangeMessageVisibility` and `sqs:GetQueueAttributes` on its dead-letter queue.
 *
 * @throws OptionsError when an option is wrong, or the queue has no dead-letter queue.
 * @throws QueueCallError when a queue cannot be reached or refuses us. What was taken and not moved is handed back first.
 */
export async function redrive(queue: QueueLocation, options: RedriveOptions = {}): Promise<RedriveReport> {
  const given = parseOptions('redrive', redriveOptions, options)
  const { clock = systemClock } = given
  const stop = given.signal ?? new AbortController().signal
  const source = new GuardedPort(given.port ?? openQueue(queue, { maxReceives: LANES }), { clock })
  try {
    const facts = await source.describe(stop)
    if (facts.redrive === undefined) {
      const expected = 'a queue with a RedrivePolicy, which names its dead-letter queue'
      throw new OptionsError('redrive', [{ path: 'queue', expected, got: facts.url }])
    }
    const deadLetters = await source.open(facts.redrive.deadLetterQueueArn, stop)
    return await sweep({ given, clock, stop, source, deadLetters, facts })
  } finally {
    source.close()
  }
}

interface Redrive {
  readonly given: RedriveOptions
  readonly clock: Clock
  readonly stop: AbortSignal
  readonly source: GuardedPort
  readonly deadLetters: GuardedPort
  readonly facts: QueueFacts
}

async function sweep(parts: Redrive): Promise<RedriveReport> {
  const { given, clock, stop, source, deadLetters, facts } = parts
  const beganMs = clock.now()
  const { visible: approximately } = await deadLetters.describe(stop)
  const kept = new Kept()
  const mover = newMover(parts, kept)
  const progress = (): RedriveProgress => {
    const { looked, matched } = pass
    return { looked, matched, moved: mover.moved, kept: kept.size, approximately }
  }
  const pass = new Sweep({
    clock,
    stop,
    receive: (maxMessages) => receive(parts, kept, maxMessages),
    move: (messages) => mover.move(messages),
    sourceArn: facts.arn,
    filter: given.filter ?? (() => true),
    isDryRun: given.dryRun ?? false,
    limit: given.limit ?? Infinity,
    rate: given.rate ?? Infinity,
    onMatch: given.onMatch ?? (() => {}),
    onBatch: () => given.onProgress?.(progress()),
  })
  // On a FIFO queue, and under a limit or a rate, more than one would only be in each other's way.
  const isOne = facts.isFifo || given.limit !== undefined || given.rate !== undefined
  const lanes = await Promise.allSettled(Array.from({ length: isOne ? 1 : LANES }, () => pass.lane()))
  const last = progress()
  const hidden = await kept.release((changes) => deadLetters.changeVisibilityBatch(changes))
  let endedBy: SweepEnd = 'empty'
  for (const lane of lanes) {
    if (lane.status === 'rejected') throw lane.reason
    endedBy = lane.value
  }
  return {
    from: deadLetters.name,
    to: source.name,
    endedBy,
    ...last,
    ofOtherQueues: pass.ofOtherQueues,
    failed: mover.failed,
    doubled: mover.doubled,
    hidden,
    elapsedMs: clock.now() - beganMs,
  }
}

function newMover({ clock, source, deadLetters, facts }: Redrive, kept: Kept): Mover {
  const random = Math.random
  const outbox = new Outbox({
    clock,
    random,
    lingerMs: LINGER_MS,
    timeoutMs: SEND_TIMEOUT_MS,
    maxCalls: facts.isFifo ? 1 : LANES,
    maxPending: Infinity,
    sendBatch: (entries) => source.sendBatch(entries),
  })
  return new Mover({
    clock,
    random,
    isFifo: facts.isFifo,
    send: async (entry) => {
      await outbox.reserve()
      return await outbox.add({ ...contentOf(entry.body, entry.attributes ?? {}), ...entry })
    },
    deleteBatch: (handles) => deadLetters.deleteBatch(handles),
    onMoved: ({ messageId }) => kept.forget(messageId),
  })
}

/** Receives and holds; tries a few times where trying again can help. */
async function receive(
  { clock, stop, deadLetters, facts }: Redrive,
  kept: Kept,
  maxMessages: number,
): Promise<ReceivedMessage[] | 'too-many-in-flight'> {
  const request = {
    maxMessages,
    waitSeconds: WAIT_SECONDS,
    visibilityTimeoutSeconds: HOLD_SECONDS,
    withSource: true,
  }
  for (let attempt = 1; ; attempt += 1) {
    if (kept.size + LANES * maxMessages > (facts.isFifo ? MOST_HELD_FIFO : MOST_HELD))
      return 'too-many-in-flight'
    try {
      // Not ended by the signal: an answer that nobody takes would keep its messages hidden.
      const messages = await deadLetters.receive(request, NEVER)
      for (const message of messages) kept.hold(message)
      return messages
    } catch (error) {
      const mayPass = error instanceof QueueCallError && !error.isConfiguration
      if (!mayPass || attempt === RECEIVE_ATTEMPTS || stop.aborted) throw error
      await sleep(clock, backoffMs(RECEIVE_BACKOFF, attempt, Math.random()), stop)
    }
  }
}
