import { z } from 'zod'
import type { Clock } from '../clock.js'
import { option, withMethods, wholeNumber } from '../parse-options.js'
import type { QueuePort } from '../queue/port.js'
import type { DeadLetterMessage } from './dead-letter.js'

/** Options of `redrive`. Every one has a default. */
export interface RedriveOptions {
  /** Which messages go back; the others stay. Default: all. One that throws ends the redrive. */
  filter?: ((message: DeadLetterMessage) => boolean) | undefined
  /** Moves nothing: looks at every message, and says what would go back. Default false. */
  dryRun?: boolean | undefined
  /** The most messages that go back. 1–10,000,000; default: no limit. */
  limit?: number | undefined
  /** Messages a second, at most. 1–10,000; default: no limit. Set it to what the workers can take beside their own work. */
  rate?: number | undefined
  /** Ends it early; what was taken and not moved is handed back. */
  signal?: AbortSignal | undefined
  /** Called after each batch. */
  onProgress?: ((progress: RedriveProgress) => void) | undefined
  /** Called with each message that goes back, or would in a dry run. */
  onMatch?: ((message: DeadLetterMessage) => void) | undefined
  /** The source queue itself, for tests: `memoryQueue()` of `@longshore/core/testing`. Default: SQS. */
  port?: QueuePort | undefined
  /** Time, for tests. Default: the machine's. */
  clock?: Clock | undefined
}

/** How far a redrive has come. */
export interface RedriveProgress {
  /** Messages looked at, each once. */
  readonly looked: number
  /** Those that the filter takes. */
  readonly matched: number
  /** Sent to the source, and deleted here. */
  readonly moved: number
  /** Left where they are: not matched, from another source, or newer than the redrive. */
  readonly kept: number
  /** What the dead-letter queue held at the start, by SQS's approximate count. */
  readonly approximately: number | undefined
}

/** What a redrive has done. */
export interface RedriveReport extends RedriveProgress {
  /** URL or name of the dead-letter queue. */
  readonly from: string
  /** URL of the queue that the messages went to. */
  readonly to: string
  readonly endedBy: 'empty' | 'limit' | 'signal' | 'too-many-in-flight'
  /** Kept, because they died in another queue that shares the dead-letter queue. */
  readonly ofOtherQueues: number
  /** Matched, yet still in the dead-letter queue, each with what SQS said. */
  readonly failed: readonly { readonly messageId: string; readonly why: string }[]
  /** Sent to the source, yet not confirmed as deleted here: they may come to both. */
  readonly doubled: number
  /** Could not be handed back: hidden in the dead-letter queue for ten minutes more. */
  readonly hidden: number
  readonly elapsedMs: number
}

const isFunction = (value: unknown): boolean => typeof value === 'function'

export const redriveOptions: z.ZodType<RedriveOptions> = z.strictObject({
  filter: option<(message: DeadLetterMessage) => boolean>('a function that takes a message', isFunction),
  dryRun: option<boolean>('true or false', (value) => typeof value === 'boolean'),
  limit: wholeNumber(1, 10_000_000),
  rate: wholeNumber(1, 10_000),
  signal: option<AbortSignal>('an AbortSignal', (value) => value instanceof AbortSignal),
  onProgress: option<(progress: RedriveProgress) => void>('a function', isFunction),
  onMatch: option<(message: DeadLetterMessage) => void>('a function', isFunction),
  port: withMethods<QueuePort>('a queue port', ['describe', 'open', 'sendBatch', 'close']),
  clock: withMethods<Clock>('a clock with now and schedule', ['now', 'schedule']),
})
