import { invalidAttributeValue, twoEncryptions, unknownAttribute } from './errors.js'
import {
  checkFifoAttribute,
  checkFifoRules,
  fifoSettingsOf,
  initialFifoAttributes,
  isFifoAttribute,
} from './fifo-attributes.js'
import type { FifoSettings } from './fifo-attributes.js'
import { readRedriveAllowPolicy } from './redrive-allow-policy.js'
import type { RedriveAllowPolicy } from './redrive-allow-policy.js'
import { readRedrivePolicy } from './redrive-policy.js'
import type { RedrivePolicy } from './redrive-policy.js'

interface Range {
  readonly minimum: number
  readonly maximum: number
  readonly initial: number
}

/** Ranges and defaults from CreateQueue's reference (client-sqs 3.1169). Seconds, but for MaximumMessageSize in bytes. */
const RANGES: ReadonlyMap<string, Range> = new Map([
  ['VisibilityTimeout', { minimum: 0, maximum: 43_200, initial: 30 }],
  ['MaximumMessageSize', { minimum: 1_024, maximum: 1_048_576, initial: 1_048_576 }],
  ['MessageRetentionPeriod', { minimum: 60, maximum: 1_209_600, initial: 345_600 }],
  ['DelaySeconds', { minimum: 0, maximum: 900, initial: 0 }],
  ['ReceiveMessageWaitTimeSeconds', { minimum: 0, maximum: 20, initial: 0 }],
])
const KMS_REUSE_SECONDS = { minimum: 60, maximum: 86_400 }

/** Attributes that SQS computes: they can be read, never set. */
const COMPUTED: ReadonlySet<string> = new Set([
  'QueueArn',
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
  'CreatedTimestamp',
  'LastModifiedTimestamp',
])
const TEXTS: ReadonlySet<string> = new Set([
  'Policy',
  'RedrivePolicy',
  'RedriveAllowPolicy',
  'KmsMasterKeyId',
  'KmsDataKeyReusePeriodSeconds',
  'SqsManagedSseEnabled',
])
/** What a queue's attributes mean, in numbers. */
export interface QueueSettings {
  readonly visibilityTimeoutMs: number
  readonly maximumMessageBytes: number
  readonly retentionMs: number
  readonly delayMs: number
  readonly waitMs: number
  readonly redrivePolicy: RedrivePolicy | undefined
  readonly redriveAllowPolicy: RedriveAllowPolicy | undefined
  /** Undefined for a standard queue. */
  readonly fifo: FifoSettings | undefined
}

/** The attributes of a queue that nobody has configured. */
export function initialAttributes(isFifo: boolean): Map<string, string> {
  const attributes = new Map<string, string>(isFifo ? initialFifoAttributes() : [])
  for (const [name, { initial }] of RANGES) attributes.set(name, String(initial))
  return attributes.set('SqsManagedSseEnabled', 'true')
}

/** Checks names and values and writes each value as SQS gives it back. */
export function normalAttributes(given: ReadonlyMap<string, string>, isFifo: boolean): Map<string, string> {
  const normal = new Map<string, string>()
  for (const [name, value] of given) {
    if (isFifoAttribute(name)) checkFifoAttribute(name, value, isFifo)
    normal.set(name, isFifoAttribute(name) ? value : normalValue(name, value))
  }
  if (normal.get('SqsManagedSseEnabled') === 'true' && (normal.get('KmsMasterKeyId') ?? '') !== '') {
    throw twoEncryptions()
  }
  return normal
}

/** `current` with `changes` (normal ones) applied; an empty text removes a policy. */
export function withChanges(
  current: ReadonlyMap<string, string>,
  changes: ReadonlyMap<string, string>,
): Map<string, string> {
  const merged = new Map(current)
  for (const [name, value] of changes) {
    if (value === '') merged.delete(name)
    else merged.set(name, value)
  }
  // One kind of encryption at a time: naming a key turns SQS's own off, and the other way round.
  if ((changes.get('KmsMasterKeyId') ?? '') !== '') merged.set('SqsManagedSseEnabled', 'false')
  if (changes.get('SqsManagedSseEnabled') === 'true') merged.delete('KmsMasterKeyId')
  checkFifoRules(merged)
  return merged
}

export function settingsOf(attributes: ReadonlyMap<string, string>): QueueSettings {
  const number = (name: string): number => Number(attributes.get(name) ?? RANGES.get(name)?.initial)
  const policy = attributes.get('RedrivePolicy')
  const allowPolicy = attributes.get('RedriveAllowPolicy')
  return {
    visibilityTimeoutMs: number('VisibilityTimeout') * 1_000,
    maximumMessageBytes: number('MaximumMessageSize'),
    retentionMs: number('MessageRetentionPeriod') * 1_000,
    delayMs: number('DelaySeconds') * 1_000,
    waitMs: number('ReceiveMessageWaitTimeSeconds') * 1_000,
    redrivePolicy: policy === undefined ? undefined : readRedrivePolicy(policy),
    redriveAllowPolicy: allowPolicy === undefined ? undefined : readRedriveAllowPolicy(allowPolicy),
    fifo: fifoSettingsOf(attributes),
  }
}

/** Refuses names that GetQueueAttributes does not know. FIFO's own are known, and absent from a standard queue. */
export function checkAttributeNames(names: readonly string[]): void {
  for (const name of names) {
    const isKnown =
      name === 'All' || COMPUTED.has(name) || TEXTS.has(name) || RANGES.has(name) || isFifoAttribute(name)
    if (!isKnown) throw unknownAttribute(name)
  }
}

function normalValue(name: string, value: string): string {
  const range = RANGES.get(name)
  if (range !== undefined) return integerText(name, value, range)
  if (!TEXTS.has(name)) throw unknownAttribute(name)
  switch (name) {
    case 'RedrivePolicy':
      return value === '' ? '' : JSON.stringify(readRedrivePolicy(value))
    case 'Policy':
      return jsonText(name, value)
    case 'RedriveAllowPolicy':
      if (value !== '') readRedriveAllowPolicy(value)
      return value
    case 'KmsDataKeyReusePeriodSeconds':
      return integerText(name, value, KMS_REUSE_SECONDS)
    case 'SqsManagedSseEnabled':
      if (value !== 'true' && value !== 'false') throw invalidAttributeValue(name)
      return value
    default:
      return value
  }
}

function integerText(name: string, value: string, range: { minimum: number; maximum: number }): string {
  const number = Number(value)
  const isInRange = /^\d+$/.test(value) && number >= range.minimum && number <= range.maximum
  if (!isInRange) throw invalidAttributeValue(name)
  return String(number)
}

function jsonText(name: string, value: string): string {
  if (value === '') return value
  try {
    JSON.parse(value)
    return value
  } catch {
    throw invalidAttributeValue(name)
  }
}
