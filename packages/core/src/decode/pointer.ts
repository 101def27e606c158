import type { MessageAttribute } from '../delivery.js'
import type { PayloadPointer } from '../payload-store.js'
import { parseJson, unreadable } from '../payload.js'
import { isObject } from './json.js'

// The wire form of the Amazon SQS Extended Client Libraries: github.com/awslabs/amazon-sqs-java-extended-client-lib
const CLASS = 'software.amazon.payloadoffloading.PayloadS3Pointer'

/** Marks a message whose body is a pointer; its value is the payload's size in bytes. */
export const SIZE_ATTRIBUTE = 'ExtendedPayloadSize'

/** What versions 1 of the libraries wrote. */
export const LEGACY_SIZE_ATTRIBUTE = 'SQSLargePayloadSize'

export function isPointer(attributes: Readonly<Record<string, MessageAttribute>>): boolean {
  return SIZE_ATTRIBUTE in attributes || LEGACY_SIZE_ATTRIBUTE in attributes
}

export function pointerBody({ bucket, key }: PayloadPointer): string {
  return JSON.stringify([CLASS, { s3BucketName: bucket, s3Key: key }])
}

/**
 * The pointer in a body: the class's name, whatever it is (versions 1 wrote another), and what it points to.
 *
 * @throws PayloadError when there is none.
 */
export function pointerOf(body: string): PayloadPointer {
  const parsed = parseJson(body)
  const fields: unknown = Array.isArray(parsed) ? parsed[1] : undefined
  if (isObject(fields) && typeof fields.s3BucketName === 'string' && typeof fields.s3Key === 'string') {
    return { bucket: fields.s3BucketName, key: fields.s3Key }
  }
  throw unreadable(`has the attribute ${SIZE_ATTRIBUTE}, but its body is no pointer to a payload in S3`)
}
