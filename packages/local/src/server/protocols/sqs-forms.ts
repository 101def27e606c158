import { numbered } from './query-forms.js'
import type { Field, Fields, QueryForms } from './query-forms.js'
import { element, xmlText } from './xml.js'

// SQS's query protocol has names of its own for lists and maps, without a level for their members (`AttributeName.1`,
// `Attribute.1.Name`): API version 2012-11-05, as botocore 1.31.80 describes it, the last to speak it.

/** How a map is written, and what its member is called in JSON. */
interface MapForm {
  readonly member: string
  readonly element: string
  readonly key: string
  readonly value: string
}

const MAPS: readonly MapForm[] = [
  { member: 'Attributes', element: 'Attribute', key: 'Name', value: 'Value' },
  { member: 'MessageAttributes', element: 'MessageAttribute', key: 'Name', value: 'Value' },
  { member: 'MessageSystemAttributes', element: 'MessageSystemAttribute', key: 'Name', value: 'Value' },
  { member: 'Tags', element: 'Tag', key: 'Key', value: 'Value' },
]
const INPUT_MAPS: ReadonlyMap<string, MapForm> = new Map(MAPS.map((form) => [form.element, form]))
const OUTPUT_MAPS: ReadonlyMap<string, MapForm> = new Map(MAPS.map((form) => [form.member, form]))

const INPUT_LISTS: ReadonlyMap<string, string> = new Map([
  ['AWSAccountId', 'AWSAccountIds'],
  ['ActionName', 'Actions'],
  ['AttributeName', 'AttributeNames'],
  ['BinaryListValue', 'BinaryListValues'],
  ['ChangeMessageVisibilityBatchRequestEntry', 'Entries'],
  ['DeleteMessageBatchRequestEntry', 'Entries'],
  ['MessageAttributeName', 'MessageAttributeNames'],
  ['MessageSystemAttributeName', 'MessageSystemAttributeNames'],
  ['SendMessageBatchRequestEntry', 'Entries'],
  ['StringListValue', 'StringListValues'],
  ['TagKey', 'TagKeys'],
])
const OUTPUT_LISTS: ReadonlyMap<string, string> = new Map([
  ['Failed', 'BatchResultErrorEntry'],
  ['Messages', 'Message'],
  ['QueueUrls', 'QueueUrl'],
  ['Results', 'ListMessageMoveTasksResultEntry'],
  // The one list whose name begins with a small letter.
  ['queueUrls', 'QueueUrl'],
])

const INTEGERS: ReadonlySet<string> = new Set([
  'DelaySeconds',
  'MaxNumberOfMessages',
  'MaxNumberOfMessagesPerSecond',
  'MaxResults',
  'VisibilityTimeout',
  'WaitTimeSeconds',
])

export const sqsForms: QueryForms = {
  read: (fields, operation) => {
    const { Tags, ...input } = readStructure(fields)
    if (Tags === undefined) return input
    // CreateQueue's member of that name begins with a small letter.
    return operation === 'CreateQueue' ? { ...input, tags: Tags } : { ...input, Tags }
  },
  write: (output, operation) => writeStructure(output, operation),
}

function readStructure(fields: Fields): Record<string, unknown> {
  return Object.fromEntries(Array.from(fields, ([name, field]) => readMember(name, field)))
}

function readMember(name: string, field: Field): [string, unknown] {
  const list = INPUT_LISTS.get(name)
  if (list !== undefined) return [list, readList(field)]
  const map = INPUT_MAPS.get(name)
  if (map !== undefined) return [map.member, readMap(field, map)]
  if (typeof field !== 'string') return [name, readStructure(field)]
  // What is no integer stays a text: the operation then says which parameter is wrong.
  return [name, INTEGERS.has(name) && /^-?\d+$/.test(field) ? Number(field) : field]
}

/** `Name.1=a&Name.2=b`; a list of one may do without its number. */
function readList(field: Field): unknown[] {
  if (typeof field === 'string') return field === '' ? [] : [field]
  return numbered(field).map((item) => (typeof item === 'string' ? item : readStructure(item)))
}

/** `Name.1.Name=key&Name.1.Value=value`; a map of one may do without its number. */
function readMap(field: Field, { key, value }: MapForm): Record<string, unknown> {
  if (typeof field === 'string') return {}
  const entries = field.has(key) ? [field] : numbered(field)
  return Object.fromEntries(
    entries.flatMap((entry) => {
      const name = typeof entry === 'string' ? undefined : entry.get(key)
      if (typeof entry === 'string' || typeof name !== 'string') return []
      const held = entry.get(value) ?? ''
      return [[name, typeof held === 'string' ? held : readStructure(held)]]
    }),
  )
}

function writeStructure(structure: object, operation: string): string {
  return Object.entries(structure)
    .map(([name, value]) => writeMember(name, value, operation))
    .join('')
}

function writeMember(name: string, value: unknown, operation: string): string {
  if (value === undefined || value === null) return ''
  if (Array.isArray(value)) {
    const item = name === 'Successful' ? `${operation}ResultEntry` : (OUTPUT_LISTS.get(name) ?? name)
    return value.map((inner) => element(item, writeContent(inner, operation))).join('')
  }
  const map = OUTPUT_MAPS.get(name)
  return map === undefined ? element(name, writeContent(value, operation)) : writeMap(value, map, operation)
}

function writeMap(map: unknown, { element: entry, key, value }: MapForm, operation: string): string {
  return Object.entries(map as object)
    .map(([name, held]) =>
      element(entry, element(key, xmlText(name)) + element(value, writeContent(held, operation))),
    )
    .join('')
}

function writeContent(value: unknown, operation: string): string {
  return typeof value === 'object' && value !== null
    ? writeStructure(value, operation)
    : xmlText(String(value))
}
