// What happened in a run, and what is broken the moment that it happens: whatever fails, a worker keeps its own limits.
import type { WorkerEvents } from '@longshore/core'
import type { MessagePlan, Plan } from './plan.js'

export interface Handling {
  readonly id: number
  readonly queue: number
  readonly group: number
  readonly isDone: boolean
}

/** What all workers did. */
export class Record {
  /** Every handling that ended, in that order. */
  readonly handlings: Handling[] = []
  readonly violations: string[] = []
  /** How often two of one group of a FIFO queue ran at a time. */
  overlaps = 0
  readonly attempts = new Map<number, number>()
  readonly #running = new Map<string, number>()

  begin({ queue, group }: MessagePlan, isFifo: boolean): void {
    if (count(this.#running, `${queue} ${group}`, 1) > 1 && isFifo) this.overlaps += 1
  }

  end({ queue, group }: MessagePlan): void {
    count(this.#running, `${queue} ${group}`, -1)
  }
}

/** What one worker did, held against its limits. */
export class Watch {
  readonly #plan: Plan
  readonly #violations: string[]
  readonly #concurrency: number
  readonly #nowMs: () => number
  /** Handlings that run at a time; a batch is one. */
  #units = 0
  readonly #byGroup = new Map<string, number>()
  readonly #starts = new Map<string, number[]>()
  /** Of standard queues: on a FIFO queue what was done is done again behind what was not. */
  readonly #done = new Set<number>()
  /** Queues whose breaker is not closed, with the handlings that run since it was half open. */
  readonly #broken = new Map<number, { state: 'open' | 'halfOpen'; readonly probes: Set<number> }>()

  constructor(parts: { plan: Plan; record: Record; concurrency: number; nowMs: () => number }) {
    this.#plan = parts.plan
    this.#violations = parts.record.violations
    this.#concurrency = parts.concurrency
    this.#nowMs = parts.nowMs
  }

  unitBegins(): void {
    this.#units += 1
    if (this.#units > this.#concurrency) this.#say(`${this.#units} run with ${this.#concurrency} slots`)
  }

  unitEnds(): void {
    this.#units -= 1
  }

  begins(id: number, { queue, group }: MessagePlan): void {
    const { maxPerGroup = Infinity, isFifo } = this.#queue(queue)
    const key = `${queue} ${group}`
    const together = count(this.#byGroup, key, 1)
    if (!isFifo && together > maxPerGroup) this.#say(`${together} of a group of queue ${queue} run`)
    this.#checkRate(queue, key)
    if (this.#done.has(id)) this.#say(`message ${id} starts again, though this worker has done it`)
    const broken = this.#broken.get(queue)
    if (broken?.state === 'open') this.#say(`message ${id} starts while the breaker is open`)
    broken?.probes.add(id)
    if (broken !== undefined && broken.probes.size > 1) this.#say('the breaker tries two at a time')
  }

  ends(id: number, { queue, group }: MessagePlan): void {
    count(this.#byGroup, `${queue} ${group}`, -1)
    this.#broken.get(queue)?.probes.delete(id)
  }

  isDone(id: number, { queue }: MessagePlan): void {
    if (!this.#queue(queue).isFifo) this.#done.add(id)
  }

  receives(queue: number): void {
    if (this.#broken.get(queue)?.state === 'open') this.#say('a receive is made while the breaker is open')
  }

  /** Follows the breakers. */
  listen(
    on: <Name extends keyof WorkerEvents>(name: Name, hear: (event: WorkerEvents[Name]) => void) => unknown,
  ): void {
    on('breaker:opened', ({ queue }) =>
      this.#broken.set(indexOf(queue), { state: 'open', probes: new Set() }),
    )
    on('breaker:half-opened', ({ queue }) =>
      this.#broken.set(indexOf(queue), { state: 'halfOpen', probes: new Set() }),
    )
    on('breaker:closed', ({ queue }) => this.#broken.delete(indexOf(queue)))
  }

  #checkRate(queue: number, key: string): void {
    const { rateLimit } = this.#queue(queue)
    if (rateLimit === undefined) return
    const nowMs = this.#nowMs()
    const recent = (this.#starts.get(key) ?? []).filter((atMs) => atMs > nowMs - rateLimit.perMs)
    recent.push(nowMs)
    this.#starts.set(key, recent)
    if (recent.length > rateLimit.limit)
      this.#say(`${recent.length} of a group of queue ${queue} start within ${rateLimit.perMs} ms`)
  }

  #queue(index: number): Plan['queues'][number] {
    const queue = this.#plan.queues[index]
    if (queue === undefined) throw new Error(`There is no queue ${index}.`)
    return queue
  }

  #say(violation: string): void {
    this.#violations.push(violation)
  }
}

/** Queues of a run are called by their place. */
export function nameOf(index: number, isFifo: boolean): string {
  return `queue-${index}${isFifo ? '.fifo' : ''}`
}

function indexOf(name: string): number {
  return Number.parseInt(name.slice('queue-'.length), 10)
}

function count(counts: Map<string, number>, key: string, change: 1 | -1): number {
  const now = (counts.get(key) ?? 0) + change
  counts.set(key, now)
  return now
}
