import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

import { optionNames } from '../../src/options.js'
import { LocalSqs } from '../sqs/local-sqs.js'

const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8')
const section = (title: string): string => readme.split(`## ${title}\n`)[1]?.split('\n## ')[0] ?? ''
const quoted = (text: string, form: RegExp): string[] =>
  Array.from(text.matchAll(form), ([, name]) => name ?? '')

describe('the README', () => {
  it('shows code that runs', async () => {
    const example = readFileSync(join(import.meta.dirname, 'readme-example.ts'), 'utf8')
    expect(readme).toContain('```ts\n' + example + '```')
    await import('./readme-example.js')
  })

  it('lists every option', () => {
    expect(quoted(section('Options'), /^\| `(\w+)`/gm)).toEqual(optionNames)
  })

  it('lists every SQS operation', () => {
    const [operations = ''] = section('SQS').split('Any other operation')
    const named = quoted(operations, /`(\w+)`/g)
    expect(named.sort()).toEqual(Object.keys(new LocalSqs().sqs.operations).sort())
  })
})
