// `@longshore/scaler/lambda`: a publisher as a Lambda function that a schedule invokes once a minute.
import { sleep, wallClock } from '@longshore/core/time'
import type { Clock } from '@longshore/core/time'
import type { Aws } from './aws/port.js'
import type { BeatResult } from './beat.js'
import { DEFAULT_BEAT_SECONDS, METRIC_PERIOD_SECONDS } from './config/limits.js'
import type { Service } from './config/service.js'
import { NothingPublishedError } from './errors.js'
import { eventRecord } from './events.js'
import type { TelemetrySource } from './observe/observe.js'
import { createPublisher } from './publisher.js'
import type { Publisher } from './publisher.js'

/** Options of {@link publisherHandler}. Every one has a default. */
export interface PublisherHandlerOptions {
  /** Makes the connection of a region, on the first invocation; kept for all others. Default: `connectAws`. */
  readonly connect?: ((region: string | undefined) => Aws) | undefined
  /** Takes each event as a line of JSON, without a line feed. Default: standard output, which is the function's log. */
  readonly log?: ((line: string) => void) | undefined
  /** What the workers of a service tell of themselves, where somebody hears it. */
  readonly telemetry?: ((service: Service) => TelemetrySource | undefined) | undefined
  /** Default: the machine's time of day, which goes on while Lambda freezes the process. */
  readonly clock?: Clock | undefined
}

/** What Lambda hands to a function that EventBridge invokes, as far as it is looked at. */
export interface ScheduledInvocation {
  /** When the schedule was due, as ISO 8601. */
  readonly time?: string | undefined
}

/** What is asked of Lambda's context. */
export interface InvocationContext {
  getRemainingTimeInMillis(): number
}

/** What one invocation did, over all services and beats. */
export interface PublishReport {
  readonly beats: number
  readonly published: number
  readonly held: number
  readonly failed: number
}

/** A handler as Lambda takes it. */
export type PublisherHandler = (
  event: ScheduledInvocation | undefined,
  context: InvocationContext,
) => Promise<PublishReport>

const BEAT_MS = DEFAULT_BEAT_SECONDS * 1_000
const SPAN_MS = METRIC_PERIOD_SECONDS * 1_000

/** What a beat takes when all is well, many times over; with less time left, none is begun. */
const LEAST_BEAT_MS = 2_000

/** A beat under way is given up this long before Lambda would end the process. */
const MARGIN_MS = 500

/**
 * A handler for a schedule of once a minute, `rate(1 minute)`: six beats, ten seconds apart. The function needs a timeout
 * of 60 seconds; with less it makes the beats that there is time for. An invocation that comes late leaves out those whose
 * time has passed, and so doesn't run into the next one; one that is a minute late makes a single beat.
 *
 * Connections, and what was learned of the load, stay from one invocation to the next in the same environment. Services
 * of one region share a PutMetricData for each beat. With the strategy `controller` leave the function one concurrent
 * execution.
 *
 * @throws NothingPublishedError, from the invocation, when no value at all was published: Lambda counts it in the metric
 * `Errors`. Set the schedule's retries to 0; the next minute comes by itself.
 */
export function publisherHandler(
  services: Service | readonly Service[],
  options: PublisherHandlerOptions = {},
): PublisherHandler {
  const { clock = wallClock } = options
  let publisher: Publisher | undefined
  return async (event, context) => {
    publisher ??= createLoops(services, { ...options, clock })
    const results = await makeBeats(publisher, { clock, context, dueMs: dueOf(event, clock.now()) })
    const report = reportOf(results)
    const isFollowing = results.some(({ outcome }) => outcome === 'following')
    if (report.published === 0 && !isFollowing) throw new NothingPublishedError(reasonsOf(results))
    return report
  }
}

function createLoops(
  services: Service | readonly Service[],
  options: PublisherHandlerOptions & { readonly clock: Clock },
): Publisher {
  const { clock, connect, log = (line) => process.stdout.write(`${line}\n`), telemetry } = options
  const publisher = createPublisher(services, { clock, connect, telemetry })
  publisher.onAny((event, service) => log(JSON.stringify(eventRecord(service, event))))
  return publisher
}

/** When this minute's beats begin: at the schedule's own time where it tells one that has come, else now. */
function dueOf(event: ScheduledInvocation | undefined, nowMs: number): number {
  const dueMs = Date.parse(event?.time ?? '')
  return dueMs <= nowMs ? dueMs : nowMs
}

async function makeBeats(
  publisher: Publisher,
  at: { readonly clock: Clock; readonly context: InvocationContext; readonly dueMs: number },
): Promise<BeatResult[]> {
  const { clock, context, dueMs } = at
  const results: BeatResult[] = []
  const abort = new AbortController()
  const cancelEnd = clock.schedule(context.getRemainingTimeInMillis() - MARGIN_MS, () => abort.abort())
  for (;;) {
    results.push(...(await publisher.beat(abort.signal)))
    const sinceMs = Math.floor((clock.now() - dueMs) / BEAT_MS + 1) * BEAT_MS
    const pauseMs = dueMs + sinceMs - clock.now()
    const isOver = sinceMs >= SPAN_MS || context.getRemainingTimeInMillis() - pauseMs < LEAST_BEAT_MS
    if (isOver || abort.signal.aborted) break
    await sleep(clock, pauseMs)
  }
  cancelEnd()
  return results
}

function reportOf(results: readonly BeatResult[]): PublishReport {
  const count = (outcome: BeatResult['outcome']): number =>
    results.filter((result) => result.outcome === outcome).length
  return {
    beats: results.length,
    published: count('published'),
    held: count('held'),
    failed: count('failed') + count('stopped'),
  }
}

function reasonsOf(results: readonly BeatResult[]): string[] {
  const reasons = results.flatMap((result) => {
    if (result.outcome === 'held') return [result.decision.reason]
    if (result.outcome === 'failed') return [result.error.message]
    return result.outcome === 'stopped'
      ? ['The time of the function was over before its calls were answered.']
      : []
  })
  return [...new Set(reasons)]
}
