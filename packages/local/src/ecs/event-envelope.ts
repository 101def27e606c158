import { randomUUID } from 'node:crypto'
import type { AccountContext } from '../server/service.js'

/** What every event of ECS has around its `detail`, as EventBridge hands it on. */
export interface EventEnvelope {
  /** Of the envelope. */
  readonly version: '0'
  readonly id: string
  readonly source: 'aws.ecs'
  readonly account: string
  /** To the second. */
  readonly time: string
  readonly region: string
  /** The ARN of what it is about. */
  readonly resources: readonly string[]
}

export function envelopeOf({ accountId, region, controlClock }: AccountContext, arn: string): EventEnvelope {
  return {
    version: '0',
    id: randomUUID(),
    source: 'aws.ecs',
    account: accountId,
    time: new Date(controlClock.now()).toISOString().replace(/\.\d+Z$/, 'Z'),
    region,
    resources: [arn],
  }
}
