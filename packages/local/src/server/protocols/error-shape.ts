import type { AwsError } from '../aws-error.js'
import type { AwsService } from './aws-services.js'

// Errors that AWS raises before a service sees the call: they carry a namespace of their own, not the service's.
const NAMESPACES: ReadonlyMap<string, string> = new Map([
  ['RequestEntityTooLarge', 'com.amazon.coral.service'],
  ['SerializationException', 'com.amazon.coral.service'],
  ['UnknownOperationException', 'com.amazon.coral.service'],
  ['UnsupportedMediaType', 'com.amazon.coral.service'],
  ['ThrottlingException', 'com.amazon.coral.availability'],
])

/** An error's body in the protocols of today. `service` is undefined while nobody knows which one is meant. */
export function errorBody(
  fault: AwsError,
  service: AwsService | undefined,
): { __type: string; message: string } {
  const namespace = NAMESPACES.get(fault.code) ?? service?.errorNamespace
  return {
    __type: namespace === undefined ? fault.code : `${namespace}#${fault.code}`,
    message: fault.message,
  }
}

/** `x-amzn-query-error`: the code of the older query protocol, from services that once spoke it. */
export function queryErrorHeader(
  fault: AwsError,
  service: AwsService | undefined,
): { 'x-amzn-query-error'?: string } {
  if (service !== undefined && service.query === undefined) return {}
  return { 'x-amzn-query-error': `${queryCode(fault)};${blame(fault)}` }
}

export function queryCode(fault: AwsError): string {
  return fault.queryCode ?? fault.code
}

export function blame(fault: AwsError): 'Sender' | 'Receiver' {
  return fault.isSenderFault ? 'Sender' : 'Receiver'
}
