import type { QueueCallReason } from '../errors.js'
import { QueueCallError } from '../errors.js'
import type { QueueOperation } from './port.js'

const REASONS: Readonly<Record<string, QueueCallReason>> = {
  QueueDoesNotExist: 'notFound',
  NonExistentQueue: 'notFound',
  AccessDenied: 'denied',
  KmsAccessDenied: 'denied',
  CredentialsProviderError: 'credentials',
  TokenProviderError: 'credentials',
  InvalidClientTokenId: 'credentials',
  UnrecognizedClient: 'credentials',
  InvalidAccessKeyId: 'credentials',
  InvalidSecurity: 'credentials',
  SignatureDoesNotMatch: 'credentials',
  MissingAuthenticationToken: 'credentials',
  Throttling: 'throttled',
  RequestThrottled: 'throttled',
  RequestLimitExceeded: 'throttled',
  TooManyRequests: 'throttled',
  OverLimit: 'throttled',
  KmsThrottled: 'throttled',
  TimeoutError: 'timeout',
  AbortError: 'aborted',
  ECONNREFUSED: 'unreachable',
  ECONNRESET: 'unreachable',
  ENOTFOUND: 'unreachable',
  EAI_AGAIN: 'unreachable',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  ETIMEDOUT: 'unreachable',
  EPIPE: 'unreachable',
}

/** What the SDK's errors may carry; all of it optional, since anything can be thrown. */
interface SdkError {
  readonly name?: string
  readonly message?: string
  readonly code?: unknown
  readonly Code?: unknown
  readonly $fault?: string
  readonly $metadata?: { readonly httpStatusCode?: number }
  readonly errors?: readonly unknown[]
}

/** AWS's code as one word for all protocols: without the namespace before it and the `Exception` after it. */
export function shortCode(code: string): string {
  return code.slice(code.lastIndexOf('.') + 1).replace(/Exception$/, '')
}

/** Whatever a call threw, as a {@link QueueCallError} that says where, why, and what to do. */
export function queueCallError(
  thrown: unknown,
  call: { readonly operation: QueueOperation; readonly queue: string; readonly endpoint: string | undefined },
): QueueCallError {
  if (thrown instanceof QueueCallError) return thrown
  const error: SdkError = typeof thrown === 'object' && thrown !== null ? thrown : {}
  const reason = reasonOf(error)
  const hasAnswer = error.$metadata?.httpStatusCode !== undefined && error.name !== undefined
  return new QueueCallError({
    ...call,
    reason,
    awsCode: hasAnswer ? shortCode(error.name ?? '') : undefined,
    detail: sentence(detailOf(error) ?? String(thrown)),
    cause: thrown,
  })
}

function reasonOf(error: SdkError): QueueCallReason {
  if (error.message?.startsWith('Region is missing') === true) return 'region'
  // An answer came, and was damaged on its way.
  if (error.message?.startsWith('Invalid MD5') === true) return 'service'
  for (const code of [error.name, error.code, error.Code]) {
    const reason = typeof code === 'string' ? REASONS[shortCode(code)] : undefined
    if (reason !== undefined) return reason
  }
  const status = error.$metadata?.httpStatusCode
  if (status === undefined) return 'unreachable'
  if (status === 429) return 'throttled'
  // Temporary credentials are renewed by themselves; an expired token is gone with the next call.
  if (error.name?.startsWith('ExpiredToken') === true) return 'service'
  return status >= 500 || error.$fault === 'server' ? 'service' : 'invalid'
}

// Connecting to a name with several addresses fails with an AggregateError whose own message is empty.
function detailOf(error: SdkError): string | undefined {
  if (error.message !== undefined && error.message !== '') return error.message
  const [first] = error.errors ?? []
  if (first instanceof Error) return first.message
  return typeof error.code === 'string' ? error.code : error.name
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`
}
