import { durationMs } from '@longshore/core/time'
import type { Clock } from '@longshore/core/time'

import { seededRandom, seedFor } from '../server/seeded-random.js'
import { ActiveFault } from './active-fault.js'
import type { Fault } from './active-fault.js'
import type { FaultOptions } from './fault-options.js'
import { readFault } from './read-fault.js'
import type { KnownOperations } from './read-fault.js'
import { struckBy } from './effects.js'
import { StaleCounts } from './stale-counts.js'
import type { CountsByQueue } from './stale-counts.js'
import type { Strike, Striker, StruckCall } from '../server/strike.js'

/** The faults of a local AWS: what it does to calls, for tests of what users do about it. */
export interface Faults {
  /**
   * Adds a fault; it holds until it is removed.
   *
   * @throws LocalAwsError `LONGSHORE_FAULT` for options that cannot work.
   */
  add(options: FaultOptions): Fault
  /** Those not removed, in the order they were added; those that have struck `count` calls included. */
  list(): readonly Fault[]
  /** Removes them all. */
  clear(): void
}

export interface FaultPorts {
  readonly clock: Clock
  readonly seed: number
  readonly knownOperations: KnownOperations
  /** By `account/region/queue`. */
  readonly queueCounts: () => CountsByQueue
}

/** Every fault looks at every call, in the order they were added. */
export class FaultBook implements Faults, Striker {
  readonly #ports: FaultPorts
  readonly #faults = new Set<ActiveFault>()
  #lastId = 0

  constructor(ports: FaultPorts) {
    this.#ports = ports
  }

  get clock(): Clock {
    return this.#ports.clock
  }

  add(given: FaultOptions): ActiveFault {
    const options = readFault(given, this.#ports.knownOperations)
    const id = ++this.#lastId
    const seed = options.seed ?? seedFor(this.#ports.seed, `fault/${id}`)
    const fault = new ActiveFault({
      id,
      options,
      seed,
      random: seededRandom(seed),
      staleCounts: this.#staleCounts(options),
      onRemove: (removed) => this.#faults.delete(removed),
    })
    this.#faults.add(fault)
    return fault
  }

  list(): readonly ActiveFault[] {
    return [...this.#faults]
  }

  clear(): void {
    for (const fault of this.#faults) fault.remove()
  }

  strike(call: StruckCall): Strike | undefined {
    let strike: Strike | undefined
    for (const fault of this.#faults) {
      if (fault.chooses(call)) strike = struckBy(fault, call, strike)
    }
    return strike
  }

  #staleCounts(options: FaultOptions): StaleCounts | undefined {
    if (options.effect !== 'stale-counts') return undefined
    const { clock, queueCounts } = this.#ports
    return new StaleCounts({ clock, ageMs: durationMs(options.age), read: queueCounts })
  }
}
