import { invalidAttributeValue, onlyForFifo, unknownAttribute } from './errors.js'
import type { DeduplicationScope } from './fifo-admission.js'

/** What a FIFO queue's own attributes mean. */
export interface FifoSettings {
  /** Messages sent without a MessageDeduplicationId have the SHA-256 of their body for one. */
  readonly isContentBased: boolean
  readonly deduplicationScope: DeduplicationScope
  /** High throughput: limits count per message group. */
  readonly isHighThroughput: boolean
}

/** Each FIFO attribute's values, the default first. */
const VALUES: ReadonlyMap<string, readonly string[]> = new Map([
  ['FifoQueue', ['true']],
  ['ContentBasedDeduplication', ['false', 'true']],
  ['DeduplicationScope', ['queue', 'messageGroup']],
  ['FifoThroughputLimit', ['perQueue', 'perMessageGroupId']],
])

export function isFifoAttribute(name: string): boolean {
  return VALUES.has(name)
}

/** The FIFO attributes of a FIFO queue that nobody has configured. */
export function initialFifoAttributes(): [string, string][] {
  return Array.from(VALUES, ([name, [initial = '']]) => [name, initial])
}

/** Checks one FIFO attribute that is set. A queue's type is decided by its creation. */
export function checkFifoAttribute(name: string, value: string, isFifo: boolean): void {
  if (!isFifo) {
    const isKnownEverywhere = name === 'DeduplicationScope' || name === 'FifoThroughputLimit'
    throw isKnownEverywhere ? onlyForFifo(name) : unknownAttribute(name)
  }
  if (VALUES.get(name)?.includes(value) === true) return
  const reason = name === 'FifoQueue' ? 'Modifying queue type is not supported.' : undefined
  throw invalidAttributeValue(name, reason)
}

/** Checks what FIFO attributes are together, once changes are applied. */
export function checkFifoRules(attributes: ReadonlyMap<string, string>): void {
  const isPerGroup = attributes.get('FifoThroughputLimit') === 'perMessageGroupId'
  if (!isPerGroup || attributes.get('DeduplicationScope') === 'messageGroup') return
  const reason =
    'To set FifoThroughputLimit to perMessageGroupId, the DeduplicationScope must be messageGroup.'
  throw invalidAttributeValue('FifoThroughputLimit', reason)
}

/** Undefined for a standard queue. */
export function fifoSettingsOf(attributes: ReadonlyMap<string, string>): FifoSettings | undefined {
  if (attributes.get('FifoQueue') !== 'true') return undefined
  return {
    isContentBased: attributes.get('ContentBasedDeduplication') === 'true',
    deduplicationScope: attributes.get('DeduplicationScope') === 'messageGroup' ? 'messageGroup' : 'queue',
    isHighThroughput: attributes.get('FifoThroughputLimit') === 'perMessageGroupId',
  }
}
