import { AwsError } from '../server/aws-error.js'
import { emptyBatch, entryIdsNotDistinct, invalidEntryId, tooManyEntries } from './errors.js'
import { optionalText, structureList } from './input.js'
import type { Input } from './input.js'

const MAX_ENTRIES = 10
const ENTRY_ID = /^[A-Za-z0-9_-]{1,80}$/

export interface BatchEntry {
  readonly id: string
  readonly input: Input
}

export interface BatchAnswer {
  readonly Successful: readonly Record<string, unknown>[]
  readonly Failed: readonly Record<string, unknown>[]
}

/** Reads a batch's entries; what is wrong with the batch as a whole fails the whole call, in SQS's order of checks. */
export function readEntries(input: Input, operation: string): BatchEntry[] {
  const inputs = structureList(input, 'Entries')
  if (inputs.length === 0) throw emptyBatch(operation)
  if (inputs.length > MAX_ENTRIES) throw tooManyEntries(inputs.length)
  const entries = inputs.map((entry) => ({ id: optionalText(entry, 'Id') ?? '', input: entry }))
  const seen = new Set<string>()
  for (const { id } of entries) {
    if (!ENTRY_ID.test(id)) throw invalidEntryId()
    if (seen.has(id)) throw entryIdsNotDistinct(id)
    seen.add(id)
  }
  return entries
}

/** Runs each entry by itself: one that fails with an {@link AwsError} is reported, the others go on. */
export function runBatch(
  entries: readonly BatchEntry[],
  run: (input: Input) => Record<string, unknown> | void,
): BatchAnswer {
  const successful: Record<string, unknown>[] = []
  const failed: Record<string, unknown>[] = []
  for (const { id, input } of entries) {
    try {
      successful.push({ Id: id, ...run(input) })
    } catch (error) {
      if (!(error instanceof AwsError)) throw error
      failed.push(failedEntry(id, error))
    }
  }
  return { Successful: successful, Failed: failed }
}

function failedEntry(id: string, error: AwsError): Record<string, unknown> {
  // Entries carry the query protocol's code where it differs, without its prefix.
  const code = (error.queryCode ?? error.code).replace('AWS.SimpleQueueService.', '')
  return { Id: id, SenderFault: error.isSenderFault, Code: code, Message: error.message }
}
