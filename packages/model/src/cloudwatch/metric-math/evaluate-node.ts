import type { ModelParameters } from '../../parameters.js'
import { FUNCTIONS } from './functions.js'
import type { MathView } from './math-function.js'
import type { Argument, MathValue } from './math-value.js'
import { allSeries, arrayOf, scalarOf } from './math-value.js'
import { negate, operate } from './operators.js'
import type { MathNode } from './syntax.js'

export interface EvaluationScope {
  /** Of metrics and of expressions that were evaluated before. */
  readonly values: ReadonlyMap<string, MathValue>
  readonly view: MathView
  readonly parameters: ModelParameters
}

/** The value of an expression whose kinds were checked. */
export function evaluateNode(node: MathNode, scope: EvaluationScope): MathValue {
  if (node.type === 'number') return scalarOf(node.value)
  if (node.type === 'reference') return scope.values.get(node.id) ?? unchecked(node)
  if (node.type === 'array')
    return arrayOf(node.items.flatMap((item) => allSeries(evaluateNode(item, scope))))
  if (node.type === 'negation') return negate(evaluateNode(node.operand, scope))
  if (node.type === 'operation') {
    const sides = { left: evaluateNode(node.left, scope), right: evaluateNode(node.right, scope) }
    return operate(node.operator, sides, scope.parameters)
  }
  if (node.type !== 'call') return unchecked(node)
  const args = node.args.map((argument) => argumentOf(argument, scope))
  return FUNCTIONS.get(node.name)?.apply(args, scope.view) ?? unchecked(node)
}

function argumentOf(node: MathNode, scope: EvaluationScope): Argument {
  if (node.type === 'text' || node.type === 'keyword') return { kind: 'word', text: node.text }
  return evaluateNode(node, scope)
}

function unchecked({ type, position }: MathNode): never {
  throw new Error(`The ${type} at position ${position} was not checked before it was evaluated.`)
}
