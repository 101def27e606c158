/** The inputs about scaling policies. */
import { z } from 'zod'

import { name, pageOfUpTo, query, resource, text } from '../request-members.js'
import type { PageRequest, ResourceRequest } from '../request-members.js'
import type { PredictiveConfiguration } from './predictive-configuration.js'
import { predictiveSchema } from './predictive-configuration.js'
import type { StepConfiguration } from './step-configuration.js'
import { stepSchema } from './step-configuration.js'
import type { TrackingConfiguration } from './tracking-configuration.js'
import { trackingSchema } from './tracking-configuration.js'

export const POLICY_TYPES = ['StepScaling', 'TargetTrackingScaling', 'PredictiveScaling'] as const
export type PolicyType = (typeof POLICY_TYPES)[number]

export interface DescribePoliciesRequest extends PageRequest {
  readonly ResourceId?: string | undefined
  readonly PolicyNames?: readonly string[] | undefined
}

export interface PolicyRequest extends ResourceRequest {
  readonly PolicyName: string
}

export interface PutPolicyRequest extends PolicyRequest {
  readonly PolicyType?: PolicyType | undefined
  readonly StepScalingPolicyConfiguration?: StepConfiguration | undefined
  readonly TargetTrackingScalingPolicyConfiguration?: TrackingConfiguration | undefined
  readonly PredictiveScalingPolicyConfiguration?: PredictiveConfiguration | undefined
}

export const describePoliciesSchema: z.ZodType<DescribePoliciesRequest> = z.object({
  ...query,
  ...pageOfUpTo(10),
  ResourceId: text.optional(),
  PolicyNames: z.array(text).max(50).optional(),
})

export const policySchema: z.ZodType<PolicyRequest> = z.object({ ...resource, PolicyName: text })

export const putPolicySchema: z.ZodType<PutPolicyRequest> = z.object({
  ...resource,
  PolicyName: name,
  PolicyType: z.enum(POLICY_TYPES).optional(),
  StepScalingPolicyConfiguration: stepSchema.optional(),
  TargetTrackingScalingPolicyConfiguration: trackingSchema.optional(),
  PredictiveScalingPolicyConfiguration: predictiveSchema.optional(),
})
