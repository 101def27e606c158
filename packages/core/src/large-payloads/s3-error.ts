import type { PayloadError } from '../errors.js'
import { PayloadStoreError } from '../errors.js'
import type { PayloadPointer } from '../payload-store.js'
import { unreadable } from '../payload.js'

// docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html; an archived object does not come back by itself.
const GONE = new Set(['NoSuchKey', 'NoSuchVersion', 'InvalidObjectState'])

// Refusals of the kind 4xx that another attempt may not meet.
const PASSING = new Set([
  'RequestTimeout',
  'SlowDown',
  'Throttling',
  'ThrottlingException',
  'OperationAborted',
])
const PASSING_STATUS = new Set([408, 429])

/** What the SDK's errors may carry; all of it optional, since anything can be thrown. */
interface SdkError {
  readonly name?: string
  readonly message?: string
  readonly code?: unknown
  readonly $metadata?: { readonly httpStatusCode?: number }
}

/** Whatever a call threw: a `PayloadError` when the payload is gone for good, else an error that says whether it may pass. */
export function s3Error(
  thrown: unknown,
  operation: PayloadStoreError['operation'],
  { bucket, key }: PayloadPointer,
): PayloadError | PayloadStoreError {
  const error: SdkError = typeof thrown === 'object' && thrown !== null ? thrown : {}
  const { name = 'Error' } = error
  const place = `${bucket}/${key}`
  if (operation === 'get' && GONE.has(name))
    return unreadable(`points to ${place}, which is gone (${name})`, thrown)
  const mayPass = isPassing(error)
  const hint = operation === 'get' && name === 'AccessDenied' ? HINT : ''
  const said = [error.message, error.code, name].find((text) => typeof text === 'string' && text !== '')
  const code = error.$metadata?.httpStatusCode === undefined ? '' : `${name}: `
  return new PayloadStoreError({
    operation,
    place,
    detail: `${code}${String(said)}${hint}`,
    mayPass,
    cause: thrown,
  })
}

const HINT = ' Or the payload is gone: without s3:ListBucket S3 does not say which.'

// Without a status no answer came, or a damaged one.
function isPassing({ name = '', message = '', $metadata }: SdkError): boolean {
  const status = $metadata?.httpStatusCode
  if (status === undefined) return !message.startsWith('Region is missing')
  return status >= 500 || PASSING_STATUS.has(status) || PASSING.has(name) || name.startsWith('ExpiredToken')
}
