import { callFailure, notFoundFailure, timeoutFailure } from './failure.js'
import type { CallSite, Destination } from './failure.js'
import { systemClock } from '@longshore/core/time'
import { AwsCallError } from '../errors.js'
import type { AwsCallCode } from '../errors.js'

/** How every call is made: within a deadline, and with errors that say what to do. */
export interface Calls {
  /** Sends; `signal` ends the wait at once, whatever the SDK is doing. */
  run<T>(site: CallSite, send: (abortSignal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T>
  /** The error for a queue, cluster or service that an answer says isn't there. */
  notFound(
    code: Parameters<typeof notFoundFailure>[0],
    subject: string,
    detail?: string,
  ): Promise<AwsCallError>
}

/** One call that has ended. */
export interface AwsCall {
  /** IAM's word for it, such as `cloudwatch:PutMetricData`. */
  readonly action: string
  /** Why it failed; undefined for one that succeeded. */
  readonly code: AwsCallCode | undefined
  /** Milliseconds of the machine's clock, the SDK's own retries included. */
  readonly tookMs: number
}

/** What {@link createCalls} needs. */
export interface CallsOptions {
  /** Longest that one call may take, retries included. */
  readonly deadlineMs: number
  readonly override: Destination['override']
  /** The region as the SDK resolves it; may reject when there is none. */
  readonly region: () => Promise<string>
  readonly onCall: (call: AwsCall) => void
}

/** Creates the {@link Calls} that all clients share. */
export function createCalls(options: CallsOptions): Calls {
  const { deadlineMs, override } = options
  const destination = async (): Promise<Destination> => {
    const region = await options.region().catch(() => undefined)
    return { region, override, deadlineMs }
  }
  const run: Calls['run'] = async (site, send, signal) => {
    const deadline = AbortSignal.timeout(deadlineMs)
    const abort = signal === undefined ? deadline : AbortSignal.any([signal, deadline])
    try {
      return await untilAborted(abort, send)
    } catch (error) {
      if (signal?.aborted) {
        throw new AwsCallError('CALL_ABORTED', `${site.action} was given up because the caller stopped.`, {
          cause: error,
        })
      }
      if (deadline.aborted) throw timeoutFailure(site, await destination())
      throw callFailure(error, site, await destination())
    }
  }
  return {
    async run(site, send, signal) {
      const startMs = systemClock.now()
      const ended = (code?: AwsCallCode): void =>
        options.onCall({ action: site.action, code, tookMs: systemClock.now() - startMs })
      try {
        const answer = await run(site, send, signal)
        ended()
        return answer
      } catch (error) {
        ended(error instanceof AwsCallError ? error.code : 'CALL_FAILED')
        throw error
      }
    },
    async notFound(code, subject, detail) {
      const to = { destination: await destination(), ...(detail === undefined ? {} : { detail }) }
      return notFoundFailure(code, { subject }, to)
    },
  }
}

// The SDK heeds an abort while it talks, but not while it looks for credentials or sleeps before a retry.
function untilAborted<T>(signal: AbortSignal, send: (signal: AbortSignal) => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(new Error('aborted'))
    if (signal.aborted) return abort()
    signal.addEventListener('abort', abort, { once: true })
    send(signal)
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', abort))
  })
}
