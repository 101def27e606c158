/**
 * The grammar of metric math, by precedence climbing:
 *
 *   expression   operand (operator operand)*              see PRECEDENCE; `^` groups to the right, the others to the left
 *   operand      `-` operand | number | id | "text" | KEYWORD | FUNCTION(expression, …) | [expression, …] | (expression)
 *
 * Ids start with a lowercase letter, functions and keywords are in uppercase.
 * Source: CloudWatch user guide, "Metric math syntax and functions".
 */
import type { ExpressionSource } from './metric-math-error.js'
import { MetricMathError } from './metric-math-error.js'
import type { MathNode, Operator } from './syntax.js'
import { NEGATION_PRECEDENCE, PRECEDENCE } from './syntax.js'
import type { Token } from './tokens.js'
import { tokensOf } from './tokens.js'

/** The longest expression that GetMetricData and PutMetricAlarm take. Source: API reference, MetricDataQuery. */
const MAX_LENGTH = 2_048

const OPERATORS: ReadonlyMap<string, Operator> = new Map([
  ...(Object.keys(PRECEDENCE) as Operator[]).map((operator) => [operator, operator] as const),
  ['&&', 'AND'],
  ['||', 'OR'],
])

/** Throws a MetricMathError for what is no expression. */
export function parseExpression(source: ExpressionSource): MathNode {
  if (source.expression.length > MAX_LENGTH) {
    throw new MetricMathError(source, `The expression is longer than ${MAX_LENGTH} characters`, {
      position: MAX_LENGTH + 1,
    })
  }
  if (/^\s*SELECT\s/i.test(source.expression)) {
    throw new MetricMathError(source, 'Metrics Insights queries are not supported here', {
      position: 1,
      unsupportedFunction: 'SELECT',
    })
  }
  return new Parser(source).parse()
}

class Parser {
  readonly #source: ExpressionSource
  readonly #tokens: readonly Token[]
  #at = 0

  constructor(source: ExpressionSource) {
    this.#source = source
    this.#tokens = tokensOf(source)
  }

  parse(): MathNode {
    const node = this.#expression(0)
    if (this.#token.type !== 'end') throw this.#unexpected()
    return node
  }

  get #token(): Token {
    return this.#tokens[this.#at] ?? { type: 'end', text: '', position: this.#source.expression.length + 1 }
  }

  #expression(minPrecedence: number): MathNode {
    let left = this.#operand()
    for (;;) {
      const { position } = this.#token
      const operator = this.#operator()
      if (operator === undefined || PRECEDENCE[operator] < minPrecedence) return left
      this.#at += 1
      const right = this.#expression(PRECEDENCE[operator] + (operator === '^' ? 0 : 1))
      left = { type: 'operation', operator, left, right, position }
    }
  }

  #operator(): Operator | undefined {
    const { type, text } = this.#token
    return type === 'symbol' || type === 'name' ? OPERATORS.get(text) : undefined
  }

  #operand(): MathNode {
    const token = this.#token
    const { type, text, position } = token
    if (type === 'end' || this.#operator() !== undefined) {
      if (text === '-') return this.#negation(position)
      throw this.#unexpected()
    }
    this.#at += 1
    if (type === 'number') return { type, value: Number(text), position }
    if (type === 'text') return { type, text, position }
    if (type === 'name') return this.#named(token)
    if (text === '[') return { type: 'array', items: this.#list(']'), position }
    if (text === '(') return this.#group()
    this.#at -= 1
    throw this.#unexpected()
  }

  #negation(position: number): MathNode {
    this.#at += 1
    return { type: 'negation', operand: this.#expression(NEGATION_PRECEDENCE), position }
  }

  #named({ text, position }: Token): MathNode {
    if (/^[a-z]/.test(text)) return { type: 'reference', id: text, position }
    if (this.#token.text !== '(' || this.#token.type !== 'symbol') return { type: 'keyword', text, position }
    this.#at += 1
    return { type: 'call', name: text, args: this.#list(')'), position }
  }

  #group(): MathNode {
    const node = this.#expression(0)
    this.#take(')')
    return node
  }

  #list(close: ')' | ']'): MathNode[] {
    const items: MathNode[] = []
    const isEmpty = (): boolean => this.#token.type === 'symbol' && this.#token.text === close
    while (!isEmpty()) {
      items.push(this.#expression(0))
      if (!isEmpty()) {
        this.#take(',')
        if (isEmpty()) throw this.#unexpected()
      }
    }
    this.#take(close)
    return items
  }

  #take(symbol: string): void {
    const { type, text } = this.#token
    if (type !== 'symbol' || text !== symbol) throw this.#unexpected(symbol)
    this.#at += 1
  }

  #unexpected(expected?: string): MetricMathError {
    const { type, text, position } = this.#token
    const found = type === 'end' ? 'the expression ends here' : `unexpected '${text}'`
    const wanted = expected === undefined ? '' : `, expected '${expected}'`
    return new MetricMathError(this.#source, `Invalid syntax: ${found}${wanted}`, { position })
  }
}
