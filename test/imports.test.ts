// The import rule, executed on the sources as they are. The table of the house is test/imports/house.ts; that the checker
// catches what it should is shown by test/imports/check.test.ts.
import { readFileSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { checkImports } from './imports/check.js'

const root = resolve(import.meta.dirname, '..')

test('every import follows an arrow of the house, and every pure room is pure', () => {
  const files = readSources()
  expect(files.size).toBeGreaterThan(0)
  expect(checkImports({ files, entries: publicEntries() })).toEqual([])
})

function readSources(): Map<string, string> {
  const sources = ['packages', 'examples', 'test']
    .flatMap(filesBelow)
    .filter((path) => /\.m?tsx?$/.test(path) && !path.endsWith('.d.ts'))
  return new Map(sources.map((path) => [path, readFileSync(join(root, path), 'utf8')]))
}

/** Paths from the root, with slashes, of what is written by hand: what is installed would be ten times as many. */
function filesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`
    if (!entry.isDirectory()) return [path]
    return ['node_modules', 'dist', 'out'].includes(entry.name) ? [] : filesBelow(path)
  })
}

/** `@longshore/core`, `@longshore/core/time`, …: what the manifests export; of the examples, the stage that the others share. */
function publicEntries(): string[] {
  const packages = readdirSync(join(root, 'packages')).map((folder) => `packages/${folder}`)
  return [...packages, 'examples/stage'].flatMap((folder) => {
    const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as {
      name: string
      exports: Record<string, unknown>
    }
    return Object.keys(manifest.exports).map((subpath) => manifest.name + subpath.slice(1))
  })
}
