/** The inputs about scheduled actions. Times are epoch seconds. */
import { z } from 'zod'

import { name, pageOfUpTo, query, resource, text } from '../request-members.js'
import type { PageRequest, ResourceRequest } from '../request-members.js'

export interface ScheduledActionRequest extends ResourceRequest {
  readonly ScheduledActionName: string
}

export interface PutScheduledActionRequest extends ScheduledActionRequest {
  readonly Schedule?: string | undefined
  readonly Timezone?: string | undefined
  readonly StartTime?: number | undefined
  readonly EndTime?: number | undefined
  readonly ScalableTargetAction?:
    { readonly MinCapacity?: number | undefined; readonly MaxCapacity?: number | undefined } | undefined
}

export interface DescribeScheduledActionsRequest extends PageRequest {
  readonly ResourceId?: string | undefined
  readonly ScheduledActionNames?: readonly string[] | undefined
}

const capacity = z.int().min(0)

export const putScheduledActionSchema: z.ZodType<PutScheduledActionRequest> = z.object({
  ...resource,
  // AWS lets none of these characters into a scheduled action's name.
  ScheduledActionName: name.regex(/^[^|:/]+$/),
  Schedule: text.optional(),
  Timezone: text.optional(),
  StartTime: z.number().optional(),
  EndTime: z.number().optional(),
  ScalableTargetAction: z
    .object({ MinCapacity: capacity.optional(), MaxCapacity: capacity.optional() })
    .optional(),
})

export const describeScheduledActionsSchema: z.ZodType<DescribeScheduledActionsRequest> = z.object({
  ...query,
  ...pageOfUpTo(50),
  ResourceId: text.optional(),
  ScheduledActionNames: z.array(text).max(50).optional(),
})

export const scheduledActionSchema: z.ZodType<ScheduledActionRequest> = z.object({
  ...resource,
  ScheduledActionName: text,
})
