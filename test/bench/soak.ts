// Many messages through one worker: whether its memory grows with them.
import { bench } from './bench.js'
import { Child } from './child.js'
import { rounded } from './figures.js'
import { BenchServer } from './server.js'
import { table } from './table.js'

export interface SoakRequest {
  /** Undefined: a queue in memory. */
  readonly queueUrl: string | undefined
  readonly messages: number
  readonly samples: number
}

export interface SoakSample {
  /** Handled and deleted by then. */
  readonly messages: number
  /** After a garbage collection; the heap with the buffers that it holds. */
  readonly heapBytes: number
}

export interface SoakRow {
  readonly queue: string
  readonly messages: number
  readonly heapMiB: number
  /** Of the line through the second half of the samples. */
  readonly bytesPerMessage: number
}

const SAMPLES = 20
const LIMIT_MS = 1_800_000
const MIB = 1_048_576

export const soak = bench({
  summary: 'a million messages through one worker: what the heap holds as they add up',
  help: `A worker with 100 slots, in a process of its own, handles messages from a queue in memory, and fewer from SQS's protocol
over HTTP. ${SAMPLES} times on the way the heap is read after a garbage collection.

  heap MiB    at the end
  bytes/msg   the slope of the line through the second half of the samples: what each message leaves behind. The first half
              fills what the worker remembers by design, the last 20,000 messages it has settled`,
  flags: {
    messages: { initial: 1_000_000, minimum: 1_000, what: 'messages through the queue in memory' },
    http: { initial: 100_000, minimum: 0, what: 'messages over HTTP' },
  },
  async run({ flags, signal, say }) {
    say(`${flags.messages} messages through a queue in memory`)
    const rows = [toRow('in memory', await run({ queueUrl: undefined, messages: flags.messages, signal }))]
    if (flags.http > 0) {
      say(`${flags.http} messages over HTTP`)
      const server = await BenchServer.start(signal)
      try {
        const queueUrl = await server.queueOf([])
        const { environment: env } = server
        rows.push(toRow('HTTP', await run({ queueUrl, messages: flags.http, signal, env })))
      } finally {
        await server.stop()
      }
    }
    return { json: { bench: 'soak', flags, rows }, text: render(rows) }
  },
})

interface Run {
  readonly queueUrl: string | undefined
  readonly messages: number
  readonly signal: AbortSignal
  readonly env?: Readonly<Record<string, string>>
}

async function run({ queueUrl, messages, signal, env = {} }: Run): Promise<SoakSample[]> {
  const nodeFlags = ['--expose-gc']
  const child = new Child<SoakRequest>({ script: 'soak-process.ts', env, nodeFlags, signal })
  try {
    return await child.ask<SoakSample[]>({ queueUrl, messages, samples: SAMPLES }, { limitMs: LIMIT_MS })
  } finally {
    await child.stop()
  }
}

function toRow(queue: string, samples: readonly SoakSample[]): SoakRow {
  const last = samples.at(-1) ?? { messages: 0, heapBytes: 0 }
  return {
    queue,
    messages: last.messages,
    heapMiB: rounded(last.heapBytes / MIB, 1),
    bytesPerMessage: rounded(slope(samples.slice(samples.length / 2)), 2),
  }
}

/** Least squares: bytes for each message more. */
export function slope(samples: readonly SoakSample[]): number {
  const mean = (of: (sample: SoakSample) => number): number =>
    samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length
  const x = mean(({ messages }) => messages)
  const y = mean(({ heapBytes }) => heapBytes)
  const spread = mean(({ messages }) => (messages - x) ** 2)
  return spread === 0 ? 0 : mean(({ messages, heapBytes }) => (messages - x) * (heapBytes - y)) / spread
}

function render(rows: readonly SoakRow[]): string {
  return table(rows, [
    { title: 'queue', of: ({ queue }) => queue },
    { title: 'messages', of: ({ messages }) => messages.toLocaleString('en') },
    { title: 'heap MiB', of: ({ heapMiB }) => heapMiB.toFixed(1) },
    { title: 'bytes/msg', of: ({ bytesPerMessage }) => bytesPerMessage.toFixed(2) },
  ])
}
