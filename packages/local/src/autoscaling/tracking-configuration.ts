import { z } from 'zod'

export interface PredefinedMetric {
  readonly PredefinedMetricType: string
  readonly ResourceLabel?: string | undefined
}

export interface CustomizedMetric {
  readonly MetricName?: string | undefined
  readonly Namespace?: string | undefined
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: string }[] | undefined
  readonly Statistic?: 'Average' | 'Minimum' | 'Maximum' | 'SampleCount' | 'Sum' | undefined
  readonly Unit?: string | undefined
  /** Metric math. */
  readonly Metrics?: readonly unknown[] | undefined
}

/** A policy's TargetTrackingScalingPolicyConfiguration, as the caller wrote it. Cooldowns are seconds. */
export interface TrackingConfiguration {
  readonly TargetValue: number
  readonly PredefinedMetricSpecification?: PredefinedMetric | undefined
  readonly CustomizedMetricSpecification?: CustomizedMetric | undefined
  readonly ScaleOutCooldown?: number | undefined
  readonly ScaleInCooldown?: number | undefined
  readonly DisableScaleIn?: boolean | undefined
}

const MAX_TARGET_VALUE = 2 ** 360
const name = z.string().min(1).max(255)
const cooldownSeconds = z.int().min(0)

export const trackingSchema: z.ZodType<TrackingConfiguration> = z.object({
  TargetValue: z.number().min(-MAX_TARGET_VALUE).max(MAX_TARGET_VALUE),
  PredefinedMetricSpecification: z
    .object({ PredefinedMetricType: z.string(), ResourceLabel: z.string().min(1).max(1_023).optional() })
    .optional(),
  CustomizedMetricSpecification: z
    .object({
      MetricName: name.optional(),
      Namespace: name.optional(),
      Dimensions: z.array(z.object({ Name: name, Value: z.string().min(1).max(1_024) })).optional(),
      Statistic: z.enum(['Average', 'Minimum', 'Maximum', 'SampleCount', 'Sum']).optional(),
      Unit: z.string().optional(),
      Metrics: z.array(z.unknown()).optional(),
    })
    .optional(),
  ScaleOutCooldown: cooldownSeconds.optional(),
  ScaleInCooldown: cooldownSeconds.optional(),
  DisableScaleIn: z.boolean().optional(),
})
