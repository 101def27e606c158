import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

import { CLOUDWATCH_MEMBERS } from '../../../src/server/protocols/cloudwatch-members.js'
import { memberForms } from '../../../src/server/protocols/member-forms.js'
import { gatherFields } from '../../../src/server/protocols/query-forms.js'

type Members = Readonly<Record<string, string>>
interface Told {
  readonly operation: string
  readonly side: 'input' | 'output'
  readonly parent: string
  readonly name: string
  readonly kinds: readonly string[]
}

/** What botocore says of them: `test/strangers/members.py` writes the file, and its contract holds it to botocore. */
const recorded = JSON.parse(
  readFileSync(join(import.meta.dirname, 'cloudwatch-members.json'), 'utf8'),
) as Readonly<Record<string, { input: Members; output: Members }>>

const told: readonly Told[] = Object.entries(recorded).flatMap(([operation, sides]) =>
  (['input', 'output'] as const).flatMap((side) =>
    Object.entries(sides[side]).map(([member, kinds]) => {
      const [parent = '', name = ''] = member.split('.')
      return { operation, side, parent, name, kinds: kinds.split(' ') }
    }),
  ),
)
const of = (side: Told['side'], kind: string): readonly Told[] =>
  told.filter((member) => member.side === side && member.kinds.includes(kind))

/** How a member of an input is read from a form. */
function read({ parent, name, kinds }: Told, value: string): unknown {
  const isList = kinds.includes('list') && value !== ''
  const field = `${parent === '' ? '' : `${parent}.`}${name}${isList ? '.member.1' : ''}`
  const input = memberForms(CLOUDWATCH_MEMBERS).read(
    gatherFields(new URLSearchParams({ [field]: value })),
    '',
  )
  const within = (parent === '' ? input : input[parent]) as Readonly<Record<string, unknown>>
  return isList ? (within[name] as readonly unknown[])[0] : within[name]
}

describe('CloudWatch’s members', () => {
  it('that are numbers are read from forms as numbers', () => {
    const numbers = [...of('input', 'double'), ...of('input', 'integer')]
    expect(numbers.length).toBeGreaterThan(20)
    for (const member of numbers) expect([member, read(member, '1.5')]).toEqual([member, 1.5])
  })

  it('that are texts are read as texts, whatever they hold', () => {
    for (const parent of ['Dimensions', 'Tags']) {
      const member = { operation: '', side: 'input', parent, name: 'Value', kinds: [] } as const
      expect(read(member, '1.5')).toBe('1.5')
    }
  })

  it('that are booleans are read as booleans', () => {
    for (const member of of('input', 'boolean')) {
      expect([member, read(member, 'true'), read(member, 'False')]).toEqual([member, true, false])
    }
  })

  it('that are lists are read as empty lists where they are empty', () => {
    for (const member of of('input', 'list')) expect([member, read(member, '')]).toEqual([member, []])
  })

  it('are written with the types of their shapes', () => {
    const namesOf = (kind: string): Set<string> => new Set(of('output', kind).map(({ name }) => name))
    const { timestamps, integers, maps } = CLOUDWATCH_MEMBERS
    const unlike = (kind: string, names: ReadonlySet<string>): string[] =>
      [...namesOf(kind)].filter((name) => !names.has(name))
    // What only an alarm on logs has is not here.
    const ofLogs = /^(ActionLogLineCount|QueryResults.*|.*TimeOffset)$/
    expect(unlike('timestamp', timestamps)).toEqual([])
    expect(unlike('integer', integers).filter((name) => !ofLogs.test(name))).toEqual([])
    expect(unlike('map', maps)).toEqual([])
    const doubles = [...namesOf('double')]
    expect(doubles.filter((name) => integers.has(name) || timestamps.has(name))).toEqual([])
  })
})
