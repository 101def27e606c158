import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { Traffic } from '@longshore/scaler/simulate'
import { parseTraffic, readTrace, TrafficError } from '@longshore/scaler/simulate'
import { UsageError } from './exit.js'

/** Larger records are of another kind. */
const MOST_BYTES = 500_000_000
const GZIP_MAGIC = [0x1f, 0x8b]

/**
 * What `--traffic` names: a file that is there, compressed or not, else a pattern.
 *
 * @throws UsageError for what is neither.
 */
export function toTraffic(text: string, cwd: string): Traffic {
  try {
    const path = resolve(cwd, text)
    if (existsSync(path)) return readTrace(textOf(path), text)
    // A pattern has no dot before its end, and a file that is missing usually has.
    if (/\.(csv|json|gz)$|\//.test(text.replaceAll(/\d\/[smhd]\b/g, ''))) {
      throw new UsageError(`--traffic: there is no file ${JSON.stringify(text)}.`)
    }
    return parseTraffic(text)
  } catch (error) {
    if (error instanceof TrafficError) throw new UsageError(`--traffic: ${error.message}`, { cause: error })
    throw error
  }
}

function textOf(path: string): string {
  try {
    const bytes = readFileSync(path)
    const isCompressed = GZIP_MAGIC.every((byte, at) => bytes[at] === byte)
    return (isCompressed ? gunzipSync(bytes, { maxOutputLength: MOST_BYTES }) : bytes).toString('utf8')
  } catch (error) {
    throw new UsageError(`--traffic: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    })
  }
}
