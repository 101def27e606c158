// Few slow messages among many fast ones: what a batch barrier costs, and what calls cost that are not shared.
import * as fc from 'fast-check'
import { bench } from './bench.js'
import type { ClientName } from './clients/clients.js'
import { medians, rounded } from './figures.js'
import { measure } from './measure.js'
import type { Run } from './measure.js'
import { compared, table } from './table.js'
import { BenchServer } from './server.js'

const CLIENTS: readonly ClientName[] = [
  'longshore',
  'squiss-ts',
  'sqs-consumer, handleMessageBatch',
  'sqs-consumer, batchSize 10',
  'sqs-consumer, defaults',
]
const SLOTS = 10
const SLOW_EVERY = 20
const LIMIT_MS = 300_000

export interface SkewedRow {
  readonly client: string
  readonly wallMs: number
  readonly deletedMs: number
  readonly callsPerMessage: number
  readonly occupancy: number
  readonly cpuMicrosPerMessage: number
  readonly receives: number
  readonly deletes: number
  readonly loopDelayP99Ms: number
  readonly duplicates: number
}

export const skewed = bench({
  summary: 'one slow message in twenty: wall time, calls and slots used, beside other libraries',
  help: `Each client empties a fresh queue in a process of its own. Of every twenty messages the first takes --slow-ms,
nineteen take --fast-ms (with a --seed as many, in an order of chance); every call takes --round-trip-ms. The server, in its own process, counts the calls.

  wall ms     from the client's start to the end of the last handling
  deleted ms  … to the confirmation of the last delete
  calls/msg   every call to SQS that the client made, per message
  occupancy   time that handlings took ÷ (${SLOTS} slots × wall)
  receives    … and how many of them were receives and deletes
  CPU µs/msg  user and system time of the client's process per message, from a cold start
  loop p99    how much later than due the event loop came to its timers, 99th percentile, in milliseconds
  (0.5×)      as a ratio to the best of the other libraries in this column

The row 'bound' is arithmetic: ${SLOTS} slots that never wait, messages in the order they were sent.`,
  flags: {
    messages: { initial: 400, minimum: 10, what: 'messages for each client' },
    'slow-ms': { initial: 1_000, minimum: 0, what: 'how long every twentieth handling takes' },
    'fast-ms': { initial: 20, minimum: 0, what: 'how long the others take' },
    'round-trip-ms': { initial: 8, minimum: 0, what: 'what each call takes' },
    seed: { initial: 0, minimum: 0, what: 'of the order of the slow ones; 0: every twentieth' },
    runs: { initial: 1, minimum: 1, what: 'runs of each client, interleaved; figures are medians' },
  },
  async run({ flags, signal, say }) {
    const inTurn = Array.from({ length: flags.messages }, (_, id) =>
      id % SLOW_EVERY === 0 ? flags['slow-ms'] : flags['fast-ms'],
    )
    const handlings = flags.seed === 0 ? inTurn : shuffled(inTurn, flags.seed)
    const bodies = handlings.map((handlingMs, id) => JSON.stringify({ id, handlingMs, padding: '' }))
    const server = await BenchServer.start(signal)
    const common = { server, bodies, slots: SLOTS, warmUp: 0, limitMs: LIMIT_MS, signal }
    const runs = new Map<ClientName, Run[]>(CLIENTS.map((client) => [client, []]))
    try {
      for (let round = 1; round <= flags.runs; round++) {
        for (const [client, results] of runs) {
          say(`run ${round} of ${flags.runs}: ${client}`)
          results.push(await measure({ ...common, client, roundTripMs: flags['round-trip-ms'] }))
        }
      }
    } finally {
      await server.stop()
    }
    const rows = [...runs].map(([client, results]) => toRow(client, medians(results), flags.messages))
    const bound = boundOf(handlings)
    const { wallMs, occupancy } = bound
    return {
      json: { bench: 'skewed', flags, rows, bound },
      text: `${render(rows)}\nbound: ${wallMs.toLocaleString('en')} ms, occupancy ${occupancy}`,
    }
  },
})

/** The same in an order of chance; the same order for the same seed. */
function shuffled(values: readonly number[], seed: number): number[] {
  const order = fc.shuffledSubarray([...values], { minLength: values.length })
  return fc.sample(order, { seed, numRuns: 1 })[0] ?? []
}

function boundOf(handlings: readonly number[]): { wallMs: number; occupancy: number } {
  const wallMs = lowerBoundMs(handlings)
  const busyMs = handlings.reduce((sum, each) => sum + each, 0)
  return { wallMs, occupancy: rounded(busyMs / (SLOTS * wallMs), 3) }
}

function toRow(client: string, run: Record<keyof Run, number>, messages: number): SkewedRow {
  return {
    client,
    wallMs: rounded(run.wallMs),
    deletedMs: rounded(run.deletedMs),
    callsPerMessage: rounded(run.callsPerMessage, 3),
    occupancy: rounded(run.busyMs / (SLOTS * run.wallMs), 3),
    cpuMicrosPerMessage: rounded(run.cpuMicros / messages),
    receives: run.receives,
    deletes: run.deletes,
    loopDelayP99Ms: rounded(run.loopDelayP99Ms, 1),
    duplicates: run.duplicates,
  }
}

/** List scheduling: each message goes, in order, to the slot that is free first. */
export function lowerBoundMs(handlings: readonly number[]): number {
  const freeAtMs = Array.from({ length: SLOTS }, () => 0)
  for (const handlingMs of handlings) {
    const first = freeAtMs.indexOf(Math.min(...freeAtMs))
    freeAtMs[first] = (freeAtMs[first] ?? 0) + handlingMs
  }
  return Math.max(...freeAtMs)
}

function render(rows: readonly SkewedRow[]): string {
  const peers = rows.filter(({ client }) => client !== 'longshore')
  const best = (name: 'wallMs' | 'deletedMs' | 'callsPerMessage' | 'cpuMicrosPerMessage'): number =>
    Math.min(...peers.map((row) => row[name]))
  return table(rows, [
    { title: 'client', of: ({ client }) => client },
    { title: 'wall ms', of: ({ wallMs }) => compared(wallMs, best('wallMs')) },
    { title: 'deleted ms', of: ({ deletedMs }) => compared(deletedMs, best('deletedMs')) },
    {
      title: 'calls/msg',
      of: ({ callsPerMessage }) => compared(callsPerMessage, best('callsPerMessage'), 3),
    },
    {
      title: 'occupancy',
      of: ({ occupancy }) => compared(occupancy, Math.max(...peers.map((row) => row.occupancy)), 2),
    },
    {
      title: 'CPU µs/msg',
      of: ({ cpuMicrosPerMessage }) => compared(cpuMicrosPerMessage, best('cpuMicrosPerMessage')),
    },
    { title: 'receives, deletes', of: ({ receives, deletes }) => `${receives}, ${deletes}` },
    { title: 'loop p99', of: ({ loopDelayP99Ms }) => loopDelayP99Ms.toFixed(1) },
    { title: 'handled twice', of: ({ duplicates }) => String(duplicates) },
  ])
}
