// @longshore/local as a server: how much it serves, what it holds, what waiting costs, how soon it is there.
import { bench } from './bench.js'
import type { BenchContext } from './bench.js'
import { median, rounded } from './figures.js'
import { processUsage } from './process-usage.js'
import { measureIdlePolls, measureMemory, measureRates } from './server-load.js'
import type { Memory, Rates } from './server-load.js'
import { BenchServer } from './server.js'
import { OURS, serverNames, startServer } from './servers.js'
import type { ServerName, Started } from './servers.js'
import { table } from './table.js'

const MIB = 1_048_576

export interface LocalRow {
  readonly server: ServerName
  readonly startMs: number
  readonly sentPerSecond: number
  readonly drainedPerSecond: number
  /** Ours ÷ this one's, in the same run. */
  readonly oursToThis: number
  /** Null where the system doesn't tell. */
  readonly idleCpuMsPerSecond: number | null
  readonly rssMiB: number | null
}

interface Absent {
  readonly server: ServerName
  readonly reason: string
}

type Context = BenchContext<'peers' | 'runs' | 'seconds' | 'polls' | 'idle-seconds' | 'messages' | 'steps'>

export const local = bench({
  summary: 'the local AWS as a server: messages a second, memory, idle polls, start, beside other servers',
  help: `A client over raw HTTP with eight connections and 256-byte bodies asks each server, itself in a process of its own.

  start ms         from the start of the process to the moment it is known to answer
  sent/s           messages sent in tens
  drained/s        messages received and deleted in tens, of those sent
  ours ÷           @longshore/local's drained/s as a ratio to this server's
  idle CPU ms/s    CPU time of the server while --polls long polls wait (Linux only)
  RSS MiB          memory of the server's process after that (Linux only)

Then --messages are sent to @longshore/local in --steps, and drained once it holds them all; heap and RSS per message are
what it holds beyond an empty server after a garbage collection, at the first step and at the last. LocalStack is installed into .cache as the suites do it
(Python 3.12 or newer), ElasticMQ by Maven (Java); where one cannot run, the reason is printed instead.`,
  flags: {
    peers: { initial: 1, minimum: 0, what: '0: @longshore/local alone' },
    runs: { initial: 3, minimum: 1, what: 'interleaved runs of sending and draining; figures are medians' },
    seconds: { initial: 3, minimum: 1, what: 'how long to send, and to drain, in each' },
    polls: { initial: 200, minimum: 1, what: 'idle long polls' },
    'idle-seconds': { initial: 8, minimum: 1, what: 'how long they are watched' },
    messages: { initial: 1_000_000, minimum: 100, what: 'messages held for the memory figures' },
    steps: { initial: 10, minimum: 1, what: 'steps to send them in' },
  },
  async run(context) {
    const { started, absent } = await startAll(context)
    let rows: LocalRow[]
    try {
      rows = await compare(started, context)
    } finally {
      await Promise.all(started.map(({ stop }) => stop()))
    }
    const memory = await memoryFigures(context)
    return {
      json: { bench: 'local', flags: context.flags, rows, absent, memory },
      text: [
        render(rows),
        ...absent.map(({ server, reason }) => `${server} is not in this run: ${reason}`),
        `memory per message held, ${memory.atFirst.messages.toLocaleString('en')} of them and then ` +
          `${memory.atLast.messages.toLocaleString('en')}: heap ${memory.atFirst.heapBytes} B and ` +
          `${memory.atLast.heapBytes} B, RSS ${memory.atFirst.rssBytes} B and ${memory.atLast.rssBytes} B; ` +
          `heap left when drained: ${memory.heapLeftMiB} MiB`,
      ].join('\n'),
    }
  },
})

async function startAll({ flags, signal, say }: Context): Promise<{ started: Started[]; absent: Absent[] }> {
  const started: Started[] = []
  const absent: Absent[] = []
  for (const server of flags.peers === 0 ? ([OURS] as const) : serverNames) {
    say(`starting ${server}`)
    try {
      started.push(await startServer(server, { signal, say }))
    } catch (error) {
      if (signal.aborted || server === OURS) {
        await Promise.all(started.map(({ stop }) => stop()))
        throw error
      }
      absent.push({ server, reason: error instanceof Error ? error.message : String(error) })
    }
  }
  return { started, absent }
}

