/**
 * The queues and the tasks that work them off, message by message: one arrives, waits for a free slot, is handled, and is
 * gone. Between two messages nothing happens, so time goes from one to the next.
 *
 * A message is taken the instant that a slot is free for it, by any of the tasks that have one: long polls see to that, and
 * SQS prefers none. A task that is told to stop takes no more, finishes what it has, and hands back at its deadline what it
 * has not: that is handled again, by another.
 */
import type { Random } from '../random.js'
import type { Arrivals } from '../traffic/arrivals.js'
import type { HandlingTimes } from './handling-times.js'
import { Handlings } from './handlings.js'
import { Line } from './line.js'

export interface FleetOptions {
  readonly concurrency: number
  /** Mean handling time of each queue's messages; each queue gets the same share of what arrives. */
  readonly queueMeansMs: readonly number[]
  readonly arrivals: Arrivals
  readonly times: HandlingTimes
  readonly random: Random
  /** Told of each message when it is taken for the first time, and when it arrives. */
  readonly onTaken: (waitedMs: number, atMs: number) => void
  readonly onArrived: (atMs: number) => void
  /** A task that was told to stop has nothing left to do. */
  readonly onEnded: (task: number, atMs: number) => void
}

/** What a queue holds. */
export interface QueueDepth {
  visible: number
  inFlight: number
}

interface FleetTask {
  readonly id: number
  busy: number
  /** Place among those with a free slot; -1: not among them. */
  freeAt: number
  isEnding: boolean
  /** When its last handling ended that was long enough to protect it. */
  lastLongMs: number
}

/** Integrals over time, in milliseconds of one slot or task. */
export interface FleetTotals {
  readonly arrived: number
  readonly handled: number
  readonly handedBack: number
  /** Of busy slots, of tasks that may take messages, and of those of them without any. */
  readonly busyMs: number
  readonly taskMs: number
  readonly idleTaskMs: number
}

/** A message that runs so long has its task protected, and for so long after it (`protection` of the worker). */
const PROTECT_AFTER_MS = 2_000
const PROTECT_IDLE_MS = 15_000

export class Fleet {
  readonly depths: readonly QueueDepth[]
  readonly #options: FleetOptions
  readonly #tasks = new Map<number, FleetTask>()
  readonly #free: FleetTask[] = []
  readonly #waiting = new Line()
  /** Handed back, and so taken before: first in line. */
  readonly #returned = new Line()
  readonly #handlings = new Handlings()
  #atMs = 0
  #accepting = 0
  #idle = 0
  #busy = 0
  #arrived = 0
  #handled = 0
  #handedBack = 0
  #busyMs = 0
  #taskMs = 0
  #idleTaskMs = 0

  constructor(options: FleetOptions) {
    this.#options = options
    this.depths = options.queueMeansMs.map(() => ({ visible: 0, inFlight: 0 }))
  }

  get visible(): number {
    return this.#waiting.length + this.#returned.length
  }

  /** Slots that handle a message, of tasks that end too. */
  get busySlots(): number {
    return this.#busy
  }

