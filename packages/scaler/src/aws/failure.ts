import { AwsCallError } from '../errors.js'
import type { AwsCallCode } from '../errors.js'

/** Which call failed, for the message. */
export interface CallSite {
  /** The IAM action, which is also the operation: `sqs:GetQueueAttributes`. */
  readonly action: string
  /** What it was about, with its name: `queue "thumbnails"`. */
  readonly subject: string
}

/** Where calls go, for the message. */
export interface Destination {
  readonly region: string | undefined
  /** An endpoint that replaces AWS's own, and what set it. */
  readonly override: { readonly url: string; readonly setBy: string } | undefined
  readonly deadlineMs: number
}

// Node's and the SDK's names for "there was nobody to talk to".
const UNREACHABLE: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  ENOTFOUND: 'host not found',
  EAI_AGAIN: 'host name lookup failed',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to the network',
  ETIMEDOUT: 'connection timed out',
  EPIPE: 'connection closed',
}

const NAMES = {
  credentials: [
    'CredentialsProviderError',
    'TokenProviderError',
    'ExpiredToken',
    'ExpiredTokenException',
    'InvalidClientTokenId',
    'InvalidAccessKeyId',
    'UnrecognizedClientException',
    'InvalidSignatureException',
    'SignatureDoesNotMatch',
    'IncompleteSignature',
    'MissingAuthenticationToken',
  ],
  accessDenied: ['AccessDenied', 'AccessDeniedException', 'UnauthorizedOperation', 'AuthorizationError'],
  throttled: [
    'Throttling',
    'ThrottlingException',
    'ThrottledException',
    'RequestThrottled',
    'TooManyRequestsException',
    'RequestLimitExceeded',
  ],
  noQueue: ['QueueDoesNotExist', 'AWS.SimpleQueueService.NonExistentQueue'],
} as const

const NO_REGION =
  'No AWS region is set, or none of AWS’s. Set AWS_REGION, or `region` in the service’s configuration.'
const SIGN_IN = 'Sign in, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE.'

/** What the SDK threw, as an error that says what it means and what to do. */
export function callFailure(error: unknown, site: CallSite, to: Destination): AwsCallError {
  if (error instanceof AwsCallError) return error
  const { name, message, code } = readError(error)
  const call = `${site.action} on ${site.subject}`
  const failure = (kind: AwsCallCode, text: string): AwsCallError =>
    new AwsCallError(kind, text, { cause: error })

  const unreachable = UNREACHABLE[code]
  if (unreachable !== undefined) {
    return failure('ENDPOINT_UNREACHABLE', describeUnreachable(unreachable, error, to))
  }
  if (/region is missing|region not accepted/i.test(message)) return failure('REGION_MISSING', NO_REGION)
  if (isIn(NAMES.credentials, name)) {
    return failure('CREDENTIALS_INVALID', `No valid AWS credentials: ${sentence(message)} ${SIGN_IN}`)
  }
  if (isIn(NAMES.accessDenied, name)) {
    const advice = `Grant this action to the role that runs this. AWS says: ${sentence(message)}`
    return failure('ACCESS_DENIED', `Not allowed: ${call}. ${advice}`)
  }
  if (isIn(NAMES.throttled, name)) {
    return failure('THROTTLED', `AWS throttles ${call}. It will be tried again.`)
  }
  return (
    notFound(name, message, { site, to, cause: { cause: error } }) ??
    failure('CALL_FAILED', `${call} failed: ${name}: ${sentence(message)}`)
  )
}

/** A call that did not answer in time. */
export function timeoutFailure(site: CallSite, to: Destination): AwsCallError {
  const where = to.override === undefined ? '' : ` at ${to.override.url} (from ${to.override.setBy})`
  return new AwsCallError(
    'CALL_TIMED_OUT',
    `${site.action} on ${site.subject} did not answer within ${to.deadlineMs / 1_000} s${where}. Check the network path to AWS, its endpoint and its status.`,
  )
}

/** The errors of the things that a configuration names. */
export function notFoundFailure(
  code: 'QUEUE_NOT_FOUND' | 'CLUSTER_NOT_FOUND' | 'SERVICE_NOT_FOUND',
  site: Pick<CallSite, 'subject'>,
  to: { readonly destination: Destination; readonly options?: ErrorOptions; readonly detail?: string },
): AwsCallError {
  const { region, override } = to.destination
  const where = override === undefined ? `in ${region ?? 'this region'}` : `at ${override.url}`
  const option = { QUEUE_NOT_FOUND: 'queue', CLUSTER_NOT_FOUND: 'cluster', SERVICE_NOT_FOUND: 'service' }[
    code
  ]
  const subject = site.subject.charAt(0).toUpperCase() + site.subject.slice(1)
  return new AwsCallError(
    code,
    `${subject} ${to.detail ?? 'was not found'} ${where}. Create it, or correct \`${option}\` or the region in the configuration.`,
    to.options,
  )
}

function notFound(
  name: string,
  message: string,
  about: { site: CallSite; to: Destination; cause: ErrorOptions },
): AwsCallError | undefined {
  const to = { destination: about.to, options: about.cause }
  if (isIn(NAMES.noQueue, name)) return notFoundFailure('QUEUE_NOT_FOUND', about.site, to)
  if (name === 'ClusterNotFoundException') {
    // The subject is the service in it: `service "a" in cluster "b"`.
    const cluster = /cluster ".*"/.exec(about.site.subject)?.[0] ?? about.site.subject
    return notFoundFailure('CLUSTER_NOT_FOUND', { subject: cluster }, to)
  }
  // Application Auto Scaling has no error of its own for it: ValidationException "ECS service doesn't exist: …".
  const isNoService =
    name === 'ServiceNotFoundException' || /ECS service (doesn['’]t|does not) exist/i.test(message)
  return isNoService ? notFoundFailure('SERVICE_NOT_FOUND', about.site, to) : undefined
}

function describeUnreachable(what: string, error: unknown, { override }: Destination): string {
  if (override !== undefined) {
    return `Could not reach ${override.url} (${what}). ${override.setBy} names that endpoint: start what should answer there (\`longshore dev\` starts a local AWS), or unset it.`
  }
  const hostname: unknown =
    typeof error === 'object' && error !== null ? Reflect.get(error, 'hostname') : undefined
  const host = typeof hostname === 'string' ? hostname : 'AWS'
  return `Could not reach ${host} (${what}). Check the network, and that the region is right.`
}

function readError(error: unknown): { name: string; message: string; code: string } {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), code: '' }
  // Node tries IPv6 and IPv4 and wraps both failures.
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error
  const code: unknown = first instanceof Error ? Reflect.get(first, 'code') : undefined
  return { name: error.name, message: error.message, code: typeof code === 'string' ? code : '' }
}

function isIn(names: readonly string[], name: string): boolean {
  return names.includes(name)
}

function sentence(message: string): string {
  // What the SDK adds on further lines is for who debugs the SDK.
  const text = message.split('\n', 1)[0]?.trim() ?? ''
  return /[.!?]$/.test(text) ? text : `${text}.`
}
