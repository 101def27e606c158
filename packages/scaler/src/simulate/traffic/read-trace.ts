/**
 * Traffic as it was recorded: how many messages came in each stretch of time.
 *
 *   CSV    a line each: an instant and a count, or an instant alone for a message each. A heading is left out. An instant
 *          is ISO 8601 (UTC where it names no zone), epoch seconds or epoch milliseconds.
 *   JSON   what `aws cloudwatch get-metric-data` answers for NumberOfMessagesSent with the statistic Sum, or a list of
 *          { "timestamp", "count" }
 *
 * Instants need no order, and a stretch without any has no messages. The stretch is the smallest distance of two instants.
 */
import { TrafficError } from './traffic-error.js'
import type { Traffic } from './traffic.js'

interface Entry {
  readonly atMs: number
  readonly count: number
}

/** More stretches than this, ten years of minutes, are a wrong instant rather than a record. */
const MOST_BUCKETS = 5_300_000
/** Messages that are listed one by one are counted by the second. */
const SINGLE_BUCKET_MS = 1_000

/** Reads a record. @throws TrafficError with the line, or the place, that cannot be read. */
export function readTrace(text: string, description: string): Traffic {
  const trimmed = text.trim()
  const isJson = trimmed.startsWith('{') || trimmed.startsWith('[')
  const { entries, isSingle } = isJson ? { entries: fromJson(trimmed), isSingle: false } : fromCsv(trimmed)
  if (entries.length === 0) throw new TrafficError(`no counts in ${description}`)
  return trafficOf(entries, isSingle ? SINGLE_BUCKET_MS : undefined, description)
}

function trafficOf(entries: readonly Entry[], fixedMs: number | undefined, description: string): Traffic {
  const sorted = entries.toSorted((one, other) => one.atMs - other.atMs)
  const bucketMs = fixedMs ?? smallestGapMs(sorted)
  const firstMs = Math.floor((sorted[0]?.atMs ?? 0) / bucketMs) * bucketMs
  const buckets = Math.floor(((sorted.at(-1)?.atMs ?? 0) - firstMs) / bucketMs) + 1
  if (buckets > MOST_BUCKETS) {
    throw new TrafficError(
      `${description} spans ${buckets.toLocaleString('en')} stretches of ${bucketMs / 1_000} s; expected ${MOST_BUCKETS.toLocaleString('en')} at most`,
    )
  }
  const counts = Array.from({ length: buckets }, () => 0)
  for (const { atMs, count } of sorted) {
    const bucket = Math.floor((atMs - firstMs) / bucketMs)
    counts[bucket] = (counts[bucket] ?? 0) + count
  }
  return {
    description,
    parts: [{ kind: 'counts', bucketMs, counts }],
    noise: 0,
    recorded: { startMs: firstMs, lengthMs: buckets * bucketMs },
  }
}

/** A single stretch is taken for a minute. */
function smallestGapMs(sorted: readonly Entry[]): number {
  let gapMs = Infinity
  for (let at = 1; at < sorted.length; at += 1) {
    const distance = (sorted[at]?.atMs ?? 0) - (sorted[at - 1]?.atMs ?? 0)
    if (distance > 0) gapMs = Math.min(gapMs, distance)
  }
  return gapMs === Infinity ? 60_000 : Math.max(1_000, gapMs)
}

function fromCsv(text: string): { readonly entries: readonly Entry[]; readonly isSingle: boolean } {
  const lines = text.split(/\r?\n/)
  // A heading has no instant.
  const first = instantOf(cellsOf(lines[0] ?? '')[0]) === undefined ? 1 : 0
  const names = first === 1 ? cellsOf(lines[0] ?? '').map((name) => name.toLowerCase()) : []
  const columns = names.length === 0 ? cellsOf(lines[first] ?? '').length : names.length
  const named = names.findIndex((name) => /^(count|sum|value|messages|numberofmessagessent)$/.test(name))
  const countAt = named === -1 && columns === 2 ? 1 : named
  const entries = lines.slice(first).flatMap((line, index): Entry[] => {
    if (line.trim() === '') return []
    const cells = cellsOf(line)
    const atMs = instantOf(cells[0])
    const count = countAt === -1 ? 1 : countOf(cells[countAt])
    if (atMs !== undefined && count !== undefined) return [{ atMs, count }]
    throw new TrafficError(
      `line ${first + index + 1}: expected an instant and a count, such as 2026-01-05T09:00:00Z,120, got ${JSON.stringify(line.slice(0, 80))}`,
    )
  })
  return { entries, isSingle: countAt === -1 }
}

function cellsOf(line: string): string[] {
  return line.split(/[,;\t]/).map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'))
}

// Epoch seconds of 1973 and later have nine digits at least, epoch milliseconds of the same time twelve.
const EPOCH_SECONDS = /^\d{9,11}(\.\d+)?$/
const EPOCH_MS = /^\d{12,14}$/
const ISO = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:?\d{2})?)?$/

function instantOf(cell: string | undefined): number | undefined {
  const text = cell ?? ''
  if (EPOCH_SECONDS.test(text)) return Number(text) * 1_000
  if (EPOCH_MS.test(text)) return Number(text)
  const [, day, time = '00:00', zone = 'Z'] = ISO.exec(text) ?? []
  if (day === undefined) return undefined
  const atMs = Date.parse(`${day}T${time.length === 5 ? `${time}:00` : time.slice(0, 12)}${zone}`)
  return Number.isNaN(atMs) ? undefined : atMs
}

function countOf(value: unknown): number | undefined {
  const count = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof count === 'number' && count >= 0 && Number.isFinite(count) ? Math.round(count) : undefined
}

function fromJson(text: string): readonly Entry[] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new TrafficError(`no JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
  if (Array.isArray(value)) {
    return value.map((each, index) =>
      entryOf(propertyOf(each, 'timestamp'), propertyOf(each, 'count'), `entry ${index}`),
    )
  }
  const results = propertyOf(value, 'MetricDataResults')
  if (!Array.isArray(results)) {
    throw new TrafficError('expected MetricDataResults, or a list of { timestamp, count }')
  }
  return results.flatMap((result, place) => {
    const [instants, values] = [propertyOf(result, 'Timestamps'), propertyOf(result, 'Values')]
    if (!Array.isArray(instants) || !Array.isArray(values)) {
      throw new TrafficError(`MetricDataResults[${place}]: expected Timestamps and Values`)
    }
    return instants.map((instant, index) => entryOf(instant, values[index], `Timestamps[${index}]`))
  })
}

function entryOf(instant: unknown, value: unknown, where: string): Entry {
  const isText = typeof instant === 'string' || typeof instant === 'number'
  const atMs = isText ? instantOf(String(instant)) : undefined
  const count = countOf(value)
  if (atMs !== undefined && count !== undefined) return { atMs, count }
  throw new TrafficError(
    `${where}: expected an instant and a count, got ${JSON.stringify(instant)} and ${JSON.stringify(value)}`,
  )
}

function propertyOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (Reflect.get(value, name) as unknown) : undefined
}
