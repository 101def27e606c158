import { numbered } from './query-forms.js'
import type { Field, Fields, QueryForms } from './query-forms.js'
import { element, xmlText } from './xml.js'

/** Members by name, where a text does not tell their type. `Parent.Member` is that member of that parent only. */
export interface MemberTypes {
  /** Of inputs. */
  readonly numbers: ReadonlySet<string>
  readonly booleans: ReadonlySet<string>
  /** Lists, which are written `Name=` when empty. */
  readonly lists: ReadonlySet<string>
  /** Of outputs: epoch seconds. */
  readonly timestamps: ReadonlySet<string>
  /** Of outputs: whole numbers. All others are doubles. */
  readonly integers: ReadonlySet<string>
  /** Of outputs: maps, where other objects are structures. */
  readonly maps: ReadonlySet<string>
}

const NONE: ReadonlySet<string> = new Set()
const TEXTS_ONLY: MemberTypes = {
  numbers: NONE,
  booleans: NONE,
  lists: NONE,
  timestamps: NONE,
  integers: NONE,
  maps: NONE,
}
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i

/** The usual forms of the query protocol: lists as `Name.member.1`, `<Name><member>`. */
export function memberForms(types: MemberTypes = TEXTS_ONLY): QueryForms {
  return {
    read: (fields) => readStructure(fields, '', types),
    write: (output) => writeStructure(output, types),
  }
}

function readStructure(fields: Fields, parent: string, types: MemberTypes): Record<string, unknown> {
  return Object.fromEntries(
    Array.from(fields, ([name, field]) => [name, readMember(field, { name, parent, types })]),
  )
}

interface Member {
  readonly name: string
  readonly parent: string
  readonly types: MemberTypes
}

function readMember(field: Field, member: Member): unknown {
  const { name, types } = member
  if (typeof field === 'string') return field === '' && types.lists.has(name) ? [] : readText(field, member)
  const list = field.get('member')
  if (typeof list !== 'object') return readStructure(field, name, types)
  return numbered(list).map((item) =>
    typeof item === 'string' ? readText(item, member) : readStructure(item, name, types),
  )
}

// What is no number stays a text: the operation then says which parameter is wrong.
function readText(text: string, { name, parent, types }: Member): unknown {
  const isOf = (names: ReadonlySet<string>): boolean => names.has(name) || names.has(`${parent}.${name}`)
  if (isOf(types.numbers) && NUMBER.test(text)) return Number(text)
  if (isOf(types.booleans) && /^(true|false)$/i.test(text)) return text.toLowerCase() === 'true'
  return text
}

function writeStructure(structure: object, types: MemberTypes): string {
  return Object.entries(structure)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => element(name, writeMember(value, name, types)))
    .join('')
}

function writeMember(value: unknown, name: string, types: MemberTypes): string {
  if (Array.isArray(value)) {
    return value.map((item) => element('member', writeMember(item, name, types))).join('')
  }
  if (typeof value === 'object' && value !== null) {
    return types.maps.has(name) ? writeMap(value) : writeStructure(value, types)
  }
  const isTimestamp = typeof value === 'number' && types.timestamps.has(name)
  return xmlText(isTimestamp ? new Date(value * 1_000).toISOString() : String(value))
}

function writeMap(map: object): string {
  return Object.entries(map)
    .map(([key, value]) =>
      element('entry', element('key', xmlText(key)) + element('value', xmlText(String(value)))),
    )
    .join('')
}
