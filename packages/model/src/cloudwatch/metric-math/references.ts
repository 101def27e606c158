import type { MathNode } from './syntax.js'

export interface Reference {
  readonly id: string
  readonly position: number
}

/** The ids that an expression names, in the order of the text. */
export function referencesOf(node: MathNode): Reference[] {
  if (node.type === 'reference') return [node]
  return partsOf(node).flatMap(referencesOf)
}

function partsOf(node: MathNode): readonly MathNode[] {
  if (node.type === 'array') return node.items
  if (node.type === 'call') return node.args
  if (node.type === 'negation') return [node.operand]
  return node.type === 'operation' ? [node.left, node.right] : []
}