  /** When the message that waits longest arrived; Infinity where none waits. */
  get oldestArrivedMs(): number {
    return Math.min(this.#waiting.firstArrivedMs, this.#returned.firstArrivedMs)
  }

  /** Up to now. */
  get totals(): FleetTotals {
    return {
      arrived: this.#arrived,
      handled: this.#handled,
      handedBack: this.#handedBack,
      busyMs: this.#busyMs,
      taskMs: this.#taskMs,
      idleTaskMs: this.#idleTaskMs,
    }
  }

  /** Lets everything happen up to and at `toMs`. */
  advance(toMs: number): void {
    const { arrivals } = this.#options
    for (;;) {
      const endMs = this.#handlings.nextEndMs
      const arrivalMs = arrivals.nextMs
      if (endMs > toMs && arrivalMs > toMs) break
      if (endMs <= arrivalMs) this.#end()
      else this.#arrive(arrivalMs)
    }
    this.#passTo(toMs)
  }

  /** A task takes messages from now on. */
  add(id: number): void {
    const task: FleetTask = { id, busy: 0, freeAt: -1, isEnding: false, lastLongMs: -Infinity }
    this.#tasks.set(id, task)
    this.#accepting += 1
    this.#idle += 1
    this.#fill(task)
  }

  /** A task takes no more messages. */
  end(id: number): void {
    const task = this.#tasks.get(id)
    if (task === undefined || task.isEnding) return
    task.isEnding = true
    this.#accepting -= 1
    if (task.busy === 0) this.#idle -= 1
    this.#setFree(task, false)
    if (task.busy === 0) this.#remove(task)
  }

  /** A task that ends is at its deadline: what it still handles goes back. */
  abort(id: number): void {
    const task = this.#tasks.get(id)
    if (task === undefined) return
    for (const handling of this.#handlings.running()) {
      if (handling.task !== id) continue
      handling.isAborted = true
      this.#handedBack += 1
      this.#busy -= 1
      this.#depth(handling.queue).inFlight -= 1
      this.#depth(handling.queue).visible += 1
      this.#returned.push(handling.arrivedMs, handling.queue)
    }
    this.#remove(task)
    this.#fillAll()
  }

  /** Tasks that ECS spares, because their worker has asked for it. */
  protectedTasks(): ReadonlySet<number> {
    const found = new Set<number>()
    for (const { startedMs, task } of this.#handlings.running()) {
      if (this.#atMs - startedMs >= PROTECT_AFTER_MS) found.add(task)
    }
    for (const { id, lastLongMs } of this.#tasks.values()) {
      if (this.#atMs - lastLongMs < PROTECT_IDLE_MS) found.add(id)
    }
    return found
  }

  /** How long each message that waits has waited, of those that never were taken. */
  forEachWaiting(visit: (waitedMs: number) => void): void {
    this.#waiting.forEach((arrivedMs) => visit(this.#atMs - arrivedMs))
  }

  #arrive(atMs: number): void {
    this.#passTo(atMs)
    this.#options.arrivals.take()
    const queue = this.depths.length === 1 ? 0 : this.#arrived % this.depths.length
    this.#arrived += 1
    this.#options.onArrived(atMs)
    this.#waiting.push(atMs, queue)
    this.#depth(queue).visible += 1
    const task = this.#freeTask()
    if (task !== undefined) this.#take(task)
  }

  #end(): void {
    const handling = this.#handlings.takeFirst()
    if (handling === undefined || handling.isAborted) return
    this.#passTo(handling.endsMs)
    const task = this.#tasks.get(handling.task)
    if (task === undefined) return
    this.#busy -= 1
    this.#handled += 1
    this.#depth(handling.queue).inFlight -= 1
    task.busy -= 1
    if (handling.endsMs - handling.startedMs >= PROTECT_AFTER_MS) task.lastLongMs = handling.endsMs
    if (task.isEnding) {
      if (task.busy === 0) this.#remove(task)
      return
    }
    if (task.busy === 0) this.#idle += 1
    if (this.visible > 0) this.#take(task)
    else this.#setFree(task, true)
  }

  /** The message that is first in line, on a task with a free slot. */
  #take(task: FleetTask): void {
    const isReturned = this.#returned.length > 0
    const line = isReturned ? this.#returned : this.#waiting
    const arrivedMs = line.firstArrivedMs
    const queue = line.firstQueue
    line.shift()
    const depth = this.#depth(queue)
    depth.visible -= 1
    depth.inFlight += 1
    if (!isReturned) this.#options.onTaken(this.#atMs - arrivedMs, this.#atMs)
    if (task.busy === 0) this.#idle -= 1
    task.busy += 1
    this.#busy += 1
    const lengthMs = this.#options.times.next(this.#options.queueMeansMs[queue] ?? 0)
    this.#handlings.add({
      task: task.id,
      startedMs: this.#atMs,
      arrivedMs,
      endsMs: this.#atMs + lengthMs,
      queue,
    })
    this.#setFree(task, task.busy < this.#options.concurrency)
  }

  #fill(task: FleetTask): void {
    while (this.visible > 0 && task.busy < this.#options.concurrency) this.#take(task)
    this.#setFree(task, task.busy < this.#options.concurrency)
  }

  #fillAll(): void {
    for (let task = this.#freeTask(); task !== undefined && this.visible > 0; task = this.#freeTask())
      this.#take(task)
  }

  #freeTask(): FleetTask | undefined {
    const { length } = this.#free
    return length < 2 ? this.#free[0] : this.#free[Math.floor(this.#options.random() * length)]
  }

  #setFree(task: FleetTask, isFree: boolean): void {
    if (isFree === task.freeAt >= 0) return
    if (isFree) {
      task.freeAt = this.#free.push(task) - 1
      return
    }
    const last = this.#free.pop()
    if (last !== undefined && last !== task) {
      this.#free[task.freeAt] = last
      last.freeAt = task.freeAt
    }
    task.freeAt = -1
  }

  #remove(task: FleetTask): void {
    this.#tasks.delete(task.id)
    this.#options.onEnded(task.id, this.#atMs)
  }

  #depth(queue: number): QueueDepth {
    const depth = this.depths[queue]
    if (depth === undefined) throw new Error(`There is no queue ${queue}.`)
    return depth
  }

  #passTo(atMs: number): void {
    const passedMs = atMs - this.#atMs
    if (passedMs <= 0) return
    this.#busyMs += passedMs * this.#busy
    this.#taskMs += passedMs * this.#accepting
    this.#idleTaskMs += passedMs * this.#idle
    this.#atMs = atMs
  }
}
