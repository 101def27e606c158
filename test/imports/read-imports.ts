// What a TypeScript source imports, without a compiler: TypeScript 7 has no API to ask.
import { lineAt, readCode } from './read-code.js'

export interface Import {
  /** As written: `./clock.js`, `@longshore/core/time`, `node:fs`. */
  readonly specifier: string
  readonly line: number
  /** `import type` and `export type … from`: gone after compiling. `import { type A }` is not, under verbatimModuleSyntax. */
  readonly isTypeOnly: boolean
}

// Each ends before the quote of its specifier; no other quote and no `;` can stand between.
const FORMS = [
  /(?<![.\w$])import\s+(?<type>type\s+(?!from\b|,))?[^'"`;()]*?from\s*(?=['"])/g,
  /(?<![.\w$])import\s*(?=['"])/g,
  /(?<![.\w$])export\s+(?<type>type\s+)?(?:\*(?:\s*as\s+[\w$]+)?|\{[^}]*\})\s*from\s*(?=['"])/g,
  /(?<![.\w$])(?:import|require|require\.resolve|import\.meta\.resolve)\s*\(\s*(?=['"`])/g,
]

/** Every import, re-export and dynamic import with a literal specifier, in the order they stand. */
export function readImports(source: string): Import[] {
  const { text, literals } = readCode(source)
  return FORMS.flatMap((form) => Array.from(text.matchAll(form)))
    .map((match) => ({ match, quote: match.index + match[0].length }))
    .sort((a, b) => a.quote - b.quote)
    .map(({ match, quote }) => ({
      specifier: literals.get(quote) ?? '',
      line: lineAt(text, match.index),
      isTypeOnly: match.groups?.type !== undefined,
    }))
}
