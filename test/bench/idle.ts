// An empty queue: what waiting for messages costs.
import { bench } from './bench.js'
import type { ClientName } from './clients/clients.js'
import { medians, rounded } from './figures.js'
import { BenchServer, sumOf } from './server.js'
import { compared, table } from './table.js'
import { pass, watch } from './watch.js'

const CLIENTS = [
  'longshore',
  'longshore, undici',
  'squiss-ts',
  'sqs-consumer, handleMessageBatch',
] as const satisfies readonly ClientName[]
const MINUTE_MS = 60_000
const MIB = 1_048_576

interface Figures {
  readonly callsPerMinute: number
  readonly cpuMsPerMinute: number
  readonly rssMiB: number
}

export interface IdleRow extends Figures {
  readonly client: string
}

export const idle = bench({
  summary: 'an empty queue: calls and CPU time a minute, and memory, with many slots to fill',
  help: `Each client, in a process of its own, waits at an empty queue with --slots slots: Longshore with as many pollers as
follow from them, squiss-ts with as many in flight, sqs-consumer as a consumer with handleMessageBatch for each ten. What is
measured begins --settle-ms after the start.

  calls/min   every call to SQS that the client made; a long poll takes 20 s
  CPU ms/min  user and system time of the client's process
  RSS MiB     memory of the client's process at the end
  (0.5×)      as a ratio to the best of the other libraries in this column`,
  flags: {
    slots: { initial: 100, minimum: 10, what: 'handlings that could run at a time' },
    'settle-ms': { initial: 3_000, minimum: 0, what: 'until connections are made and code is loaded' },
    seconds: { initial: 40, minimum: 1, what: 'how long each client is watched' },
    runs: { initial: 1, minimum: 1, what: 'runs of each client, interleaved; figures are medians' },
  },
  async run({ flags, signal, say }) {
    const server = await BenchServer.start(signal)
    const { slots, 'settle-ms': settleMs } = flags
    const forMs = flags.seconds * 1_000
    const runs = new Map<ClientName, Figures[]>(CLIENTS.map((client) => [client, []]))
    try {
      for (let round = 1; round <= flags.runs; round++) {
        for (const [client, results] of runs) {
          say(`run ${round} of ${flags.runs}: ${client}`)
          results.push(await watchIdle({ server, client, slots, settleMs, forMs, signal }))
        }
      }
    } finally {
      await server.stop()
    }
    const rows = [...runs].map(([client, results]) => toRow(client, medians(results)))
    return { json: { bench: 'idle', flags, rows }, text: render(rows) }
  },
})

function watchIdle(given: {
  readonly server: BenchServer
  readonly client: ClientName
  readonly slots: number
  readonly settleMs: number
  readonly forMs: number
  readonly signal: AbortSignal
}): Promise<Figures> {
  const { server, settleMs, forMs, signal } = given
  return watch({ ...given, bodies: [] }, async ({ usage }) => {
    await pass(settleMs, signal)
    const [before, callsBefore] = [await usage(), sumOf(await server.ask({ ask: 'calls' }))]
    await pass(forMs, signal)
    const [after, callsAfter] = [await usage(), sumOf(await server.ask({ ask: 'calls' }))]
    return {
      callsPerMinute: ((callsAfter - callsBefore) * MINUTE_MS) / forMs,
      cpuMsPerMinute: ((after.cpuMicros - before.cpuMicros) / 1_000) * (MINUTE_MS / forMs),
      rssMiB: after.rssBytes / MIB,
    }
  })
}

function toRow(client: string, { callsPerMinute, cpuMsPerMinute, rssMiB }: Figures): IdleRow {
  return {
    client,
    callsPerMinute: rounded(callsPerMinute, 1),
    cpuMsPerMinute: rounded(cpuMsPerMinute),
    rssMiB: rounded(rssMiB, 1),
  }
}

function render(rows: readonly IdleRow[]): string {
  const peers = rows.filter(({ client }) => !client.startsWith('longshore'))
  const best = (figure: keyof Figures): number => Math.min(...peers.map((row) => row[figure]))
  return table(rows, [
    { title: 'client', of: ({ client }) => client },
    {
      title: 'calls/min',
      of: ({ callsPerMinute }) => compared(callsPerMinute, best('callsPerMinute'), 1),
    },
    { title: 'CPU ms/min', of: ({ cpuMsPerMinute }) => compared(cpuMsPerMinute, best('cpuMsPerMinute')) },
    { title: 'RSS MiB', of: ({ rssMiB }) => compared(rssMiB, best('rssMiB'), 1) },
  ])
}
