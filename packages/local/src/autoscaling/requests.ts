/** The inputs of Application Auto Scaling, as far as ECS services use them. Lengths and ranges are AWS's. */
import { z } from 'zod'

import { SCALABLE_DIMENSION, SERVICE_NAMESPACE } from './dimension.js'
import type { TrackingConfiguration } from './tracking-configuration.js'
import { trackingSchema } from './tracking-configuration.js'

export interface ResourceRequest {
  readonly ResourceId: string
}

export interface PageRequest {
  readonly MaxResults?: number | undefined
  readonly NextToken?: string | undefined
}

export interface RegisterRequest extends ResourceRequest {
  readonly MinCapacity?: number | undefined
  readonly MaxCapacity?: number | undefined
  readonly SuspendedState?:
    | {
        readonly DynamicScalingInSuspended?: boolean | undefined
        readonly DynamicScalingOutSuspended?: boolean | undefined
        readonly ScheduledScalingSuspended?: boolean | undefined
      }
    | undefined
  readonly Tags?: Readonly<Record<string, string>> | undefined
}

export interface DescribeTargetsRequest extends PageRequest {
  readonly ResourceIds?: readonly string[] | undefined
}

export interface DescribePoliciesRequest extends PageRequest {
  readonly ResourceId?: string | undefined
  readonly PolicyNames?: readonly string[] | undefined
}

export interface DescribeActivitiesRequest extends PageRequest {
  readonly ResourceId?: string | undefined
  readonly IncludeNotScaledActivities?: boolean | undefined
}

export interface PolicyRequest extends ResourceRequest {
  readonly PolicyName: string
}

export interface PutPolicyRequest extends PolicyRequest {
  readonly PolicyType?: string | undefined
  readonly TargetTrackingScalingPolicyConfiguration?: TrackingConfiguration | undefined
}

export interface TagRequest {
  readonly ResourceARN: string
  readonly Tags: Readonly<Record<string, string>>
}

export interface UntagRequest {
  readonly ResourceARN: string
  readonly TagKeys: readonly string[]
}

const text = z.string().min(1).max(1_600)
const capacity = z.int().min(0)
const tags = z.record(z.string().min(1).max(128), z.string().max(256))
const serviceNamespace = { ServiceNamespace: z.literal(SERVICE_NAMESPACE) }
const scalableDimension = z.literal(SCALABLE_DIMENSION)
const resource = { ...serviceNamespace, ResourceId: text, ScalableDimension: scalableDimension }
const query = { ...serviceNamespace, ScalableDimension: scalableDimension.optional() }
const pageOfUpTo = (maxResults: number) => ({
  MaxResults: z.int().min(1).max(maxResults).optional(),
  NextToken: z.string().optional(),
})

export const resourceSchema: z.ZodType<ResourceRequest> = z.object(resource)

export const registerSchema: z.ZodType<RegisterRequest> = z.object({
  ...resource,
  MinCapacity: capacity.optional(),
  MaxCapacity: capacity.optional(),
  SuspendedState: z
    .object({
      DynamicScalingInSuspended: z.boolean().optional(),
      DynamicScalingOutSuspended: z.boolean().optional(),
      ScheduledScalingSuspended: z.boolean().optional(),
    })
    .optional(),
  Tags: tags.optional(),
})

export const describeTargetsSchema: z.ZodType<DescribeTargetsRequest> = z.object({
  ...query,
  ...pageOfUpTo(50),
  ResourceIds: z.array(text).max(50).optional(),
})

export const describePoliciesSchema: z.ZodType<DescribePoliciesRequest> = z.object({
  ...query,
  ...pageOfUpTo(10),
  ResourceId: text.optional(),
  PolicyNames: z.array(text).max(50).optional(),
})

export const describeActivitiesSchema: z.ZodType<DescribeActivitiesRequest> = z.object({
  ...query,
  ...pageOfUpTo(50),
  ResourceId: text.optional(),
  IncludeNotScaledActivities: z.boolean().optional(),
})

export const policySchema: z.ZodType<PolicyRequest> = z.object({ ...resource, PolicyName: text })

export const putPolicySchema: z.ZodType<PutPolicyRequest> = z.object({
  ...resource,
  PolicyName: z
    .string()
    .min(1)
    .max(256)
    .regex(/^\P{Cc}+$/u),
  PolicyType: z.enum(['StepScaling', 'TargetTrackingScaling', 'PredictiveScaling']).optional(),
  TargetTrackingScalingPolicyConfiguration: trackingSchema.optional(),
})

export const tagSchema: z.ZodType<TagRequest> = z.object({ ResourceARN: text, Tags: tags })
export const untagSchema: z.ZodType<UntagRequest> = z.object({
  ResourceARN: text,
  TagKeys: z.array(z.string()),
})
export const taggedSchema: z.ZodType<Pick<TagRequest, 'ResourceARN'>> = z.object({ ResourceARN: text })
