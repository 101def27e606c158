import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runHere } from './run-here.js'

/** The options of a verb and what its help says of each, `--help` and those of every verb apart. */
export async function optionsOf(verb: string): Promise<[string, string][]> {
  const help = (await runHere([verb, '--help'])).stdout.split('Global Options:')[0] ?? ''
  const told = help.matchAll(/^ {2}(?:-\w, )?(--.+?) {2,}((?:.+\n)(?: {10,}.+\n)*)/gm)
  return Array.from(told, ([, flag = '', text = '']): [string, string] => [
    flag,
    text.replaceAll(/\s+/g, ' ').trim(),
  ]).filter(([flag]) => flag !== '--help')
}

/** The table of options under a heading of the README. */
export function documentedOptions(heading: string): [string, string][] {
  const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8')
  const [, section = ''] = readme.split(`\n## ${heading}\n`)
  const [own = ''] = section.split('\n## ')
  return Array.from(own.matchAll(/^\| `(--.+?)` +\| (.+?) +\|$/gm), ([, flag = '', text = '']) => [
    flag,
    text,
  ])
}
