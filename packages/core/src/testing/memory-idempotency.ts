import type { CompletedOutcome, IdempotencyRecord, IdempotencyStore } from '../idempotency-store.js'

interface Entry {
  readonly holder: string
  readonly messageId: string
  /** Undefined while it is in progress. */
  readonly outcome: CompletedOutcome | undefined
  /** Until when it is held, or kept. */
  readonly untilMs: number
}

/** A store in memory, by the same rules as the one on DynamoDB. */
export interface MemoryIdempotencyStore extends IdempotencyStore {
  /** What is recorded for a key, lapsed or not. */
  recordOf(key: string): IdempotencyRecord | undefined
}

/** Creates a {@link MemoryIdempotencyStore}: for tests of handlers inside `idempotent()`. */
export function memoryIdempotencyStore(): MemoryIdempotencyStore {
  const entries = new Map<string, Entry>()
  const held = (key: string, holder: string): Entry | undefined => {
    const entry = entries.get(key)
    return entry?.holder === holder ? entry : undefined
  }
  return {
    begin({ key, holder, messageId, nowMs, untilMs }) {
      const entry = entries.get(key)
      if (entry !== undefined && !isFree(entry, { holder, messageId, nowMs }))
        return Promise.resolve(recordOf(entry))
      entries.set(key, { holder, messageId, outcome: undefined, untilMs })
      return Promise.resolve(undefined)
    },
    extend({ key, holder, untilMs }) {
      const entry = held(key, holder)
      if (entry === undefined || entry.outcome !== undefined) return Promise.resolve(false)
      entries.set(key, { ...entry, untilMs })
      return Promise.resolve(true)
    },
    complete({ key, holder, outcome, keepUntilMs }) {
      const entry = held(key, holder)
      if (entry === undefined) return Promise.resolve(false)
      entries.set(key, { ...entry, outcome, untilMs: keepUntilMs })
      return Promise.resolve(true)
    },
    release({ key, holder }) {
      const entry = held(key, holder)
      if (entry !== undefined && entry.outcome === undefined) entries.delete(key)
      return Promise.resolve()
    },
    recordOf(key) {
      const entry = entries.get(key)
      return entry && recordOf(entry)
    },
  }
}

function isFree(entry: Entry, by: { holder: string; messageId: string; nowMs: number }): boolean {
  if (entry.untilMs <= by.nowMs) return true
  if (entry.outcome === undefined) return entry.holder === by.holder
  return entry.outcome.kind === 'deadLetter' && entry.messageId !== by.messageId
}

function recordOf({ outcome, untilMs }: Entry): IdempotencyRecord {
  return outcome === undefined ? { state: 'inProgress', untilMs } : { state: 'completed', outcome }
}
