/** The inputs about scalable targets, their activities and their tags. Lengths and ranges are AWS's. */
import { z } from 'zod'

import { TAG_LIMITS } from '../server/tag-limits.js'
import { pageOfUpTo, query, resource, text } from './request-members.js'
import type { PageRequest, ResourceRequest } from './request-members.js'

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

export interface DescribeActivitiesRequest extends PageRequest {
  readonly ResourceId?: string | undefined
  readonly IncludeNotScaledActivities?: boolean | undefined
}

export interface TagRequest {
  readonly ResourceARN: string
  readonly Tags: Readonly<Record<string, string>>
}

export interface UntagRequest {
  readonly ResourceARN: string
  readonly TagKeys: readonly string[]
}

const capacity = z.int().min(0)
const tags = z.record(z.string().min(1).max(TAG_LIMITS.keyLength), z.string().max(TAG_LIMITS.valueLength))

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

export const describeActivitiesSchema: z.ZodType<DescribeActivitiesRequest> = z.object({
  ...query,
  ...pageOfUpTo(50),
  ResourceId: text.optional(),
  IncludeNotScaledActivities: z.boolean().optional(),
})

export const tagSchema: z.ZodType<TagRequest> = z.object({ ResourceARN: text, Tags: tags })
export const untagSchema: z.ZodType<UntagRequest> = z.object({
  ResourceARN: text,
  TagKeys: z.array(z.string()),
})
export const taggedSchema: z.ZodType<Pick<TagRequest, 'ResourceARN'>> = z.object({ ResourceARN: text })
