import { sleep } from '@longshore/core/time'
import type { Clock } from '@longshore/core/time'

import { AwsError } from '../../server/aws-error.js'
import type { Strike, Striker } from '../../server/strike.js'
import type { AgentContainer, ProtectionOperation } from './agent-container.js'

/** How long the agent waits for ECS (amazon-ecs-agent, `ecsCallTimeout`). */
const PATIENCE_MS = 4_000

/** A call that ECS did not answer, in the words of the SDK that the agent uses. */
export class UnansweredCall extends Error {
  readonly status: number
  readonly code: 'RequestCanceled' | 'RequestError'

  constructor(status: number, code: UnansweredCall['code'], message: string) {
    super(message)
    this.name = 'UnansweredCall'
    this.status = status
    this.code = code
  }
}

export interface EcsCallTools {
  /** Real time. */
  readonly clock: Clock
  readonly strike: Striker['strike']
  /** Aborts when whoever asked the agent has gone. */
  readonly signal: AbortSignal
}

/**
 * A call to ECS as the agent makes it: once, since its retries are within its patience, and struck by the same faults
 * as the calls of clients.
 *
 * @throws AwsError for what ECS refuses, {@link UnansweredCall} where no answer comes in time or at all.
 */
export async function callEcs(
  container: AgentContainer,
  call: { readonly operation: ProtectionOperation; readonly input: object },
  tools: EcsCallTools,
): Promise<unknown> {
  const { accountId, region } = container
  const { operation, input } = call
  const strike = tools.strike({ service: 'ecs', operation, accountId, region, queue: undefined })
  if (strike !== undefined) await suffer(strike, tools)
  const answer = container.callEcs(operation, input)
  if (strike?.ending === 'lost-answer') throw lost()
  return answer
}

/** What comes before ECS sees the call, which may be the end of it. */
async function suffer({ delayMs, ending }: Strike, { clock, signal }: EcsCallTools): Promise<void> {
  const isSilent = ending === 'half-open' || delayMs >= PATIENCE_MS
  const waitMs = isSilent ? PATIENCE_MS : delayMs
  if (waitMs > 0) await sleep(clock, waitMs, signal)
  if (isSilent) throw new UnansweredCall(504, 'RequestCanceled', 'Timed out calling ECS Task Protection API')
  if (ending instanceof AwsError) throw ending
  if (ending === 'lost-request') throw lost()
}

function lost(): UnansweredCall {
  return new UnansweredCall(500, 'RequestError', 'send request failed')
}
