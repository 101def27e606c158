import type { PageState } from './page-state.js'

/** The line that points a shell at this AWS, as `longshore dev` prints it. */
export function exportLine({ view }: PageState): string {
  const variables = Object.entries(view.setup?.environment ?? {})
  return `export ${variables.map(([name, value]) => `${name}=${quoted(value)}`).join(' ')}`
}

function quoted(value: string): string {
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", String.raw`'\''`)}'`
}
