import { setTimeout as wait } from 'node:timers/promises'
import { Child } from './child.js'
import type { ClientName } from './clients/clients.js'
import type { Measured, Workload } from './meter.js'
import { RawSqs } from './raw-sqs.js'
import type { BenchServer } from './server.js'
import { sumOf } from './server.js'

const CONNECTIONS = 20
// A client that is not there yet finds a backlog.
const CLIENT_START_MS = 1_500

export interface ClientRequest {
  readonly client: ClientName
  readonly workload: Workload
}

export interface Setting {
  readonly server: BenchServer
  readonly client: ClientName
  readonly bodies: readonly string[]
  readonly slots: number
  readonly warmUp: number
  /** What every call takes on its way there and back. */
  readonly roundTripMs: number
  /** Undefined: all messages are there before the client starts. */
  readonly arrivalsPerSecond?: number
  /** How long the client may take. */
  readonly limitMs: number
  readonly signal: AbortSignal
}

/** One run of a client, all of its calls counted by the server. */
export interface Run extends Measured {
  readonly callsPerMessage: number
  readonly receives: number
  readonly deletes: number
}

/** Lets a client empty a fresh queue, in a process of its own. */
export async function measure(setting: Setting): Promise<Run> {
  const { server, client, bodies, slots, warmUp, roundTripMs, limitMs, signal, arrivalsPerSecond } = setting
  const queueUrl = await server.queueOf(arrivalsPerSecond === undefined ? bodies : [])
  await server.ask({ ask: 'delay', delayMs: roundTripMs })
  const before = await server.ask({ ask: 'calls' })
  const child = new Child<ClientRequest>({ script: 'client-process.ts', env: server.environment, signal })
  try {
    const workload = { queueUrl, messages: bodies.length, warmUp, slots }
    const sending =
      arrivalsPerSecond === undefined ? 0 : sendEvenly({ server, queueUrl, bodies, arrivalsPerSecond })
    const [measured, sent] = await Promise.all([
      child.ask<Measured>({ client, workload }, { limitMs }),
      sending,
    ])
    const after = await server.ask({ ask: 'calls' })
    const made = (...operations: string[]): number =>
      operations.reduce((sum, name) => sum + (after[name] ?? 0) - (before[name] ?? 0), 0)
    return {
      ...measured,
      callsPerMessage: (sumOf(after) - sumOf(before) - sent) / bodies.length,
      receives: made('ReceiveMessage'),
      deletes: made('DeleteMessage', 'DeleteMessageBatch'),
    }
  } finally {
    await child.stop()
    await server.ask({ ask: 'delay', delayMs: 0 }).catch(() => {})
    await server.deleteQueue(queueUrl).catch(() => {})
  }
}

/** Sends the messages one by one, as time passes; how many calls that took. */
async function sendEvenly(given: {
  readonly server: BenchServer
  readonly queueUrl: string
  readonly bodies: readonly string[]
  readonly arrivalsPerSecond: number
}): Promise<number> {
  const { server, queueUrl: QueueUrl, bodies, arrivalsPerSecond } = given
  const sqs = new RawSqs(server.endpoint, CONNECTIONS)
  const startedMs = performance.now()
  const sends: Promise<unknown>[] = []
  for (const [index, body] of bodies.entries()) {
    const dueMs = startedMs + CLIENT_START_MS + (index * 1_000) / arrivalsPerSecond
    await wait(Math.max(0, dueMs - performance.now()))
    const MessageBody = JSON.stringify({ ...(JSON.parse(body) as object), sentAtMs: Date.now() })
    sends.push(sqs.call('SendMessage', { QueueUrl, MessageBody }))
  }
  await Promise.all(sends)
  sqs.close()
  return sends.length
}
