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

/** The texts by which calls of METRICS choose among the ids of metrics; an empty one chooses all. */
export function metricFiltersOf(node: MathNode): string[] {
  const own = node.type === 'call' && node.name === 'METRICS' ? [filterOf(node.args)] : []
  return [...own, ...partsOf(node).flatMap(metricFiltersOf)]
}

function filterOf([filter]: readonly MathNode[]): string {
  return filter?.type === 'text' ? filter.text : ''
}
