import { invalidAttributeValue, invalidValue } from './errors.js'
import { readPolicyText } from './policy-text.js'

const PERMISSIONS = ['allowAll', 'denyAll', 'byQueue'] as const
const MAX_SOURCES = 10

/** Which queues may name this one as their dead-letter queue. */
export interface RedriveAllowPolicy {
  readonly permission: (typeof PERMISSIONS)[number]
  readonly sourceQueueArns: readonly string[]
}

/** Parses the RedriveAllowPolicy attribute. Source queues need not exist. */
export function readRedriveAllowPolicy(text: string): RedriveAllowPolicy {
  const { redrivePermission, sourceQueueArns, ...more } = readPolicyText(text, unsupportedFormat)
  const permission = PERMISSIONS.find((known) => known === redrivePermission)
  const arns: unknown = sourceQueueArns ?? []
  if (permission === undefined || !isTexts(arns) || Object.keys(more).length > 0) throw unsupportedFormat()
  const isByQueue = permission === 'byQueue'
  if (!isByQueue && sourceQueueArns !== undefined) {
    throw refused(
      text,
      'To specify one or more source queue ARNs, you must set redrivePermission to byQueue.',
    )
  }
  if (isByQueue && arns.length === 0) {
    const rule =
      'When you specify the byQueue permission type, you must also specify one or more sourceQueueArns values.'
    throw refused(text, rule)
  }
  if (arns.length > MAX_SOURCES) {
    throw refused(text, `The maximum number of source queue ARNs you can specify is ${MAX_SOURCES}.`)
  }
  return { permission, sourceQueueArns: arns }
}

/** A queue without a policy allows every queue of its account and region. */
export function allowsSource(policy: RedriveAllowPolicy | undefined, sourceArn: string): boolean {
  if (policy === undefined || policy.permission === 'allowAll') return true
  return policy.permission === 'byQueue' && policy.sourceQueueArns.includes(sourceArn)
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

function refused(text: string, rule: string): Error {
  return invalidValue('RedriveAllowPolicy', text, `Amazon SQS can't create the redrive allow policy. ${rule}`)
}

function unsupportedFormat(): Error {
  const reason = "Amazon SQS can't create the redrive allow policy, as it’s in an unsupported format."
  return invalidAttributeValue('RedriveAllowPolicy', reason)
}
