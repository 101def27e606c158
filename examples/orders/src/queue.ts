import { defineQueue } from '@longshore/core'
import { z } from 'zod'

/** A step of an order. A customer's steps are handled in the order that they were sent in. */
const step = z.object({
  customer: z.string().min(1),
  order: z.string().min(1),
  step: z.enum(['placed', 'paid', 'shipped']),
})

export type Step = z.infer<typeof step>

// A FIFO queue (its name ends in .fifo): the producer sends with `groupId: customer`.
export const steps = defineQueue({ url: process.env.QUEUE_URL, message: step })

/** Whoever sends a step twice, by a retry of theirs hours later even, has it handled once. */
export const keyOf = ({ order, step: name }: Step): string => `${order}/${name}`
