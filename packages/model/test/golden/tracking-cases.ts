import type { ModelParameters, ScalableCapacity, TrackingInput, TrackingReading } from '../../src/index.js'
import { NO_COOLDOWNS } from '../../src/index.js'
import { readGolden } from './read-golden.js'

interface Activity {
  readonly baseCapacity: number
  readonly completedSecondsAgo: number | null
}

interface Row {
  readonly name: string
  readonly direction: 'out' | 'in'
  readonly capacity: ScalableCapacity
  readonly readings: readonly (Partial<Omit<TrackingReading, 'metric'>> & {
    readonly targetValue: number
    readonly metric: number | null
    readonly metricAgeSeconds?: number
  })[]
  readonly cooldowns?: { readonly out?: Activity; readonly in?: Activity }
  readonly suspended?: TrackingInput['suspended']
  readonly isDeploying?: boolean
  readonly parameters?: Partial<ModelParameters>
  readonly expect: { readonly scaleTo?: number; readonly reason?: string }
  readonly expectPolicy?: string
}

interface Table {
  readonly groups: readonly { readonly rule: string; readonly cases: readonly Row[] }[]
}

export interface TrackingCase {
  readonly rule: string
  readonly name: string
  readonly input: TrackingInput
  readonly parameters: Partial<ModelParameters>
  readonly expected: { readonly scaleTo?: number; readonly reason?: string }
  readonly expectedPolicy: string | undefined
}

export const NOW_MS: number = Date.UTC(2026, 0, 1, 12)
const COOLDOWN_SECONDS = 300
const METRIC_AGE_SECONDS = 90

export function trackingCases(file: string): TrackingCase[] {
  const { groups } = readGolden(file) as Table
  return groups.flatMap(({ rule, cases }) =>
    cases.map((row) => ({
      rule,
      name: row.name,
      input: inputOf(row),
      parameters: row.parameters ?? {},
      expected: row.expect,
      expectedPolicy: row.expectPolicy,
    })),
  )
}

function inputOf(row: Row): TrackingInput {
  const readings = row.readings.map((reading, index) => readingOf(row, reading, index))
  return {
    direction: row.direction,
    policyName: readings[0]?.policyName ?? '',
    readings,
    capacity: row.capacity,
    cooldowns: { ...NO_COOLDOWNS, ...activities(row) },
    suspended: row.suspended ?? { out: false, in: false },
    isDeploying: row.isDeploying ?? false,
    nowMs: NOW_MS,
  }
}

function readingOf(row: Row, reading: Row['readings'][number], index: number): TrackingReading {
  const timestampMs = NOW_MS - (reading.metricAgeSeconds ?? METRIC_AGE_SECONDS) * 1_000
  return {
    policyName: reading.policyName ?? `policy-${index}`,
    targetValue: reading.targetValue,
    disableScaleIn: reading.disableScaleIn ?? false,
    high: reading.high ?? (row.direction === 'out' ? 'ALARM' : 'OK'),
    low: reading.low ?? (row.direction === 'in' ? 'ALARM' : 'OK'),
    metric: reading.metric === null ? undefined : { value: reading.metric, timestampMs },
  }
}

function activities(row: Row): Partial<TrackingInput['cooldowns']> {
  return Object.fromEntries(
    Object.entries(row.cooldowns ?? {}).map(([direction, activity]) => [
      direction,
      {
        baseCapacity: activity.baseCapacity,
        cooldownSeconds: COOLDOWN_SECONDS,
        completedAtMs:
          activity.completedSecondsAgo === null ? undefined : NOW_MS - activity.completedSecondsAgo * 1_000,
      },
    ]),
  )
}
