// Messages that trickle in: how many calls each costs when there is no backlog to share them.
import { bench } from './bench.js'
import type { ClientName } from './clients/clients.js'
import { medians, rounded } from './figures.js'
import { measure } from './measure.js'
import type { Run } from './measure.js'
import { BenchServer } from './server.js'
import { compared, table } from './table.js'

const CLIENTS: readonly ClientName[] = [
  'longshore',
  'squiss-ts',
  'sqs-consumer, handleMessageBatch',
  'sqs-consumer, batchSize 10',
]
const SLOTS = 10
const LIMIT_MS = 120_000

export interface LightRow {
  readonly client: string
  readonly wallMs: number
  readonly callsPerMessage: number
  readonly occupancy: number
  readonly cpuMicrosPerMessage: number
  readonly waitMs: number
  readonly loopDelayP99Ms: number
  readonly duplicates: number
}

export const light = bench({
  summary:
    'a hundred messages a second over ten slots: calls per message, and what saving them costs in time',
  help: `Each client, in a process of its own, takes messages that are sent one by one, evenly. Ten slots; each handling takes
--handling-ms, every call --round-trip-ms. The server counts the calls; those of the sender are left out.

  calls/msg   every call to SQS that the client made, per message
  wait ms     from the sending of a message to its handling, on average
  occupancy   time that handlings took ÷ (${SLOTS} slots × wall)
  CPU µs/msg  user and system time of the client's process per message, from a cold start
  loop p99    how much later than due the event loop came to its timers, 99th percentile, in milliseconds
  (0.5×)      as a ratio to the best of the other libraries in this column`,
  flags: {
    messages: { initial: 600, minimum: 10, what: 'messages for each client' },
    'per-second': { initial: 100, minimum: 1, what: 'how many of them are sent a second' },
    'handling-ms': { initial: 20, minimum: 0, what: 'how long each handling takes' },
    'round-trip-ms': { initial: 8, minimum: 0, what: 'what each call takes' },
    runs: { initial: 1, minimum: 1, what: 'runs of each client, interleaved; figures are medians' },
  },
  async run({ flags, signal, say }) {
    const handlingMs = flags['handling-ms']
    const bodies = Array.from({ length: flags.messages }, (_, id) =>
      JSON.stringify({ id, handlingMs, padding: '' }),
    )
    const server = await BenchServer.start(signal)
    const common = { server, bodies, slots: SLOTS, warmUp: 0, limitMs: LIMIT_MS, signal }
    const arriving = { arrivalsPerSecond: flags['per-second'], roundTripMs: flags['round-trip-ms'] }
    const runs = new Map<ClientName, Run[]>(CLIENTS.map((client) => [client, []]))
    try {
      for (let round = 1; round <= flags.runs; round++) {
        for (const [client, results] of runs) {
          say(`run ${round} of ${flags.runs}: ${client}`)
          results.push(await measure({ ...common, ...arriving, client }))
        }
      }
    } finally {
      await server.stop()
    }
    const rows = [...runs].map(([client, results]) => toRow(client, medians(results), flags.messages))
    return { json: { bench: 'light', flags, rows }, text: render(rows) }
  },
})

function toRow(client: string, run: Record<keyof Run, number>, messages: number): LightRow {
  return {
    client,
    wallMs: rounded(run.wallMs),
    callsPerMessage: rounded(run.callsPerMessage, 3),
    occupancy: rounded(run.busyMs / (SLOTS * run.wallMs), 3),
    cpuMicrosPerMessage: rounded(run.cpuMicros / messages),
    waitMs: rounded(run.waitMs, 1),
    loopDelayP99Ms: rounded(run.loopDelayP99Ms, 1),
    duplicates: run.duplicates,
  }
}

function render(rows: readonly LightRow[]): string {
  const peers = rows.slice(1)
  const best = (figure: 'callsPerMessage' | 'cpuMicrosPerMessage' | 'waitMs'): number =>
    Math.min(...peers.map((row) => row[figure]))
  return table(rows, [
    { title: 'client', of: ({ client }) => client },
    {
      title: 'calls/msg',
      of: ({ callsPerMessage }) => compared(callsPerMessage, best('callsPerMessage'), 2),
    },
    { title: 'wait ms', of: ({ waitMs }) => compared(waitMs, best('waitMs'), 1) },
    { title: 'occupancy', of: ({ occupancy }) => occupancy.toFixed(2) },
    {
      title: 'CPU µs/msg',
      of: ({ cpuMicrosPerMessage }) => compared(cpuMicrosPerMessage, best('cpuMicrosPerMessage')),
    },
    { title: 'loop p99', of: ({ loopDelayP99Ms }) => loopDelayP99Ms.toFixed(1) },
    { title: 'handled twice', of: ({ duplicates }) => String(duplicates) },
  ])
}
