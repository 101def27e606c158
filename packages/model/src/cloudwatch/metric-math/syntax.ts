/** What an expression says, as a tree. Positions count characters from 1. */
export type MathNode =
  | { readonly type: 'number'; readonly value: number; readonly position: number }
  /** The id of a metric or of another expression. */
  | { readonly type: 'reference'; readonly id: string; readonly position: number }
  /** A quoted text, or a keyword such as REPEAT: an argument, never a value. */
  | { readonly type: 'text' | 'keyword'; readonly text: string; readonly position: number }
  | { readonly type: 'array'; readonly items: readonly MathNode[]; readonly position: number }
  | { readonly type: 'negation'; readonly operand: MathNode; readonly position: number }
  /** At the operator. */
  | {
      readonly type: 'operation'
      readonly operator: Operator
      readonly left: MathNode
      readonly right: MathNode
      readonly position: number
    }
  | {
      readonly type: 'call'
      readonly name: string
      readonly args: readonly MathNode[]
      readonly position: number
    }

export type NodeOf<Type extends MathNode['type']> = Extract<MathNode, { readonly type: Type }>

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '^'
export type LogicalOperator = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'AND' | 'OR'
export type Operator = ArithmeticOperator | LogicalOperator

/**
 * How tightly operators bind; AWS publishes no table, so they bind as in mathematics and in most languages. A minus
 * before an operand binds less than `^` and more than `*`.
 */
export const PRECEDENCE: Readonly<Record<Operator, number>> = {
  OR: 1,
  AND: 2,
  '==': 3,
  '!=': 3,
  '<': 3,
  '<=': 3,
  '>': 3,
  '>=': 3,
  '+': 4,
  '-': 4,
  '*': 5,
  '/': 5,
  '^': 7,
}

export const NEGATION_PRECEDENCE = 6
