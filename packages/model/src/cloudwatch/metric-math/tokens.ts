import type { ExpressionSource } from './metric-math-error.js'
import { MetricMathError } from './metric-math-error.js'

const TYPES = ['number', 'name', 'text', 'symbol'] as const

export interface Token {
  /** `name` is an id, a function or a keyword; `end` closes every list. */
  readonly type: (typeof TYPES)[number] | 'end'
  /** Without the quotes of a text. */
  readonly text: string
  /** In the expression, counted from 1. */
  readonly position: number
}

const FORM =
  /(?<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?<name>[A-Za-z_]\w*)|(?<text>"[^"]*"|'[^']*')|(?<symbol>==|!=|<=|>=|&&|\|\||[-+*/^<>()[\],])|(?<unknown>\S)/g

export function tokensOf(source: ExpressionSource): Token[] {
  const tokens = [...source.expression.matchAll(FORM)].map((match) => tokenOf(source, match))
  return [...tokens, { type: 'end', text: '', position: source.expression.length + 1 }]
}

function tokenOf(source: ExpressionSource, match: RegExpExecArray): Token {
  const [text] = match
  const position = match.index + 1
  const type = TYPES.find((each) => match.groups?.[each] !== undefined)
  if (type === 'text') return { type, text: text.slice(1, -1), position }
  if (type !== undefined) return { type, text, position }
  const problem = /["']/.test(text) ? 'the text has no closing quote' : `unexpected character '${text}'`
  throw new MetricMathError(source, `Invalid syntax: ${problem}`, { position })
}
