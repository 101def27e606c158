import { readFileSync } from 'node:fs'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'

import { decideTargetTracking, NO_COOLDOWNS, PARAMETERS } from '../src/index.js'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

it("the README's table of parameters is the code's", () => {
  const rows = [...readme.matchAll(/^\| `(\w+)` +\| `([^`]+)` +\| (.+?) +\| (.+?) +\| ([HML]) +\|$/gm)]
  const written = rows.map(([, name, value, unit, meaning, confidence]) => [
    name,
    value,
    unit,
    meaning,
    confidence,
  ])
  expect(written).toEqual(
    Object.entries(PARAMETERS).map(([name, { value, unit, meaning, confidence }]) => [
      name,
      String(value),
      unit,
      meaning,
      confidence,
    ]),
  )
})

it("the README's example decides what it says", () => {
  const [, code = ''] = /```ts\n([\s\S]*?)```/.exec(readme) ?? []
  const [, body = ''] = /import [^\n]+\n([\s\S]*)\/\/ /.exec(code) ?? []
  const [, expected = ''] = /\/\/ (\{.*\})\n/.exec(code) ?? []
  const rules = { decideTargetTracking, NO_COOLDOWNS }
  const decision: unknown = runInNewContext(`(() => { ${body}; return decision })()`, rules)
  expect(decision).toEqual(runInNewContext(`(${expected})`))
})
