/**
 * Which kind of value each part of an expression is, before there are any values: what CloudWatch checks when an alarm is
 * put, long before it evaluates it.
 */
import { FUNCTIONS, UNSUPPORTED_FUNCTIONS } from './functions.js'
import type { ParameterKind, Signature } from './math-function.js'
import type { ValueKind } from './math-value.js'
import type { ExpressionSource } from './metric-math-error.js'
import { MetricMathError } from './metric-math-error.js'
import { operationKind } from './operators.js'
import type { MathNode, NodeOf } from './syntax.js'

export interface Scope {
  readonly source: ExpressionSource
  /** Of another expression that was checked before; undefined for an id that does not exist. */
  readonly kindOf: (id: string) => ValueKind | undefined
  readonly isMetric: (id: string) => boolean
}

const NAMES: Readonly<Record<ValueKind, string>> = {
  S: 'Scalar',
  TS: 'TimeSeries',
  'TS[]': 'Array[TimeSeries]',
}

/** Throws a MetricMathError where operators or functions are given what they do not take. */
export function kindOf(node: MathNode, scope: Scope): ValueKind {
  if (node.type === 'number') return 'S'
  if (node.type === 'reference') return kindOfReference(node, scope)
  if (node.type === 'array') return kindOfArray(node, scope)
  if (node.type === 'negation') return kindOf(node.operand, scope)
  if (node.type === 'operation') return kindOfOperation(node, scope)
  if (node.type === 'call') return kindOfCall(node, scope)
  throw wrong(node, scope, `Invalid syntax: '${node.text}' is not a value`)
}

function wrong({ position }: MathNode, { source }: Scope, problem: string): MetricMathError {
  return new MetricMathError(source, problem, { position })
}

function kindOfReference(node: NodeOf<'reference'>, scope: Scope): ValueKind {
  const kind = scope.kindOf(node.id)
  if (kind === undefined) throw wrong(node, scope, `No metric or expression has the id '${node.id}'`)
  return kind
}

function kindOfArray(node: NodeOf<'array'>, scope: Scope): ValueKind {
  const scalar = node.items.find((item) => kindOf(item, scope) === 'S')
  if (scalar === undefined) return 'TS[]'
  throw wrong(scalar, scope, 'Invalid operand type: an array takes time series, not a Scalar')
}

function kindOfOperation(node: NodeOf<'operation'>, scope: Scope): ValueKind {
  const sides = [kindOf(node.left, scope), kindOf(node.right, scope)] as const
  const kind = operationKind(node.operator, ...sides)
  if (kind !== undefined) return kind
  const given = sides.map((side) => NAMES[side]).join(', ')
  throw wrong(node, scope, `Unsupported operand type(s) for ${node.operator}: '[${given}]'`)
}

function kindOfCall(node: NodeOf<'call'>, scope: Scope): ValueKind {
  const { name } = node
  const called = FUNCTIONS.get(name) ?? notFound(node, scope)
  const given = node.args.map((argument) => parameterKinds(argument, scope))
  const signature = called.signatures.find((each) => fits(given, each))
  if (signature !== undefined) return signature.gives
  const wanted = called.signatures.map((each) => describe(name, each)).join(' or ')
  const found = `${name}(${given.map(([kind]) => kind).join(', ')})`
  throw wrong(node, scope, `Invalid arguments: expected ${wanted}, found ${found}`)
}

function notFound(node: NodeOf<'call'>, scope: Scope): never {
  const { name, position } = node
  if (!UNSUPPORTED_FUNCTIONS.has(name)) throw wrong(node, scope, `Function '${name}' not found`)
  throw new MetricMathError(scope.source, `Function '${name}' is not supported here`, {
    position,
    unsupportedFunction: name,
  })
}

/** What an argument may pass for; first as an error message names it. */
function parameterKinds(argument: MathNode, scope: Scope): readonly string[] {
  if (argument.type === 'text') return ['text']
  if (argument.type === 'keyword') return [argument.text]
  const kind = kindOf(argument, scope)
  return argument.type === 'reference' && scope.isMetric(argument.id) ? [kind, 'metric'] : [kind]
}

function fits(given: readonly (readonly string[])[], { takes, optional = 0 }: Signature): boolean {
  if (given.length > takes.length || given.length < takes.length - optional) return false
  return given.every((kinds, index) => takes[index]?.some((kind) => kinds.includes(kind)))
}

function describe(name: string, { takes, optional = 0 }: Signature): string {
  const parameters = takes.map((kinds: readonly ParameterKind[], index) => {
    const one = kinds.join(' | ')
    return index < takes.length - optional ? one : `[${one}]`
  })
  return `${name}(${parameters.join(', ')})`
}
