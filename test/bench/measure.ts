import { Child } from './child.js'
import type { ClientName } from './clients/clients.js'
import type { Measured, Workload } from './meter.js'
import type { BenchServer } from './server.js'

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
  /** How long the client may take. */
  readonly limitMs: number
  readonly signal: AbortSignal
}

/** One run of a client, all of its calls counted by the server. */
export interface Run extends Measured {
  readonly callsPerMessage: number
}

/** Lets a client empty a fresh queue, in a process of its own. */
export async function measure(setting: Setting): Promise<Run> {
  const { server, client, bodies, slots, warmUp, roundTripMs, limitMs, signal } = setting
  const queueUrl = await server.queueOf(bodies)
  await server.ask({ ask: 'delay', delayMs: roundTripMs })
  const before = await server.ask({ ask: 'calls' })
  const child = new Child<ClientRequest>({ script: 'client-process.ts', env: server.environment, signal })
  try {
    const workload = { queueUrl, messages: bodies.length, warmUp, slots }
    const measured = await child.ask<Measured>({ client, workload }, { limitMs })
    const calls = (await server.ask({ ask: 'calls' })) - before
    return { ...measured, callsPerMessage: calls / bodies.length }
  } finally {
    await child.stop()
    await server.ask({ ask: 'delay', delayMs: 0 }).catch(() => {})
    await server.deleteQueue(queueUrl).catch(() => {})
  }
}
