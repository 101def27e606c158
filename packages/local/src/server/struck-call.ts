import { sleep } from '@longshore/core/time'
import type { Clock } from '@longshore/core/time'

import type { Answer } from './answer.js'
import { asAwsError } from './aws-error.js'
import type { Exchange } from './protocols/exchange.js'
import type { CallContext } from './service.js'
import type { Strike } from './strike.js'

/** How a request ends: with an answer, with a reset of its connection, or with nothing at all. */
export type Ending =
  { readonly answer: Answer; readonly bytesPerSecond?: number | undefined } | 'reset' | 'nothing'

/** Runs a call's operation, with what `context` changes. */
export type RunCall = (context?: Partial<CallContext>) => Promise<unknown>

export interface StruckCallTools {
  readonly run: RunCall
  readonly exchange: Exchange
  /** Aborts when the caller goes. */
  readonly signal: AbortSignal
  readonly clock: Clock
}

/** Runs a call as faults have it. */
export async function runStruck(strike: Strike, tools: StruckCallTools): Promise<Ending> {
  const { signal, clock } = tools
  if (strike.delayMs > 0) await sleep(clock, strike.delayMs, signal)
  if (signal.aborted) return 'nothing'
  if (strike.ending === 'lost-request') return 'reset'
  if (strike.ending === 'half-open') return 'nothing'
  if (strike.ending === 'lost-answer') {
    // Nobody takes back what the call does: it does not learn that its caller is gone.
    await answerOf(strike, tools, new AbortController().signal)
    return 'reset'
  }
  return { answer: await answerOf(strike, tools, signal), bytesPerSecond: strike.bytesPerSecond }
}

async function answerOf(
  strike: Strike,
  { run, exchange }: StruckCallTools,
  signal: AbortSignal,
): Promise<Answer> {
  const { ending, redeliver, revise = (output) => output } = strike
  try {
    if (ending instanceof Error) throw ending
    return exchange.success(revise(await run({ signal, ...(redeliver && { redeliver }) })))
  } catch (error) {
    return exchange.failure(asAwsError(error))
  }
}
