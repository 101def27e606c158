import type { Capacity } from './capacity.js'
import type { Listener, WorkerEventName, WorkerEvents } from './events.js'
import type { WorkerStats } from './stats.js'

/** What telemetry needs of a worker: its events and its figures. */
export interface Observed {
  on<Name extends WorkerEventName>(name: Name, listener: Listener<WorkerEvents[Name]>): () => void
  stats(): WorkerStats
  capacity(): Capacity
}
