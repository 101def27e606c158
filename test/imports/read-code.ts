/** The code of a source with every comment blanked and every literal emptied; positions and line breaks stay. */
export interface Code {
  readonly text: string
  /** What the emptied literals said, by the position of their opening quote. */
  readonly literals: ReadonlyMap<number, string>
}

const COMMENT = /\/\/[^\n]*|\/\*[^]*?\*\//y
const STRING = /(['"])(?:[^\\\n]|\\[^])*?\1/y
// From a backtick, or from the brace that ends a `${}`, to the next `${` or the closing backtick.
const TEMPLATE = /[`}](?:[^`\\$]|\\[^]|\$(?!\{))*(?:`|\$\{)?/y
const REGEX = /\/(?:[^\\/[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y

// After these a slash begins a regular expression; after a name, a number, `)` or `]` it divides.
const BEFORE_REGEX =
  /(?:^|[-+*/%=<>!&|^~?:;,([{}]|\b(?:return|typeof|case|in|of|do|else|void|delete|throw|await|yield))$/

/** Tells code from comments, strings, templates and regular expressions. What stands in a template's `${}` is code. */
export function readCode(source: string): Code {
  const literals = new Map<number, string>()
  // Of each open `${}`, how many braces were open where it began: the brace that closes it leads back into the template.
  const templates: number[] = []
  let braces = 0
  let text = ''

  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = text.length
    return pattern.exec(source)?.[0]
  }
  const literal = (taken: string, closing: number): void => {
    const inside = taken.slice(1, taken.length - closing)
    literals.set(text.length, inside)
    text += taken.charAt(0) + blank(inside) + taken.slice(taken.length - closing)
  }

  while (text.length < source.length) {
    const next = source.charAt(text.length)
    const comment = match(COMMENT)
    const string = match(STRING)
    const regex = next === '/' && BEFORE_REGEX.test(text.trimEnd()) ? match(REGEX) : undefined
    const endsExpression = next === '}' && templates.at(-1) === braces
    if (comment !== undefined) text += blank(comment)
    else if (string !== undefined) literal(string, 1)
    else if (next === '`' || endsExpression) {
      if (endsExpression) templates.pop()
      const taken = match(TEMPLATE) ?? next
      const opensExpression = taken.endsWith('${')
      if (opensExpression) templates.push(braces)
      literal(taken, opensExpression ? 2 : 1)
    } else if (regex !== undefined) text += blank(regex)
    else {
      if (next === '{') braces += 1
      if (next === '}') braces -= 1
      text += next
    }
  }
  return { text, literals }
}

/** The line, counted from 1, on which a position lies. */
export function lineAt(text: string, position: number): number {
  return text.slice(0, position).split('\n').length
}

const blank = (taken: string): string => taken.replace(/[^\n]/g, ' ')
