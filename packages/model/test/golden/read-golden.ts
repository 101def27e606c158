import { readFileSync } from 'node:fs'

/** A golden table beside this file, unchecked; other packages' tests read the same ones. */
export function readGolden(name: string): unknown {
  return JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'))
}
