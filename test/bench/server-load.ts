// What is asked of a server: messages in tens, idle long polls, many messages held at a time.
import { setTimeout as delay } from 'node:timers/promises'
import { processUsage } from './process-usage.js'
import { RawSqs } from './raw-sqs.js'
import type { BenchServer } from './server.js'

/** Enough to keep a server busy, few enough for one that serves each by a thread. */
const CONNECTIONS = 8
const BODY = 'x'.repeat(256)
const SETTLE_MS = 1_000

export interface Rates {
  readonly sentPerSecond: number
  readonly drainedPerSecond: number
}

/** Sends for so long, then receives and deletes what was sent, for so long at most. */
export async function measureRates(endpoint: string, queue: string, seconds: number): Promise<Rates> {
  const sqs = new RawSqs(endpoint, CONNECTIONS)
  try {
    const url = await sqs.createQueue(queue)
    const sentPerSecond = await perSecond(seconds, () => sqs.sendTen(url, BODY))
    const drainedPerSecond = await perSecond(seconds, () => sqs.drainTen(url))
    await sqs.call('DeleteQueue', { QueueUrl: url })
    return { sentPerSecond, drainedPerSecond }
  } finally {
    sqs.close()
  }
}

/** Runs `step` on every connection until the time is over, or it brings nothing more. */
async function perSecond(seconds: number, step: () => Promise<number>): Promise<number> {
  const beganMs = performance.now()
  let messages = 0
  await onEveryConnection(async () => {
    if (performance.now() - beganMs > seconds * 1_000) return false
    const moved = await step()
    messages += moved
    return moved > 0
  })
  return (messages / (performance.now() - beganMs)) * 1_000
}

/** Until each has said false. */
async function onEveryConnection(goOn: () => Promise<boolean>): Promise<void> {
  const loop = async (): Promise<void> => {
    while (await goOn());
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, loop))
}

export interface IdleLoad {
  readonly endpoint: string
  readonly pid: number | undefined
  readonly polls: number
  readonly seconds: number
  readonly signal: AbortSignal
}

/**
 * The server's CPU time, in milliseconds a second, while long polls wait on an empty queue; undefined where the system
 * does not tell.
 *
 * @throws Error when the server refuses to let them wait: the figure would mean nothing.
 */
export async function measureIdlePolls(load: IdleLoad): Promise<number | undefined> {
  const { endpoint, polls } = load
  const sqs = new RawSqs(endpoint, polls)
  try {
    const url = await sqs.createQueue('bench-idle')
    const poll = async (): Promise<never> => {
      for (;;) await sqs.longPoll(url)
    }
    // They end with this client, each with an error that nobody waits for any more.
    return await Promise.race([cpuMsPerSecond(load), ...Array.from({ length: polls }, poll)])
  } finally {
    sqs.close()
  }
}

async function cpuMsPerSecond({ pid, seconds, signal }: IdleLoad): Promise<number | undefined> {
  await delay(SETTLE_MS, undefined, { signal })
  const before = processUsage(pid)
  await delay(seconds * 1_000, undefined, { signal })
  const after = processUsage(pid)
  return before && after && (after.cpuMs - before.cpuMs) / seconds
}

export interface Memory {
  readonly messages: number
  /** What the server holds more than before it had any message, for each that it holds; at every step. */
  readonly heapBytesPerMessage: readonly number[]
  readonly rssBytesPerMessage: readonly number[]
  /** What it holds more than before once every message is gone. */
  readonly heapBytesLeft: number
}

export interface MemoryLoad {
  readonly messages: number
  readonly steps: number
  readonly signal: AbortSignal
}

/** Sends in steps, so that the server holds all of them at the end, and drains them. */
export async function measureMemory(server: BenchServer, load: MemoryLoad): Promise<Memory> {
  const { messages, steps, signal } = load
  const sqs = new RawSqs(server.endpoint, CONNECTIONS)
  try {
    const url = await sqs.createQueue('bench-memory')
    // Some first: code and buffers that stay are no message's.
    await send(sqs, url, 1_000)
    await drain(sqs, url)
    const before = await server.ask({ ask: 'memory' })
    const each = Math.ceil(messages / steps / 10) * 10
    const heap: number[] = []
    const rss: number[] = []
    for (let step = 1; step <= steps; step++) {
      signal.throwIfAborted()
      await send(sqs, url, each)
      const held = await server.ask({ ask: 'memory' })
      heap.push((held.heapBytes - before.heapBytes) / (each * step))
      rss.push((held.rssBytes - before.rssBytes) / (each * step))
    }
    await drain(sqs, url)
    const after = await server.ask({ ask: 'memory' })
    const heapBytesLeft = after.heapBytes - before.heapBytes
    return { messages: each * steps, heapBytesPerMessage: heap, rssBytesPerMessage: rss, heapBytesLeft }
  } finally {
    sqs.close()
  }
}

async function send(sqs: RawSqs, url: string, count: number): Promise<void> {
  let left = count
  await onEveryConnection(async () => {
    if (left <= 0) return false
    left -= 10
    await sqs.sendTen(url, BODY)
    return true
  })
}

async function drain(sqs: RawSqs, url: string): Promise<void> {
  await onEveryConnection(async () => (await sqs.drainTen(url)) > 0)
}
