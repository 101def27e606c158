import type { Input } from '../server/input.js'
import { checkSize } from './input.js'

export interface Dimension {
  readonly name: string
  readonly value: string
}

/** What tells one metric from another: each combination of dimensions is a metric of its own. */
export interface MetricIdentity {
  readonly namespace: string
  readonly metricName: string
  readonly dimensions: readonly Dimension[]
}

const MAX_NAME = 255
const MAX_DIMENSIONS = 30
const MAX_DIMENSION_NAME = 255
const MAX_DIMENSION_VALUE = 1_024

/** Equal for equal metrics; the order of dimensions does not matter. */
export function metricKey(identity: MetricIdentity): string {
  const dimensions = identity.dimensions.map(({ name, value }) => [name, value] as const)
  dimensions.sort(([one], [other]) => (one < other ? -1 : 1))
  return JSON.stringify([identity.namespace, identity.metricName, dimensions])
}

/** Reads the metric that an input names. */
export function readIdentity(input: Input): MetricIdentity {
  return {
    namespace: input.requiredString('Namespace', MAX_NAME),
    metricName: input.requiredString('MetricName', MAX_NAME),
    dimensions: readDimensions(input),
  }
}

/** Reads `Dimensions` of an input. */
export function readDimensions(input: Input): readonly Dimension[] {
  const dimensions = input.objects('Dimensions') ?? []
  checkSize(dimensions, input.pathOf('Dimensions'), MAX_DIMENSIONS)
  return dimensions.map((dimension) => ({
    name: dimension.requiredString('Name', MAX_DIMENSION_NAME),
    value: dimension.requiredString('Value', MAX_DIMENSION_VALUE),
  }))
}

export function writeDimensions(dimensions: readonly Dimension[]): { Name: string; Value: string }[] {
  return dimensions.map(({ name, value }) => ({ Name: name, Value: value }))
}
