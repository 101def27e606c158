import { stepPolicyProblem } from '@longshore/model'
import type { AdjustmentType, MetricAggregationType, StepScalingPolicy } from '@longshore/model'
import { z } from 'zod'

import { validationError } from '../errors.js'

/** A policy's StepScalingPolicyConfiguration, as the caller wrote it. */
export interface StepConfiguration {
  readonly AdjustmentType?: AdjustmentType | undefined
  readonly StepAdjustments?:
    | readonly {
        /** Relative to the alarm's threshold. */
        readonly MetricIntervalLowerBound?: number | undefined
        readonly MetricIntervalUpperBound?: number | undefined
        readonly ScalingAdjustment: number
      }[]
    | undefined
  readonly MinAdjustmentMagnitude?: number | undefined
  /** Seconds. */
  readonly Cooldown?: number | undefined
  readonly MetricAggregationType?: MetricAggregationType | undefined
}

export const stepSchema: z.ZodType<StepConfiguration> = z.object({
  AdjustmentType: z.enum(['ChangeInCapacity', 'PercentChangeInCapacity', 'ExactCapacity']).optional(),
  StepAdjustments: z
    .array(
      z.object({
        MetricIntervalLowerBound: z.number().optional(),
        MetricIntervalUpperBound: z.number().optional(),
        ScalingAdjustment: z.int(),
      }),
    )
    .optional(),
  MinAdjustmentMagnitude: z.int().optional(),
  Cooldown: z.int().min(0).optional(),
  MetricAggregationType: z.enum(['Average', 'Minimum', 'Maximum']).optional(),
})

/** The policy that a configuration describes; refuses what AWS refuses, in its words. */
export function stepPolicy(configuration: StepConfiguration): StepScalingPolicy {
  const adjustmentType = configuration.AdjustmentType
  const rest = {
    stepAdjustments: (configuration.StepAdjustments ?? []).map((step) => ({
      metricIntervalLowerBound: step.MetricIntervalLowerBound,
      metricIntervalUpperBound: step.MetricIntervalUpperBound,
      scalingAdjustment: step.ScalingAdjustment,
    })),
    minAdjustmentMagnitude: configuration.MinAdjustmentMagnitude,
    metricAggregationType: configuration.MetricAggregationType,
  }
  const problem = stepPolicyProblem({ ...rest, adjustmentType })
  if (problem === undefined && adjustmentType !== undefined) return { ...rest, adjustmentType }
  throw validationError(problem ?? 'Adjustment type must be specified')
}
