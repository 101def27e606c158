import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { S3Record } from '../envelope.js'
import { unreadable } from '../payload.js'
import type { JsonObject } from './json.js'
import { instant, isObject, text } from './json.js'

/** docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html */
export type S3Notification = JsonObject & { readonly Records: readonly JsonObject[] }

export function isS3Event(value: unknown): value is S3Notification {
  if (!isObject(value) || !Array.isArray(value.Records) || value.Records.length === 0) return false
  return value.Records.every((record) => isObject(record) && isObject(record.s3))
}

/** What S3 sends once, when notifications to a queue are configured: it tells of no object. */
export function isS3TestEvent(value: unknown): boolean {
  return isObject(value) && value.Service === 'Amazon S3' && value.Event === 's3:TestEvent'
}

/** @throws PayloadError for a record without a bucket or a key. */
export function s3RecordsOf({ Records }: S3Notification): S3Record[] {
  return Records.map((raw, index) => {
    const s3 = isObject(raw.s3) ? raw.s3 : {}
    const bucket = isObject(s3.bucket) ? text(s3.bucket.name) : undefined
    const object = isObject(s3.object) ? s3.object : {}
    const key = decodedKey(text(object.key))
    if (bucket === undefined || key === undefined) {
      throw unreadable(`is an S3 event without the bucket or the key of its record ${index}`)
    }
    return {
      eventName: text(raw.eventName) ?? '',
      bucket,
      key,
      size: typeof object.size === 'number' ? object.size : undefined,
      eTag: text(object.eTag),
      versionId: text(object.versionId),
      sequencer: text(object.sequencer),
      region: text(raw.awsRegion),
      time: instant(raw.eventTime),
      raw,
    }
  })
}

function decodedKey(key: string | undefined): string | undefined {
  try {
    return key === undefined ? undefined : decodeURIComponent(key.replaceAll('+', ' '))
  } catch {
    return undefined
  }
}

/**
 * The schema of a queue with `envelope: 's3'`: its messages are the records of S3 event notifications, which are checked
 * before any schema sees them.
 */
export const s3Records: StandardSchemaV1<readonly S3Record[], readonly S3Record[]> = Object.freeze({
  '~standard': {
    version: 1,
    vendor: 'longshore',
    validate: (value: unknown) => ({ value: value as readonly S3Record[] }),
  },
} as const)
