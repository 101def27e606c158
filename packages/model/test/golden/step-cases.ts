import type {
  AdjustmentType,
  ComparisonOperator,
  Cooldowns,
  StepAdjustment,
  StepScalingInput,
  StepScalingPolicy,
} from '../../src/index.js'
import { NO_COOLDOWNS } from '../../src/index.js'
import { readGolden } from './read-golden.js'

type Step = readonly [lower: number | null, upper: number | null, adjustment: number]
type Sign = '>' | '>=' | '<' | '<='

interface Activity {
  readonly baseCapacity: number
  readonly completedSecondsAgo: number | null
}

interface PolicyRow {
  readonly type: AdjustmentType
  readonly operator: Sign
  readonly steps: readonly Step[]
  readonly minMagnitude?: number
}

interface DecisionRow extends PolicyRow {
  readonly name: string
  readonly running: number
  readonly desired?: number
  readonly limits?: readonly [min: number, max: number]
  readonly difference: number | null
  readonly cooldowns?: { readonly out?: Activity; readonly in?: Activity }
  readonly suspended?: StepScalingInput['suspended']
  readonly isDeploying?: boolean
  readonly expect: { readonly scaleTo?: number; readonly reason?: string }
}

interface Table {
  readonly steps: readonly (Omit<PolicyRow, 'type'> & {
    readonly name: string
    readonly differences: Readonly<Record<string, number | null>>
  })[]
  readonly adjustments: readonly {
    readonly name: string
    readonly type: AdjustmentType
    readonly base: number
    readonly adjustment: number
    readonly minMagnitude?: number
    readonly capacity: number
  }[]
  readonly sequences: readonly {
    readonly name: string
    readonly threshold: number
    readonly start: number
    readonly out: PolicyRow
    readonly in: PolicyRow
    readonly events: readonly {
      readonly policy: 'out' | 'in'
      readonly metric: number
      readonly capacity: number
    }[]
  }[]
  readonly decisions: readonly DecisionRow[]
  readonly problems: readonly (Omit<PolicyRow, 'type' | 'operator'> & {
    readonly name: string
    readonly type: AdjustmentType | null
    readonly problem: string | null
  })[]
  readonly several: readonly {
    readonly name: string
    readonly decisions: readonly (number | string)[]
    readonly capacity?: number
    readonly reason?: string
  }[]
}

export const STEP_TABLE: Table = readGolden('step-scaling.json') as Table

const NOW_MS = Date.UTC(2026, 0, 1, 12)
const COOLDOWN_SECONDS = 300
const THRESHOLD = 50

const OPERATORS: Readonly<Record<Sign, ComparisonOperator>> = {
  '>': 'GreaterThanThreshold',
  '>=': 'GreaterThanOrEqualToThreshold',
  '<': 'LessThanThreshold',
  '<=': 'LessThanOrEqualToThreshold',
}

export function operatorOf(sign: Sign): ComparisonOperator {
  return OPERATORS[sign]
}

export function stepsOf(steps: readonly Step[]): StepAdjustment[] {
  return steps.map(([lower, upper, scalingAdjustment]) => ({
    metricIntervalLowerBound: lower ?? undefined,
    metricIntervalUpperBound: upper ?? undefined,
    scalingAdjustment,
  }))
}

export function policyOf({ type, steps, minMagnitude }: PolicyRow): StepScalingPolicy {
  return {
    adjustmentType: type,
    stepAdjustments: stepsOf(steps),
    minAdjustmentMagnitude: minMagnitude,
    metricAggregationType: undefined,
  }
}

export function stepDecisionCases(): readonly {
  readonly name: string
  readonly input: StepScalingInput
  readonly expected: DecisionRow['expect']
}[] {
  return STEP_TABLE.decisions.map((row) => ({ name: row.name, input: inputOf(row), expected: row.expect }))
}

function inputOf(row: DecisionRow): StepScalingInput {
  const [min, max] = row.limits ?? [0, 100]
  return {
    policyName: 'steps',
    policy: policyOf(row),
    alarm: {
      threshold: THRESHOLD,
      comparisonOperator: operatorOf(row.operator),
      points: row.difference === null ? [] : [THRESHOLD + row.difference],
    },
    capacity: { min, max, running: row.running, desired: row.desired ?? row.running },
    cooldowns: { ...NO_COOLDOWNS, ...activities(row) },
    suspended: row.suspended ?? { out: false, in: false },
    isDeploying: row.isDeploying ?? false,
    nowMs: NOW_MS,
  }
}

function activities(row: DecisionRow): Partial<Cooldowns> {
  return Object.fromEntries(
    Object.entries(row.cooldowns ?? {}).map(([direction, { baseCapacity, completedSecondsAgo }]) => [
      direction,
      {
        baseCapacity,
        cooldownSeconds: COOLDOWN_SECONDS,
        completedAtMs: completedSecondsAgo === null ? undefined : NOW_MS - completedSecondsAgo * 1_000,
      },
    ]),
  )
}
