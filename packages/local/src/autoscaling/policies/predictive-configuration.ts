import { predictivePolicyProblem } from '@longshore/model'
import type { PredictiveScalingPolicy } from '@longshore/model'
import { z } from 'zod'

import { validationError } from '../errors.js'

/** A policy's PredictiveScalingPolicyConfiguration, as the caller wrote it: stored and described, never forecast. */
export type PredictiveConfiguration = PredictiveScalingPolicy

const predefined = z.object({ PredefinedMetricType: z.string(), ResourceLabel: z.string().optional() })
const customized = z.object({
  MetricDataQueries: z.array(
    z.object({
      Id: z.string().min(1).max(255),
      Expression: z.string().min(1).max(2_048).optional(),
      MetricStat: z
        .object({
          Metric: z.object({
            Dimensions: z.array(z.object({ Name: z.string(), Value: z.string() })).optional(),
            MetricName: z.string().optional(),
            Namespace: z.string().optional(),
          }),
          Stat: z.string(),
          Unit: z.string().optional(),
        })
        .optional(),
      Label: z.string().optional(),
      ReturnData: z.boolean().optional(),
    }),
  ),
})

const metricSpecification = z.object({
  TargetValue: z.number(),
  PredefinedMetricPairSpecification: predefined.optional(),
  PredefinedScalingMetricSpecification: predefined.optional(),
  PredefinedLoadMetricSpecification: predefined.optional(),
  CustomizedScalingMetricSpecification: customized.optional(),
  CustomizedLoadMetricSpecification: customized.optional(),
  CustomizedCapacityMetricSpecification: customized.optional(),
})

export const predictiveSchema: z.ZodType<PredictiveConfiguration> = z.object({
  MetricSpecifications: z.array(metricSpecification),
  Mode: z.enum(['ForecastOnly', 'ForecastAndScale']).optional(),
  SchedulingBufferTime: z.int().min(0).optional(),
  MaxCapacityBreachBehavior: z.enum(['HonorMaxCapacity', 'IncreaseMaxCapacity']).optional(),
  MaxCapacityBuffer: z.int().min(0).max(100).optional(),
})

/** Refuses what AWS refuses, in its words. */
export function checkPredictive(configuration: PredictiveConfiguration): void {
  const problem = predictivePolicyProblem(configuration)
  if (problem !== undefined) throw validationError(problem)
}
