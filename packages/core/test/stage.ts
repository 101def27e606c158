// A worker on a queue in memory, in virtual time. The handler does what the message's body says.
import { onTestFinished } from 'vitest'
import { z } from 'zod'
import type {
  Duration,
  HandlerContext,
  Queue,
  StopReport,
  Worker,
  WorkerEventName,
  WorkerEvents,
  WorkerOptions,
} from '../src/index.js'
import { createWorker, deadLetter, defineQueue, release, retry } from '../src/index.js'
import { durationMs } from '../src/duration.js'
import { sleep } from '../src/clock.js'
import { passTime } from './pass-time.js'
import type { ManualClock, MemoryQueue, MemoryQueueOptions } from '../src/testing/index.js'
import { manualClock, memoryQueue } from '../src/testing/index.js'

/** What a message makes the handler do: wait, then end. */
export const scriptSchema = z.object({
  id: z.number(),
  takes: z.string().default('0ms'),
  ends: z
    .enum(['return', 'throw', 'throwOnce', 'retry', 'throttled', 'release', 'deadLetter'])
    .default('return'),
  /** When its signal aborts: `throw` ends at once with the reason, `ignore` goes on as if nothing were. */
  onAbort: z.enum(['throw', 'ignore', 'ignoreOnce', 'return']).default('throw'),
})
export type Script = z.output<typeof scriptSchema>

export interface Run {
  readonly id: number
  readonly startedMs: number
  endedMs: number | undefined
  readonly context: HandlerContext
}

export interface Stage {
  readonly clock: ManualClock
  readonly queue: MemoryQueue
  readonly deadLetters: MemoryQueue
  readonly definition: Queue<z.input<typeof scriptSchema>, Script>
  readonly worker: Worker
  /** Every handling, in the order of starting. */
  readonly runs: Run[]
  /** The most handlings at one time. */
  readonly peak: number
  readonly put: (...scripts: z.input<typeof scriptSchema>[]) => void
  /** Starts the worker. */
  readonly begin: () => Promise<void>
  /** Stops the worker, letting virtual time pass as long as that takes. */
  readonly stop: (options?: { deadline?: Duration }) => Promise<StopReport>
  /** Everything that is told under this name, from now on. */
  readonly told: <Name extends WorkerEventName>(name: Name) => WorkerEvents[Name][]
  readonly callsOf: (operation: string) => number
}

export interface StageOptions extends WorkerOptions {
  readonly queue?: Omit<MemoryQueueOptions, 'clock' | 'redrive'> & { maxReceiveCount?: number }
}

export function stage(options: StageOptions = {}): Stage {
  const { queue: queueOptions = {}, ...workerOptions } = options
  const { maxReceiveCount, ...memoryOptions } = queueOptions
  const clock = manualClock()
  const { fifo = false } = memoryOptions
  const deadLetters = memoryQueue({ clock, fifo, name: 'dead-letters' })
  const redrive = maxReceiveCount === undefined ? {} : { redrive: { to: deadLetters, maxReceiveCount } }
  const queue = memoryQueue({ clock, latency: '8ms', ...memoryOptions, ...redrive })
  const definition = defineQueue({ message: scriptSchema })
  const runs: Run[] = []
  const made = { peak: 0, running: 0 }

  const handler = async (script: Script, context: HandlerContext): Promise<unknown> => {
    const run: Run = { id: script.id, startedMs: clock.now(), endedMs: undefined, context }
    runs.push(run)
    made.running += 1
    made.peak = Math.max(made.peak, made.running)
    try {
      return await act(script, context, clock)
    } finally {
      made.running -= 1
      run.endedMs = clock.now()
    }
  }
  const worker = createWorker(definition, handler, {
    port: queue,
    clock,
    random: () => 0.5,
    log: false,
    ...workerOptions,
  })
  onTestFinished(() => passTime(clock, worker.stop({ deadline: '0s' })).then(() => undefined))
  return {
    clock,
    queue,
    deadLetters,
    definition,
    worker,
    runs,
    get peak() {
      return made.peak
    },
    put: (...scripts) => {
      for (const script of scripts) queue.put(script)
    },
    begin: () => passTime(clock, worker.start()),
    stop: (stopOptions) => passTime(clock, worker.stop(stopOptions)),
    told: (name) => {
      const events: WorkerEvents[typeof name][] = []
      worker.on(name, (event) => events.push(event))
      return events
    },
    callsOf: (operation) => queue.calls.filter((call) => call.operation === operation).length,
  }
}

async function act(script: Script, context: HandlerContext, clock: ManualClock): Promise<unknown> {
  const { takes, ends, onAbort } = script
  const isFirst = context.receiveCount === 1
  // `ignoreOnce` is stuck at its first receive and returns at once ever after.
  if (onAbort === 'ignoreOnce' && !isFirst) return 'nothing'
  const signal = onAbort.startsWith('ignore') ? undefined : context.signal
  await sleep(clock, durationMs(takes as Duration), signal)
  if (signal?.aborted === true && onAbort === 'throw') throw signal.reason
  switch (ends) {
    case 'return':
      return 'a value that means nothing'
    case 'throwOnce':
      if (!isFirst) return undefined
      throw new Error(`message ${script.id} fails once`)
    case 'throw':
      throw new Error(`message ${script.id} fails`)
    case 'retry':
      return retry({ after: '45s' })
    case 'throttled':
      return retry({ after: '45s', throttled: true })
    case 'release':
      throw release()
    case 'deadLetter':
      return deadLetter('cannot be handled')
    default:
      return ends satisfies never
  }
}

/** So many messages with ids from 0. */
export function scripts(
  count: number,
  script: Partial<z.input<typeof scriptSchema>> = {},
): z.input<typeof scriptSchema>[] {
  return Array.from({ length: count }, (_, id) => ({ id, ...script }))
}
