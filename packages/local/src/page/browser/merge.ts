import type { PageState } from './page-state.js'

export const EMPTY_STATE: PageState = {
  view: {},
  accounts: {},
  queues: {},
  messages: {},
  alarms: {},
  services: {},
  policies: {},
  tasks: {},
  series: {},
  feed: {},
  log: {},
}

/** Changes of a state, section by section: `null` for an entry that is gone. */
export type StatePatch = Readonly<Record<string, Readonly<Record<string, unknown>>>>

/** A state with changes applied; sections without any stay the same objects. */
export function merge(state: PageState, patch: StatePatch): PageState {
  const merged: Record<string, unknown> = { ...state }
  for (const [section, changes] of Object.entries(patch)) {
    const entries: Record<string, unknown> = { ...(merged[section] as Record<string, unknown> | undefined) }
    for (const [key, entry] of Object.entries(changes)) {
      if (entry === null) delete entries[key]
      else entries[key] = entry
    }
    merged[section] = entries
  }
  // A problem lasts until the next word.
  if (patch.view?.problem === undefined) merged.view = { ...(merged.view as object), problem: undefined }
  return merged as unknown as PageState
}
