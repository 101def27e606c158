import type { MessageAttribute } from '../delivery.js'
import type { SnsEnvelope } from '../envelope.js'
import type { JsonObject } from './json.js'
import { instant, isObject, text } from './json.js'

/** What SNS puts into a queue without raw delivery: docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html */
export type SnsNotification = JsonObject & { readonly Message: string; readonly TopicArn: string }

export function isSns(value: unknown): value is SnsNotification {
  if (!isObject(value) || value.Type !== 'Notification') return false
  return typeof value.Message === 'string' && typeof value.TopicArn === 'string'
}

export function snsEnvelope(notification: SnsNotification): SnsEnvelope {
  const { MessageId, TopicArn, Subject, Timestamp, MessageAttributes, SequenceNumber } = notification
  return {
    kind: 'sns',
    messageId: text(MessageId) ?? '',
    topicArn: TopicArn,
    subject: text(Subject),
    publishedAt: instant(Timestamp),
    attributes: isObject(MessageAttributes) ? attributesOf(MessageAttributes) : {},
    sequenceNumber: text(SequenceNumber),
  }
}

// fromEntries, because an attribute may be named __proto__.
function attributesOf(given: JsonObject): Record<string, MessageAttribute> {
  const entries = Object.entries(given).flatMap(([name, attribute]): [string, MessageAttribute][] => {
    if (!isObject(attribute) || typeof attribute.Value !== 'string') return []
    const { Type: type = 'String', Value: value } = attribute
    if (typeof type !== 'string') return []
    return [[name, { type, value: type.startsWith('Binary') ? Buffer.from(value, 'base64') : value }]]
  })
  return Object.fromEntries(entries)
}
