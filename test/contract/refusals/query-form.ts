// SQS's query protocol as SDKs spoke it until 2023, for those that are gone: lists and maps have names of their own there.
const ENTRY_NAMES: Readonly<Record<string, string>> = {
  AWSAccountIds: 'AWSAccountId',
  Actions: 'ActionName',
  AttributeNames: 'AttributeName',
  MessageAttributeNames: 'MessageAttributeName',
  MessageSystemAttributeNames: 'MessageSystemAttributeName',
  Attributes: 'Attribute',
  MessageAttributes: 'MessageAttribute',
  MessageSystemAttributes: 'MessageSystemAttribute',
  tags: 'Tag',
  Tags: 'Tag',
  TagKeys: 'TagKey',
}

/** The form of a call: `Action=…&Attribute.1.Name=…`. */
export function queryForm(Action: string, input: object): URLSearchParams {
  const form = new URLSearchParams({ Action, Version: '2012-11-05' })
  append(form, '', input, Action)
  return form
}

function append(form: URLSearchParams, prefix: string, structure: object, action: string): void {
  for (const [name, value] of Object.entries(structure) as [string, unknown][]) {
    const entry = name === 'Entries' ? `${action}RequestEntry` : (ENTRY_NAMES[name] ?? name)
    if (typeof value !== 'object' || value === null) form.append(prefix + entry, String(value))
    else appendEach(form, prefix + entry, value, action)
  }
}

function appendEach(form: URLSearchParams, name: string, value: object, action: string): void {
  const isTag = name.endsWith('Tag')
  const items: unknown[] = Array.isArray(value)
    ? value
    : Object.entries(value).map(([key, held]): object =>
        isTag ? { Key: key, Value: held as unknown } : { Name: key, Value: held as unknown },
      )
  items.forEach((item, at) => {
    const path = `${name}.${at + 1}`
    if (typeof item !== 'object' || item === null) form.append(path, String(item))
    else appendItem(form, path, item, action)
  })
}

function appendItem(form: URLSearchParams, path: string, item: object, action: string): void {
  for (const [key, held] of Object.entries(item) as [string, unknown][]) {
    // A map's value that is itself a structure: `MessageAttribute.1.Value.StringValue`.
    if (key === 'Value' && typeof held === 'object' && held !== null)
      append(form, `${path}.Value.`, held, action)
    else append(form, `${path}.`, { [key]: held }, action)
  }
}
