import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'

const resultSchema = z.object({ id: z.string(), waitedMs: z.number(), sha256: z.string() })

/** What the written results say happened to the messages that were sent. */
export interface Tally {
  /** Messages with at least one result. */
  readonly handled: number
  /** Results beyond the first of their message. */
  readonly duplicates: number
  /** Messages with no result. */
  readonly missing: readonly string[]
  /** Results whose digest is not that of the file the message named. */
  readonly wrong: readonly string[]
  /** Milliseconds from send to start of handling: median and 99th percentile. */
  readonly waitMs: { readonly p50: number; readonly p99: number }
}

/** Counts results so far, without reading them. */
export async function countResults(folder: string): Promise<number> {
  return (await readdir(folder)).length
}

/** Reads every result and holds it against what was sent. */
export async function tallyResults(folder: string, sent: ReadonlyMap<string, string>): Promise<Tally> {
  const handled = new Set<string>()
  const wrong: string[] = []
  const waits: number[] = []
  const names = await readdir(folder)
  for (const name of names) {
    const result = resultSchema.parse(JSON.parse(await readFile(join(folder, name), 'utf8')))
    handled.add(result.id)
    waits.push(result.waitedMs)
    if (sent.get(result.id) !== result.sha256) wrong.push(name)
  }
  waits.sort((a, b) => a - b)
  const percentile = (p: number): number =>
    waits[Math.min(waits.length - 1, Math.floor(waits.length * p))] ?? 0
  return {
    handled: handled.size,
    duplicates: names.length - handled.size,
    missing: [...sent.keys()].filter((id) => !handled.has(id)),
    wrong,
    waitMs: { p50: percentile(0.5), p99: percentile(0.99) },
  }
}
