import type { Fleet, QueueDepth } from './fleet.js'

/** What the queues held in the last seconds, since what SQS tells of them is old. */
export class DepthHistory {
  readonly #fleet: Fleet
  /** A ring of looks, each with the depths of all queues. */
  readonly #looks: readonly QueueDepth[][]
  #count = 0

  constructor(fleet: Fleet, seconds: number) {
    this.#fleet = fleet
    this.#looks = Array.from({ length: Math.ceil(seconds) + 1 }, () =>
      fleet.depths.map(() => ({ visible: 0, inFlight: 0 })),
    )
  }

  /** To be called once a second. */
  remember(): void {
    const look = this.#looks[this.#count % this.#looks.length] ?? []
    for (const [queue, depth] of look.entries()) {
      depth.visible = this.#fleet.depths[queue]?.visible ?? 0
      depth.inFlight = this.#fleet.depths[queue]?.inFlight ?? 0
    }
    this.#count += 1
  }

  /** So many seconds ago; before the beginning there was nothing. */
  ago(seconds: number, queue: number): QueueDepth {
    const at = this.#count - 1 - seconds
    const depth = at < 0 ? undefined : this.#looks[at % this.#looks.length]?.[queue]
    return depth ?? { visible: 0, inFlight: 0 }
  }
}
