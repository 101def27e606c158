import type { EventBridgeEnvelope, SnsEnvelope } from '../envelope.js'
import type { JsonObject } from './json.js'
import { instant, isObject, text } from './json.js'

/** docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html */
export type EventBridgeEvent = JsonObject & {
  readonly detail: unknown
  readonly 'detail-type': string
  readonly source: string
}

export function isEventBridge(value: unknown): value is EventBridgeEvent {
  if (!isObject(value) || !('detail' in value)) return false
  return typeof value['detail-type'] === 'string' && typeof value.source === 'string'
}

export function eventBridgeEnvelope(
  event: EventBridgeEvent,
  sns: SnsEnvelope | undefined,
): EventBridgeEnvelope {
  const { id, source, account, region, time, resources } = event
  return {
    kind: 'eventbridge',
    id: text(id) ?? '',
    detailType: event['detail-type'],
    source,
    account: text(account),
    region: text(region),
    time: instant(time),
    resources: Array.isArray(resources) ? resources.filter((each) => typeof each === 'string') : [],
    sns,
  }
}
