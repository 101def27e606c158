import { z } from 'zod'

export interface PredefinedMetric {
  readonly PredefinedMetricType: string
  readonly ResourceLabel?: string | undefined
}

interface Dimension {
  readonly Name: string
  readonly Value: string
}

/** One member of metric math; its period is 60 s, always. */
export interface TrackingMetricQuery {
  readonly Id: string
  readonly Expression?: string | undefined
  readonly Label?: string | undefined
  readonly ReturnData?: boolean | undefined
  readonly MetricStat?:
    | {
        readonly Metric: {
          readonly MetricName: string
          readonly Namespace: string
          readonly Dimensions?: readonly Dimension[] | undefined
        }
        readonly Stat: string
        readonly Unit?: string | undefined
      }
    | undefined
}

export interface CustomizedMetric {
  readonly MetricName?: string | undefined
  readonly Namespace?: string | undefined
  readonly Dimensions?: readonly Dimension[] | undefined
  readonly Statistic?: 'Average' | 'Minimum' | 'Maximum' | 'SampleCount' | 'Sum' | undefined
  readonly Unit?: string | undefined
  /** Metric math, in place of all the others. */
  readonly Metrics?: readonly TrackingMetricQuery[] | undefined
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
const dimensions = z.array(z.object({ Name: name, Value: z.string().min(1).max(1_024) })).max(30)

const query = z.object({
  Id: name.regex(/^[a-z][a-zA-Z0-9_]*$/),
  Expression: z.string().min(1).max(2_048).optional(),
  Label: z.string().max(2_047).optional(),
  ReturnData: z.boolean().optional(),
  MetricStat: z
    .object({
      Metric: z.object({ MetricName: name, Namespace: name, Dimensions: dimensions.optional() }),
      Stat: z.string().min(1).max(100),
      Unit: z.string().optional(),
    })
    .optional(),
})

export const trackingSchema: z.ZodType<TrackingConfiguration> = z.object({
  TargetValue: z.number().min(-MAX_TARGET_VALUE).max(MAX_TARGET_VALUE),
  PredefinedMetricSpecification: z
    .object({ PredefinedMetricType: z.string(), ResourceLabel: z.string().min(1).max(1_023).optional() })
    .optional(),
  CustomizedMetricSpecification: z
    .object({
      MetricName: name.optional(),
      Namespace: name.optional(),
      Dimensions: dimensions.optional(),
      Statistic: z.enum(['Average', 'Minimum', 'Maximum', 'SampleCount', 'Sum']).optional(),
      Unit: z.string().optional(),
      Metrics: z.array(query).optional(),
    })
    .optional(),
  ScaleOutCooldown: cooldownSeconds.optional(),
  ScaleInCooldown: cooldownSeconds.optional(),
  DisableScaleIn: z.boolean().optional(),
})
