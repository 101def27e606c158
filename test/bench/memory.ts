// Many large messages in work at once: what holding them costs.
import { bench } from './bench.js'
import type { ClientName } from './clients/clients.js'
import { medians, rounded } from './figures.js'
import { BenchServer } from './server.js'
import { compared, table } from './table.js'
import type { Watched } from './watch.js'
import { pass, watch } from './watch.js'

const CLIENTS = [
  'longshore',
  'longshore, undici',
  'squiss-ts',
  'sqs-consumer, handleMessageBatch',
] as const satisfies readonly ClientName[]
const KIB = 1_024
const MIB = 1_048_576
const LIMIT_MS = 60_000
const LOOK_EVERY_MS = 100
// Nobody waits for its end.
const HANDLING_MS = 3_600_000

interface Figures {
  readonly rssMiB: number
  readonly overBodies: number
}

export interface MemoryRow extends Figures {
  readonly client: string
}

export const memory = bench({
  summary: 'a thousand messages of 64 KiB in work: the memory of the process',
  help: `Each client, in a process of its own, starts a handling for each of --messages messages of --kib KiB, as many as it has
slots, and none ends. --rest-ms after the last has begun the memory of the process is read.

  RSS MiB     resident memory of the client's process
  ÷ bodies    as a ratio to the bytes of the messages' bodies
  (0.5×)      as a ratio to the best of the other libraries in this column`,
  flags: {
    messages: { initial: 1_000, minimum: 10, what: 'messages in work at a time' },
    kib: { initial: 64, minimum: 1, what: 'size of each' },
    'rest-ms': { initial: 2_000, minimum: 0, what: 'long enough for a garbage collection or two' },
    runs: { initial: 3, minimum: 1, what: 'runs of each client, interleaved; figures are medians' },
  },
  async run({ flags, signal, say }) {
    const { messages, kib, runs: rounds, 'rest-ms': restMs } = flags
    const bodies = Array.from({ length: messages }, (_, id) => bodyOf(id, kib * KIB))
    const server = await BenchServer.start(signal)
    const runs = new Map<ClientName, Figures[]>(CLIENTS.map((client) => [client, []]))
    try {
      for (let round = 1; round <= rounds; round++) {
        for (const [client, results] of runs) {
          say(`run ${round} of ${rounds}: ${client}`)
          const watching = { server, client, bodies, slots: messages, signal }
          const rssBytes = await watch(watching, async (watched) => {
            await allStarted(watched, messages, signal)
            await pass(restMs, signal)
            return (await watched.usage()).rssBytes
          })
          results.push({ rssMiB: rssBytes / MIB, overBodies: rssBytes / (messages * kib * KIB) })
        }
      }
    } finally {
      await server.stop()
    }
    const rows = [...runs].map(([client, results]) => toRow(client, medians(results)))
    return { json: { bench: 'memory', flags, rows }, text: render(rows) }
  },
})

async function allStarted({ usage }: Watched, messages: number, signal: AbortSignal): Promise<void> {
  const limitMs = performance.now() + LIMIT_MS
  while ((await usage()).started < messages) {
    if (performance.now() > limitMs) throw new Error(`Not all handlings began within ${LIMIT_MS / 1_000} s.`)
    await pass(LOOK_EVERY_MS, signal)
  }
}

function bodyOf(id: number, bytes: number): string {
  const message = { id, handlingMs: HANDLING_MS, padding: '' }
  return JSON.stringify({
    ...message,
    padding: 'x'.repeat(Math.max(0, bytes - JSON.stringify(message).length)),
  })
}

function toRow(client: string, { rssMiB, overBodies }: Figures): MemoryRow {
  return { client, rssMiB: rounded(rssMiB, 1), overBodies: rounded(overBodies, 2) }
}

function render(rows: readonly MemoryRow[]): string {
  const peers = rows.filter(({ client }) => !client.startsWith('longshore'))
  const best = Math.min(...peers.map(({ rssMiB }) => rssMiB))
  return table(rows, [
    { title: 'client', of: ({ client }) => client },
    { title: 'RSS MiB', of: ({ rssMiB }) => compared(rssMiB, best, 1) },
    { title: '÷ bodies', of: ({ overBodies }) => overBodies.toFixed(2) },
  ])
}
