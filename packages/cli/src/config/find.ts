import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { UsageError } from '../exit.js'

const NAMES = ['ts', 'mts', 'js', 'mjs'].map((extension) => `longshore.config.${extension}`)

/**
 * The configuration file: the one named, or the nearest `longshore.config.{ts,mts,js,mjs}` in `folder` and above.
 *
 * @throws UsageError when there is none.
 */
export function findConfig(named: string | undefined, folder: string): string {
  if (named !== undefined) {
    const path = resolve(folder, named)
    if (existsSync(path)) return path
    throw new UsageError(`--config: expected a file that exists, got ${named} (${path}).`)
  }
  for (let current = resolve(folder); ; current = dirname(current)) {
    const found = NAMES.map((name) => join(current, name)).find((path) => existsSync(path))
    if (found !== undefined) return found
    if (current === dirname(current)) break
  }
  throw new UsageError(
    `No longshore.config.{ts,mts,js,mjs} in ${folder} or any folder above it. Create one that exports defineService({…}), or name one with --config <file>.`,
  )
}
