import { parseArgs } from 'node:util'
import type { Bench } from './bench.js'

export interface Arguments {
  readonly json: boolean
  readonly help: boolean
  readonly flags: Readonly<Record<string, number>>
}

/** @throws TypeError that says which flag is wrong. */
export function readArguments(args: readonly string[], { flags }: Bench): Arguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean' },
      help: { type: 'boolean' },
      ...Object.fromEntries(Object.keys(flags).map((name) => [name, { type: 'string' as const }])),
    },
  })
  const given: Readonly<Record<string, string | boolean | undefined>> = values
  const read = Object.entries(flags).map(([name, { initial, minimum }]) => {
    const number = given[name] === undefined ? initial : Number(given[name])
    if (Number.isInteger(number) && number >= minimum) return [name, number] as const
    throw new TypeError(`--${name}: expected a whole number from ${minimum}, got '${String(given[name])}'`)
  })
  return { json: given.json === true, help: given.help === true, flags: Object.fromEntries(read) }
}

export function helpOf(name: string, { summary, help, flags }: Bench): string {
  const rows = Object.entries(flags).map(
    ([flag, { initial, what }]) => `  --${flag} <number>`.padEnd(28) + `${what} (${initial})`,
  )
  return [
    `npm run bench -- ${name}: ${summary}`,
    help,
    [...rows, '  --json'.padEnd(28) + 'print one line of JSON instead of a table'].join('\n'),
  ].join('\n\n')
}
