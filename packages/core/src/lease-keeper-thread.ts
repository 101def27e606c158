// The lease keeper's thread: see lease-table.ts for the protocol. Started by lease-keeper.ts alone.
import { parentPort, workerData } from 'node:worker_threads'
import { backoffMs } from './backoff.js'
import { systemClock } from './clock.js'
import type { Blocked, HeldMessage, ThreadData, ThreadMessage } from './lease-keeper.js'
import { GuardedPort } from './queue/guarded-port.js'
import { openQueue } from './queue/open-queue.js'
import { isDisowned } from './settle/calls.js'
import type { Beaten } from './settle/keeper.js'
import { LeaseTable } from './settle/lease-table.js'

const MAX_BATCH = 10
const BEAT_BACKOFF = { baseMs: 100, capMs: 1_000 }
// The main thread extends at a third of the visibility timeout; what is left at a fifth, it is too late for.
const LEAD_SHARE = 1 / 5
const LOOKS_PER_LEAD = 4
const LONGEST_LOOK_MS = 500
/** How long the main loop may stand still before it counts as blocked. */
const BLOCKED_MS = 1_000

interface Entry extends HeldMessage {
  misses: number
  notBeforeMs: number
}

const { leases, pulse: pulseMemory, pulseMs, queues } = workerData as ThreadData
const table = new LeaseTable(leases)
const pulse = new Int32Array(pulseMemory)
const entries = new Map<number, Entry>()
const ports = queues.map(({ location }) => new GuardedPort(openQueue(location), { clock: systemClock }))
const leadsMs = queues.map(({ visibilitySeconds }) => visibilitySeconds * 1_000 * LEAD_SHARE)
const lookMs = Math.min(LONGEST_LOOK_MS, pulseMs, ...leadsMs.map((leadMs) => leadMs / LOOKS_PER_LEAD))

let turns = Atomics.load(pulse, 0)
let turnedAtMs = systemClock.now()
let culprit: Omit<Blocked, 'blockedMs'> | undefined

parentPort?.on('message', (held: readonly HeldMessage[]) => {
  for (const each of held) entries.set(each.place, { ...each, misses: 0, notBeforeMs: 0 })
})
look()
post({ kind: 'ready' })

function look(): void {
  const nowMs = systemClock.now()
  watchMain(nowMs)
  const due: Entry[][] = queues.map(() => [])
  for (const [place, entry] of entries) {
    if (!table.isOf(place, entry.generation)) entries.delete(place)
    else if (isDue(entry, nowMs) && table.take(place, entry.generation, 'keeper'))
      due[entry.queue]?.push(entry)
  }
  for (const [queue, all] of due.entries()) {
    for (let from = 0; from < all.length; from += MAX_BATCH)
      void beat(queue, all.slice(from, from + MAX_BATCH))
  }
  systemClock.schedule(lookMs, look)
}

function isDue({ place, generation, queue, notBeforeMs }: Entry, nowMs: number): boolean {
  if (notBeforeMs > nowMs || !table.isHeld(place, generation)) return false
  const leftMs = table.expiresAtMs(place) - nowMs
  // One that has expired is SQS's again: to extend it could take it from another worker.
  return leftMs > 0 && leftMs <= (leadsMs[queue] ?? 0)
}

async function beat(queue: number, batch: readonly Entry[]): Promise<void> {
  const sentAtMs = systemClock.now()
  const seconds = queues[queue]?.visibilitySeconds ?? 0
  const changes = batch.map(({ receiptHandle, mostUntilMs }) => {
    const most = Math.max(0, Math.floor((mostUntilMs - sentAtMs) / 1_000))
    return { receiptHandle, visibilityTimeoutSeconds: Math.min(seconds, most) }
  })
  const results: { place: number; generation: number; beaten: Beaten }[] = []
  const end = (entry: Entry, beaten: Beaten, untilMs?: number): void => {
    const { place, generation } = entry
    const isExtended = untilMs !== undefined && untilMs > table.expiresAtMs(place)
    entry.misses = beaten.kind === 'extended' ? 0 : entry.misses + 1
    entry.notBeforeMs =
      systemClock.now() + (entry.misses > 0 ? backoffMs(BEAT_BACKOFF, entry.misses, Math.random()) : 0)
    // What cannot be extended any more, or is not ours, is not asked for again.
    if (beaten.kind === 'disowned' || (beaten.kind === 'extended' && !isExtended)) entries.delete(place)
    table.giveBack(place, generation, isExtended ? { by: 'keeper', expiresAtMs: untilMs } : { by: 'keeper' })
    results.push({ place, generation, beaten })
  }
  try {
    const failures = new Map(
      (await ports[queue]?.changeVisibilityBatch(changes))?.map((each) => [each.index, each]),
    )
    for (const [index, entry] of batch.entries()) {
      const failure = failures.get(index)
      const untilMs = sentAtMs + (changes[index]?.visibilityTimeoutSeconds ?? 0) * 1_000
      if (failure === undefined) end(entry, { kind: 'extended' }, untilMs)
      else
        end(entry, {
          kind: isDisowned(failure) ? 'disowned' : 'missed',
          error: `${failure.code}: ${failure.message}`,
        })
    }
  } catch (error) {
    for (const entry of batch) end(entry, { kind: 'missed', error: String(error) })
  }
  post({ kind: 'beaten', leases: results })
}

/** Whether the main loop turns; who keeps it from turning is asked while it does not. */
function watchMain(nowMs: number): void {
  const now = Atomics.load(pulse, 0)
  if (now === turns) {
    if (culprit === undefined && nowMs - turnedAtMs > pulseMs + BLOCKED_MS) culprit = whoRuns()
    return
  }
  if (culprit !== undefined) post({ kind: 'blocked', blockedMs: Math.round(nowMs - turnedAtMs), ...culprit })
  culprit = undefined
  turns = now
  turnedAtMs = nowMs
}

function whoRuns(): Omit<Blocked, 'blockedMs'> {
  const entry = entries.get(Atomics.load(pulse, 1) - 1)
  return { queue: entry && queues[entry.queue]?.name, messageId: entry?.messageId }
}

function post(message: ThreadMessage): void {
  parentPort?.postMessage(message, [])
}
