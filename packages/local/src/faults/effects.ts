import { durationMs } from '@longshore/core/time'

import { AwsError } from '../server/aws-error.js'
import type { Redeliver } from '../server/service.js'
import type { ActiveFault } from './active-fault.js'
import type { FaultEffect } from './fault-options.js'
import type { Strike, StruckCall, StruckEnding } from '../server/strike.js'

type Slow = Extract<FaultEffect, { effect: 'slow' }>

const UNHARMED: Strike = {
  delayMs: 0,
  bytesPerSecond: undefined,
  ending: undefined,
  redeliver: undefined,
  revise: undefined,
}

/** A strike with what one more fault does to the call. Slow ones add up; of the others, the first of a kind is the one. */
export function struckBy(fault: ActiveFault, call: StruckCall, strike: Strike = UNHARMED): Strike {
  const { options } = fault
  if (options.effect === 'slow') return fault.hit() ? slower(strike, options) : strike
  if (options.effect === 'duplicate') {
    return { ...strike, redeliver: strike.redeliver ?? redeliverOf(fault, options.of) }
  }
  if (options.effect === 'stale-counts') {
    return { ...strike, revise: strike.revise ?? ((output) => withOldCounts(output, fault, call)) }
  }
  if (strike.ending !== undefined || !fault.hit()) return strike
  return { ...strike, ending: endingOf(options, call) }
}

function slower(strike: Strike, { delay, bytesPerSecond = Infinity }: Slow): Strike {
  const slowest = Math.min(strike.bytesPerSecond ?? Infinity, bytesPerSecond)
  return {
    ...strike,
    delayMs: strike.delayMs + (delay === undefined ? 0 : durationMs(delay)),
    bytesPerSecond: slowest === Infinity ? undefined : slowest,
  }
}

function redeliverOf(fault: ActiveFault, of: Redeliver['of'] | undefined): Redeliver {
  return { of: of ?? (fault.random() < 0.5 ? 'in-flight' : 'deleted'), claim: () => fault.hit() }
}

function endingOf(
  effect: Exclude<FaultEffect, { effect: 'slow' | 'duplicate' | 'stale-counts' }>,
  call: StruckCall,
): StruckEnding {
  if (effect.effect === 'throttling') return throttled(call)
  return effect.effect === 'server-error' ? serverError(effect.status ?? 500) : effect.effect
}

/** SQS has an error of its own for it, in its model; the others use what AWS's services share. */
function throttled({ service }: StruckCall): AwsError {
  if (service === 'sqs') return new AwsError('RequestThrottled', 'Request is throttled.', { status: 403 })
  return new AwsError('ThrottlingException', 'Rate exceeded', { queryCode: 'Throttling' })
}

function serverError(status: number): AwsError {
  const isUnavailable = status === 503
  const code = isUnavailable ? 'ServiceUnavailable' : 'InternalFailure'
  const message = isUnavailable
    ? 'The request has failed due to a temporary failure of the server.'
    : 'The request processing has failed because of an unknown error, exception or failure.'
  return new AwsError(code, message, { status })
}

/** GetQueueAttributes gives those counts only that were asked for; the others stay away. */
function withOldCounts(output: unknown, fault: ActiveFault, call: StruckCall): unknown {
  const { Attributes: attributes } = output as { Attributes?: Readonly<Record<string, string>> }
  const counts = fault.staleCounts?.of(`${call.accountId}/${call.region}/${call.queue}`)
  if (attributes === undefined || counts === undefined) return output
  const old: Readonly<Record<string, number>> = {
    ApproximateNumberOfMessages: counts.visible,
    ApproximateNumberOfMessagesNotVisible: counts.inFlight,
    ApproximateNumberOfMessagesDelayed: counts.delayed,
  }
  const asked = Object.entries(old).filter(([name]) => Object.hasOwn(attributes, name))
  if (asked.length === 0 || !fault.hit()) return output
  const texts = asked.map(([name, count]) => [name, String(count)])
  return { ...(output as object), Attributes: { ...attributes, ...Object.fromEntries(texts) } }
}
