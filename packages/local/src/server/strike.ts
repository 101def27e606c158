import type { Clock } from '@longshore/core/time'

import type { AwsError } from './aws-error.js'
import type { ServiceName } from './protocols/aws-services.js'
import type { Redeliver } from './service.js'

/** What strikes calls. */
export interface Striker {
  /** The clock that slow calls are slow by. */
  readonly clock: Clock
  /** What happens to a call; undefined for one that nothing happens to. */
  strike(call: StruckCall): Strike | undefined
}

/** A call, as far as faults tell one from another. */
export interface StruckCall {
  readonly service: ServiceName
  readonly operation: string
  readonly accountId: string
  readonly region: string
  /** The name of the queue that the call is about. */
  readonly queue: string | undefined
}

/** How a struck call ends, if not with its answer. Only with `lost-answer` has it been processed. */
export type StruckEnding = AwsError | 'lost-request' | 'lost-answer' | 'half-open'

/** What all faults together do to one call. */
export interface Strike {
  /** Before it is processed. */
  readonly delayMs: number
  /** At which its answer is written; undefined is at once. */
  readonly bytesPerSecond: number | undefined
  readonly ending: StruckEnding | undefined
  readonly redeliver: Redeliver | undefined
  /** Applied to its output. */
  readonly revise: ((output: unknown) => unknown) | undefined
}
