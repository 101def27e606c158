import { mergeSets, samples } from '@longshore/model'
import type { StatisticSet } from '@longshore/model'

import { invalidCombination, invalidValue, missingParameter } from './errors.js'
import type { Input } from '../server/input.js'
import { checkSize } from './input.js'
import { readDimensions } from './metric-identity.js'
import type { MetricDatum } from './metric-store.js'
import { valuesOf } from './sample-values.js'
import type { Samples } from './sample-values.js'
import { UNITS } from './units.js'

const MAX_DATUMS = 1_000
const MAX_VALUES = 150
const MAX_NAME = 255
/** CloudWatch takes values between -2^360 and 2^360. */
const MAX_VALUE = 2 ** 360
const MAX_PAST_MS = 14 * 86_400_000
const MAX_FUTURE_MS = 2 * 3_600_000

/** Reads and checks a PutMetricData call of a customer, who cannot publish in place of AWS's services. */
export function readMetricData(input: Input, nowMs: number): MetricDatum[] {
  const namespace = input.string('Namespace') ?? ''
  if (namespace.startsWith('AWS/')) throw invalidValue('The value AWS/ for parameter Namespace is invalid.')
  return readAnyMetricData(input, nowMs)
}

/** The same in any namespace. All of the call is good or none of it is taken. */
export function readAnyMetricData(input: Input, nowMs: number): MetricDatum[] {
  const namespace = input.requiredString('Namespace', MAX_NAME)
  const inEntities = (input.objects('EntityMetricData') ?? []).flatMap(
    (entity) => entity.objects('MetricData') ?? [],
  )
  const members = [...(input.objects('MetricData') ?? []), ...inEntities]
  if (members.length === 0) throw missingParameter('MetricData')
  checkSize(members, 'MetricData', MAX_DATUMS)
  return members.map((member) => readDatum(member, namespace, nowMs))
}

function readDatum(member: Input, namespace: string, nowMs: number): MetricDatum {
  return {
    namespace,
    metricName: member.requiredString('MetricName', MAX_NAME),
    dimensions: readDimensions(member),
    timestampMs: readTimestampMs(member, nowMs),
    ...readSamples(member),
    unit: member.choice('Unit', UNITS) ?? 'None',
    resolutionSeconds: readResolution(member),
  }
}

function readTimestampMs(member: Input, nowMs: number): number {
  const timestampMs = member.timestampMs('Timestamp') ?? nowMs
  const path = member.pathOf('Timestamp')
  if (timestampMs < nowMs - MAX_PAST_MS) {
    throw invalidValue(`The parameter ${path} must specify a time no more than two weeks in the past.`)
  }
  if (timestampMs > nowMs + MAX_FUTURE_MS) {
    throw invalidValue(`The parameter ${path} must specify a time no more than two hours in the future.`)
  }
  return timestampMs
}

function readResolution(member: Input): 1 | 60 {
  const resolution = member.integer('StorageResolution') ?? 60
  if (resolution === 1 || resolution === 60) return resolution
  throw invalidValue(
    `The parameter ${member.pathOf('StorageResolution')} must be 1 or 60; got ${resolution}.`,
  )
}

const SAMPLE_MEMBERS = ['Value', 'Values', 'StatisticValues'] as const

function readSamples(member: Input): Samples {
  const given = SAMPLE_MEMBERS.filter((name) => member.has(name)).map((name) => member.pathOf(name))
  if (given.length === 0) throw missingParameter(member.pathOf('Value'))
  if (given.length > 1) {
    const which = `The parameters ${given[0]} and ${given[1]} are mutually exclusive`
    throw invalidCombination(`${which} and you have specified both.`)
  }
  if (member.has('Values')) return readValues(member)
  const statistics = member.object('StatisticValues')
  const set = statistics === undefined ? samples(readValue(member, 'Value')) : readStatistics(statistics)
  return { set, values: undefined }
}

function readValues(member: Input): Samples {
  const values = member.numbers('Values') ?? []
  const counts = member.numbers('Counts') ?? values.map(() => 1)
  const path = member.pathOf('Values')
  checkSize(values, path, MAX_VALUES)
  if (counts.length !== values.length) {
    throw invalidValue(`The parameters ${path} and ${member.pathOf('Counts')} must be of the same size.`)
  }
  if (counts.some((count) => count <= 0)) {
    throw invalidValue(`The parameter ${member.pathOf('Counts')} must hold counts above 0.`)
  }
  for (const [at, value] of values.entries()) checkRange(value, `${path}.member.${at + 1}`)
  const weighted = values.map((value, at) => ({ value, count: counts[at] ?? 1 }))
  const [first, ...rest] = weighted.map(({ value, count }) => samples(value, count))
  if (first === undefined) throw missingParameter(path)
  const set = rest.reduce(mergeSets, first)
  return { set, values: valuesOf(weighted, set) }
}

function readStatistics(statistics: Input): StatisticSet {
  const set = {
    sampleCount: readValue(statistics, 'SampleCount'),
    sum: readValue(statistics, 'Sum'),
    minimum: readValue(statistics, 'Minimum'),
    maximum: readValue(statistics, 'Maximum'),
  }
  if (set.sampleCount <= 0) {
    throw invalidValue(`The parameter ${statistics.pathOf('SampleCount')} must be greater than 0.`)
  }
  if (set.minimum > set.maximum) {
    const [minimum, maximum] = [statistics.pathOf('Minimum'), statistics.pathOf('Maximum')]
    throw invalidValue(`The parameter ${minimum} must not be greater than ${maximum}.`)
  }
  return set
}

function readValue(member: Input, name: string): number {
  const value = member.requiredNumber(name)
  checkRange(value, member.pathOf(name))
  return value
}

function checkRange(value: number, path: string): void {
  if (Math.abs(value) <= MAX_VALUE) return
  throw invalidValue(`The value ${value} for parameter ${path} is invalid.`)
}