async function compare(servers: readonly Started[], { flags, signal, say }: Context): Promise<LocalRow[]> {
  const rates = new Map<ServerName, Rates[]>(servers.map(({ name }) => [name, []]))
  // The first is the warm-up: it does not count.
  for (let run = 0; run <= flags.runs; run++) {
    for (const { name, endpoint } of servers) {
      signal.throwIfAborted()
      say(run === 0 ? `warm-up: ${name}` : `run ${run} of ${flags.runs}: ${name}`)
      const measured = await measureRates(endpoint, `bench-${run}`, run === 0 ? 1 : flags.seconds)
      if (run > 0) rates.get(name)?.push(measured)
    }
  }
  const drained = (name: ServerName): number[] => (rates.get(name) ?? []).map((each) => each.drainedPerSecond)
  const rows: LocalRow[] = []
  for (const { name, endpoint, pid, startMs } of servers) {
    say(`${flags.polls} idle polls: ${name}`)
    const idle = { endpoint, pid, polls: flags.polls, seconds: flags['idle-seconds'], signal }
    const idleCpuMsPerSecond = await measureIdlePolls(idle)
    const rssBytes = processUsage(pid)?.rssBytes
    rows.push({
      server: name,
      startMs: rounded(startMs),
      sentPerSecond: rounded(median((rates.get(name) ?? []).map((each) => each.sentPerSecond))),
      drainedPerSecond: rounded(median(drained(name))),
      oursToThis: rounded(
        median(drained(OURS).map((ours, run) => ours / (drained(name)[run] ?? Number.NaN))),
        2,
      ),
      idleCpuMsPerSecond: idleCpuMsPerSecond === undefined ? null : rounded(idleCpuMsPerSecond, 1),
      rssMiB: rssBytes === undefined ? null : rounded(rssBytes / MIB),
    })
  }
  return rows
}

interface HeldFigures {
  readonly messages: number
  readonly heapBytes: number
  readonly rssBytes: number
}

interface MemoryFigures {
  readonly atFirst: HeldFigures
  readonly atLast: HeldFigures
  readonly heapLeftMiB: number
}

async function memoryFigures({ flags, signal, say }: Context): Promise<MemoryFigures> {
  say(`memory: ${flags.messages} messages in ${flags.steps} steps`)
  const server = await BenchServer.start(signal)
  let memory: Memory
  try {
    memory = await measureMemory(server, { messages: flags.messages, steps: flags.steps, signal })
  } finally {
    await server.stop()
  }
  const held = (step: number): HeldFigures => ({
    messages: (memory.messages / flags.steps) * step,
    heapBytes: rounded(memory.heapBytesPerMessage[step - 1] ?? 0),
    rssBytes: rounded(memory.rssBytesPerMessage[step - 1] ?? 0),
  })
  return {
    atFirst: held(1),
    atLast: held(flags.steps),
    heapLeftMiB: rounded(memory.heapBytesLeft / MIB, 1),
  }
}

function render(rows: readonly LocalRow[]): string {
  const whole = (value: number | null): string => value?.toLocaleString('en') ?? '–'
  return table(rows, [
    { title: 'server', of: ({ server }) => server },
    { title: 'start ms', of: ({ startMs }) => whole(startMs) },
    { title: 'sent/s', of: ({ sentPerSecond }) => whole(sentPerSecond) },
    { title: 'drained/s', of: ({ drainedPerSecond }) => whole(drainedPerSecond) },
    { title: 'ours ÷', of: ({ oursToThis }) => `${oursToThis.toFixed(2)}×` },
    { title: 'idle CPU ms/s', of: ({ idleCpuMsPerSecond }) => whole(idleCpuMsPerSecond) },
    { title: 'RSS MiB', of: ({ rssMiB }) => whole(rssMiB) },
  ])
}
