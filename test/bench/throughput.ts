// Handlers that do nothing: what a client itself costs.
import { bench } from './bench.js'
import type { ClientName } from './clients/clients.js'
import { median, medians, rounded } from './figures.js'
import { measure } from './measure.js'
import type { Run } from './measure.js'
import { BenchServer } from './server.js'
import { table } from './table.js'

const REFERENCE = 'sqs-consumer, handleMessageBatch'
const CLIENTS = [
  'longshore',
  'longshore, undici',
  "longshore's port",
  "longshore's port, undici",
  REFERENCE,
  'bare SDK loop',
] as const satisfies readonly ClientName[]
type Compared = (typeof CLIENTS)[number]
const SLOTS = 100
const BODY_BYTES = 256
const LIMIT_MS = 120_000

export interface ThroughputRow {
  readonly client: string
  readonly cpuMicrosPerMessage: number
  /** The median of the ratios of each round. */
  readonly cpuToSqsConsumer: number
  readonly cpuToBareLoop: number
  readonly callsPerMessage: number
  readonly messagesPerSecond: number
  readonly occupancy: number
  readonly wallMs: number
  readonly loopDelayP99Ms: number
  readonly duplicates: number
}

export const throughput = bench({
  summary:
    'a handler that does nothing: CPU time and calls per message, beside sqs-consumer and the bare SDK',
  help: `Each client empties a fresh queue of ${BODY_BYTES}-byte messages in a process of its own: Longshore with ${SLOTS} slots,
as it is and over undici; its port, which makes its calls, in ${SLOTS / 10} loops without its worker;
sqs-consumer as ${SLOTS / 10} consumers with handleMessageBatch of ten, the SDK in ${SLOTS / 10} loops that receive ten and delete ten.
Every client parses the body; Longshore also checks it with a schema. Rounds are interleaved: in each, every client runs once.

  CPU µs/msg         user and system time of the client's process per message, after the warm-up
  ÷ sqs-consumer     its ratio to sqs-consumer's of the same round, the median over the rounds
  ÷ bare loop        the same to the bare SDK loop's
  calls/msg          every call to SQS that the client made, per message, the warm-up included
  loop p99 ms        how much later than due the event loop came to its timers, 99th percentile
  msg/s              limited by the server's process as much as by the client's: not a figure of the client`,
  flags: {
    messages: { initial: 10_000, minimum: 100, what: 'messages measured, for each client and round' },
    'warm-up': { initial: 10_000, minimum: 0, what: 'messages before that' },
    runs: { initial: 5, minimum: 1, what: 'rounds' },
  },
  async run({ flags, signal, say }) {
    const warmUp = flags['warm-up']
    const bodies = Array.from({ length: warmUp + flags.messages }, (_, id) => bodyOf(id))
    const server = await BenchServer.start(signal)
    const common = { server, bodies, slots: SLOTS, warmUp, roundTripMs: 0, limitMs: LIMIT_MS, signal }
    const rounds: Record<Compared, Run>[] = []
    try {
      for (let round = 1; round <= flags.runs; round++) {
        const results: Partial<Record<Compared, Run>> = {}
        for (const client of inTurn(CLIENTS, round)) {
          say(`round ${round} of ${flags.runs}: ${client}`)
          results[client] = await measure({ ...common, client })
        }
        rounds.push(results as Record<Compared, Run>)
      }
    } finally {
      await server.stop()
    }
    const rows = CLIENTS.map((client) => toRow(client, rounds, flags.messages, bodies.length))
    return { json: { bench: 'throughput', flags, rows }, text: render(rows) }
  },
})

function bodyOf(id: number): string {
  const message = { id, handlingMs: 0, padding: '' }
  const padding = 'x'.repeat(BODY_BYTES - JSON.stringify(message).length)
  return JSON.stringify({ ...message, padding })
}

/** Each round begins with another client: none is always the first on a rested machine. */
function inTurn<Each>(all: readonly Each[], round: number): Each[] {
  const first = round % all.length
  return [...all.slice(first), ...all.slice(0, first)]
}

function toRow(
  client: Compared,
  rounds: readonly Record<Compared, Run>[],
  measured: number,
  all: number,
): ThroughputRow {
  const run = medians(rounds.map((round) => round[client]))
  const ratioTo = (other: Compared): number =>
    rounded(median(rounds.map((round) => round[client].cpuMicros / round[other].cpuMicros)), 3)
  return {
    client,
    cpuMicrosPerMessage: rounded(run.cpuMicros / measured, 1),
    cpuToSqsConsumer: ratioTo(REFERENCE),
    cpuToBareLoop: ratioTo('bare SDK loop'),
    callsPerMessage: rounded(run.callsPerMessage, 3),
    messagesPerSecond: rounded((all / run.deletedMs) * 1_000),
    occupancy: rounded(run.busyMs / (SLOTS * run.wallMs), 3),
    wallMs: rounded(run.wallMs),
    loopDelayP99Ms: rounded(run.loopDelayP99Ms, 1),
    duplicates: run.duplicates,
  }
}

function render(rows: readonly ThroughputRow[]): string {
  return table(rows, [
    { title: 'client', of: ({ client }) => client },
    { title: 'CPU µs/msg', of: ({ cpuMicrosPerMessage }) => cpuMicrosPerMessage.toFixed(1) },
    { title: '÷ sqs-consumer', of: ({ cpuToSqsConsumer }) => `${cpuToSqsConsumer.toFixed(2)}×` },
    { title: '÷ bare loop', of: ({ cpuToBareLoop }) => `${cpuToBareLoop.toFixed(2)}×` },
    { title: 'calls/msg', of: ({ callsPerMessage }) => callsPerMessage.toFixed(3) },
    { title: 'loop p99 ms', of: ({ loopDelayP99Ms }) => loopDelayP99Ms.toFixed(1) },
    { title: 'msg/s', of: ({ messagesPerSecond }) => messagesPerSecond.toLocaleString('en') },
    { title: 'handled twice', of: ({ duplicates }) => String(duplicates) },
  ])
}
