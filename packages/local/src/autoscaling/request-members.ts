/** What several inputs of Application Auto Scaling have in common, as far as ECS services use them. Lengths are AWS's. */
import { z } from 'zod'

import { SCALABLE_DIMENSION, SERVICE_NAMESPACE } from './dimension.js'

export interface ResourceRequest {
  readonly ResourceId: string
}

export interface PageRequest {
  readonly MaxResults?: number | undefined
  readonly NextToken?: string | undefined
}

type Dimension = z.ZodLiteral<typeof SCALABLE_DIMENSION>
type Namespace = z.ZodLiteral<typeof SERVICE_NAMESPACE>

export const text: z.ZodString = z.string().min(1).max(1_600)

/** Of a policy or a scheduled action that is put. */
export const name: z.ZodString = z
  .string()
  .min(1)
  .max(256)
  .regex(/^\P{Cc}+$/u)

/** Names one scalable target. */
export const resource: {
  ServiceNamespace: Namespace
  ResourceId: z.ZodString
  ScalableDimension: Dimension
} = {
  ServiceNamespace: z.literal(SERVICE_NAMESPACE),
  ResourceId: text,
  ScalableDimension: z.literal(SCALABLE_DIMENSION),
}

/** Asks about scalable targets. */
export const query: { ServiceNamespace: Namespace; ScalableDimension: z.ZodOptional<Dimension> } = {
  ServiceNamespace: resource.ServiceNamespace,
  ScalableDimension: resource.ScalableDimension.optional(),
}

export function pageOfUpTo(maxResults: number): {
  MaxResults: z.ZodOptional<z.ZodInt>
  NextToken: z.ZodOptional<z.ZodString>
} {
  return { MaxResults: z.int().min(1).max(maxResults).optional(), NextToken: z.string().optional() }
}
