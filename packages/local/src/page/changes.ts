import type { PageState } from './browser/page-state.js'

/** What has changed in a state since it was last told, entry by entry: what is gone is `null`. */
export class StateChanges {
  /** JSON of each entry as told, by section and key. */
  #told = new Map<string, Map<string, string>>()

  /** JSON of `{ section: { key: entry | null } }`; the first time it is the whole state. */
  tell(state: PageState): string {
    const sections: string[] = []
    const told = new Map<string, Map<string, string>>()
    for (const [section, entries] of Object.entries(state)) {
      const before = this.#told.get(section) ?? new Map<string, string>()
      const now = jsonOf(entries as Readonly<Record<string, unknown>>)
      told.set(section, now)
      const changes = changesOf(before, now)
      if (changes.length > 0) sections.push(`${JSON.stringify(section)}:{${changes.join(',')}}`)
    }
    this.#told = told
    return `{${sections.join(',')}}`
  }
}

function jsonOf(entries: Readonly<Record<string, unknown>>): Map<string, string> {
  const json = new Map<string, string>()
  for (const [key, entry] of Object.entries(entries)) {
    if (entry !== undefined) json.set(key, JSON.stringify(entry))
  }
  return json
}

function changesOf(before: ReadonlyMap<string, string>, now: ReadonlyMap<string, string>): string[] {
  const changes: string[] = []
  for (const [key, json] of now) {
    if (before.get(key) !== json) changes.push(`${JSON.stringify(key)}:${json}`)
  }
  for (const key of before.keys()) {
    if (!now.has(key)) changes.push(`${JSON.stringify(key)}:null`)
  }
  return changes
}
