import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { manualClock } from '@longshore/core/testing'
import { PARAMETERS } from '@longshore/model'
import { describe, expect, it } from 'vitest'

import { ApplicationAutoScaling } from '../../src/autoscaling/application-auto-scaling.js'
import { CloudWatch } from '../../src/cloudwatch/cloudwatch.js'
import { EFFECT_DETAILS } from '../../src/faults/fault-options.js'
import { optionNames } from '../../src/options.js'
import { AWS_SERVICES } from '../../src/server/protocols/aws-services.js'
import { LocalSqs } from '../sqs/local-sqs.js'

const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8')
const section = (title: string): string => readme.split(`## ${title}\n`)[1]?.split('\n## ')[0] ?? ''
const quoted = (text: string, form: RegExp): string[] =>
  Array.from(text.matchAll(form), ([, name]) => name ?? '')

describe('the README', () => {
  it('shows code that runs', async () => {
    const examples = [await import('./readme-example.js'), await import('./readme-faults.js')]
    expect(examples).toHaveLength(2)
    for (const name of ['readme-example', 'readme-faults']) {
      const example = readFileSync(join(import.meta.dirname, `${name}.ts`), 'utf8')
      expect(readme).toContain('```ts\n' + example + '```')
    }
  })

  it('lists every option', () => {
    expect(quoted(section('Options'), /^\| `(\w+)`/gm)).toEqual(optionNames)
  })

  it('lists every parameter with its default, as the model has it', () => {
    const rows = section('Rules that AWS does not publish').matchAll(
      /^\| `(\w+)` +\| `([^`]+)` +\| (.+?) +\| (.+?) +\|$/gm,
    )
    const told = Array.from(rows, ([, name, value, unit, meaning]) => [name, value, unit, meaning])
    expect(told).toEqual(
      Object.entries(PARAMETERS).map(([name, { value, unit, meaning }]) => [
        name,
        String(value),
        unit,
        meaning,
      ]),
    )
  })

  it('lists every effect of a fault with its details', () => {
    const rows = section('Faults').matchAll(/^\| `([\w-]+)` *\| (.*)\|$/gm)
    const told = Array.from(rows, ([, name, text = '']) => [name, quoted(text, /`([a-z]+|bytesPerSecond)`/g)])
    expect(told).toEqual(
      Object.entries(EFFECT_DETAILS).map(([name, details]) => [name, expect.arrayContaining([...details])]),
    )
  })

  it('lists every service with the protocols it speaks', () => {
    const rows = section('Clients').matchAll(/^\| ([A-Z][\w ]+?) +\| ((?:AWS JSON|query).*?) *\|$/gm)
    const told = Array.from(rows, ([, name = '', text = '']) => `${name}: ${text.split(';')[0]}`)
    const spoken = AWS_SERVICES.map(({ title, jsonVersion, query, name }) => {
      const json = jsonVersion === undefined ? [] : [`AWS JSON ${jsonVersion}`]
      const cbor = name === 'cloudwatch' ? ['Smithy RPC v2 CBOR'] : []
      const form = query === undefined ? [] : ['query']
      return `${title.replace(/^(Amazon|AWS) /, '')}: ${[...json, ...cbor, ...form].join(', ')}`
    })
    expect(told).toEqual(spoken)
  })

  it('lists every operation of CloudWatch and of Application Auto Scaling', () => {
    const context = { accountId: '123456789012', region: 'eu-west-1', random: () => 0 }
    const account = { ...context, clock: manualClock(), controlClock: manualClock() }
    const cloudWatch = new CloudWatch(account, { onAlarmActions: () => {} })
    const ecs = { serviceCounts: () => undefined, setDesiredCount: () => {} }
    const autoScaling = new ApplicationAutoScaling(account, { cloudWatch, ecs })
    for (const [title, { operations }] of [
      ['CloudWatch', cloudWatch],
      ['Application Auto Scaling', autoScaling],
    ] as const) {
      const named = new Set(quoted(section(title), /`([A-Z]\w+)`/g))
      expect(Object.keys(operations).filter((name) => !named.has(name))).toEqual([])
    }
  })

  it('lists every SQS operation', () => {
    const [operations = ''] = section('SQS').split('Any other operation')
    const named = quoted(operations, /`(\w+)`/g)
    expect(named.sort()).toEqual(Object.keys(new LocalSqs().sqs.operations).sort())
  })
})
